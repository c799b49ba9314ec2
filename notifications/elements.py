"""Pure: whether a letter says what GDPR Art. 34(2) asks, part by part, and what else keeps it
from being sent.

Art. 34(2): in clear and plain language the nature of the breach, and what Art. 33(3)(b), (c)
and (d) name: a contact point, the likely consequences, the measures taken or proposed. Recital 86
adds what people can do themselves. A part is found by its heading, so that its words stay free.
"""

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from notifications import twins, wording
from notifications.wording import N_

LEAST = 20  # characters under a heading that say something
SUBJECT_LIMIT = 120
BODY_LIMIT = 20_000


@dataclass(frozen=True)
class Element:
    """A part that a letter must have: its heading per language, and words that show it."""

    key: str
    name: str
    rule: str
    headings: Mapping[str, str]
    stems: Mapping[str, tuple[str, ...]]


ELEMENTS = (
    Element(
        "nature",
        N_("What happened"),
        "GDPR Art. 34(2)",
        {"en": "What happened", "fr": "Ce qui s’est passé"},
        {"en": ("happen",), "fr": ("s est passe", "est arrive")},
    ),
    Element(
        "data",
        N_("Which data of theirs is concerned"),
        "GDPR Art. 34(2)",
        {"en": "Which data of yours is concerned", "fr": "Vos données concernées"},
        {"en": ("data", "information"), "fr": ("donnees", "informations")},
    ),
    Element(
        "consequences",
        N_("The likely consequences"),
        "GDPR Art. 33(3)(c)",
        {"en": "What this may mean for you", "fr": "Ce que cela peut entraîner pour vous"},
        {"en": ("mean for", "consequence", "risk"), "fr": ("entrainer", "consequence", "risque")},
    ),
    Element(
        "measures",
        N_("The measures taken or proposed"),
        "GDPR Art. 33(3)(d)",
        {"en": "What we have done and are doing", "fr": "Ce que nous avons fait et faisons"},
        {
            "en": ("we have done", "we did", "we are doing", "measure"),
            "fr": ("nous avons fait", "nous faisons", "mesure"),
        },
    ),
    Element(
        "advice",
        N_("What they should do now"),
        "GDPR recital 86",
        {"en": "What you should do now", "fr": "Ce que nous vous conseillons de faire maintenant"},
        {
            "en": ("should do", "can do", "to do now", "advice"),
            "fr": ("conseill", "devriez faire", "pouvez faire", "que faire"),
        },
    ),
    Element(
        "contact",
        N_("Whom they can ask"),
        "GDPR Art. 33(3)(b)",
        {"en": "Whom to contact", "fr": "À qui vous adresser"},
        {"en": ("contact", "reach us", "ask us"), "fr": ("contact", "adresser", "joindre")},
    ),
)
NO_FAULT = {"en": ("recognition of fault",), "fr": ("reconnaissance de faute",)}


@dataclass(frozen=True)
class Check:
    """One line of the checklist. `blocks`: not to be approved while it is not `ok`. `text` and
    `hint` are untranslated, with %(name)s places for `params`."""

    text: str
    ok: bool
    blocks: bool = True
    hint: str = ""
    rule: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


def checks(
    subject: str,
    body: str,
    language: str,
    values: Mapping[str, str],
    hosts: Collection[str],
) -> list[Check]:
    """The whole checklist of one text. `values` are those of its placeholders for anybody."""
    sections = _sections(body)
    out = [_element(element, sections, language, body, values) for element in ELEMENTS]
    out.append(_complaint(body, values))
    out.append(_no_fault(body, language))
    out.extend(_faults(subject, body, values, hosts))
    return out


def blocking(found: Collection[Check]) -> list[Check]:
    """What keeps a text from being approved."""
    return [check for check in found if check.blocks and not check.ok]


def _element(
    element: Element, sections: dict[str, str], language: str, body: str, values: Mapping[str, str]
) -> Check:
    stems = element.stems.get(language, element.stems["en"])
    ok = any(
        any(stem in heading for stem in stems) and len(wording.fill(words, values)) >= LEAST
        for heading, words in sections.items()
    )
    hint = N_("Write it under the heading “# %(heading)s”, in a whole sentence.")
    if element.key == "contact" and ok:
        contact = values.get("contact", "")
        ok = "{contact}" in body or bool(contact and contact in body)
        hint = N_("Name the address people can write to: {contact}.")
    heading = element.headings.get(language, element.headings["en"])
    return Check(element.name, ok, hint=hint, rule=element.rule, params={"heading": heading})


def _complaint(body: str, values: Mapping[str, str]) -> Check:
    named = values.get("authority", "")
    ok = "{authority}" in body or bool(named and named in body)
    return Check(
        N_("The authority they may complain to"),
        ok,
        hint=N_("Name it by {authority}, {authority_address} and {authority_site}."),
        rule="GDPR Art. 77",
    )


def _no_fault(body: str, language: str) -> Check:
    words = _plain(body)
    ok = any(part in words for part in NO_FAULT.get(language, NO_FAULT["en"]))
    return Check(
        N_("That the letter is no recognition of fault or responsibility"),
        ok,
        blocks=False,
        hint=N_("Your policy says so; the first draft has the sentence."),
    )


def _faults(
    subject: str, body: str, values: Mapping[str, str], hosts: Collection[str]
) -> list[Check]:
    """What is wrong, each only when it is."""
    out = []
    if not subject.strip():
        out.append(Check(N_("A subject"), False, hint=N_("Write what the letter is about.")))
    personal = [word for word in wording.used(subject) if word not in wording.IN_SUBJECT]
    if personal:
        out.append(
            Check(
                N_("Nothing personal in the subject"),
                False,
                hint=N_(
                    "Take %(words)s out of the subject: everybody on the way reads it. "
                    "{organisation} and {reference} may stand there."
                ),
                params={"words": ", ".join(f"{{{word}}}" for word in personal)},
            )
        )
    for marker in wording.markers(f"{subject}\n{body}"):
        out.append(
            Check(
                N_("Everything written and translated"),
                False,
                hint=N_("Write or translate what stands between [[ and ]]: %(words)s"),
                params={"words": marker if len(marker) <= 300 else f"{marker[:300]}…"},
            )
        )
    known = [word for word in wording.used(f"{subject}\n{body}") if word in wording.PLACEHOLDERS]
    for word in wording.unknown(f"{subject}\n{body}"):
        out.append(
            Check(
                N_("Only placeholders that exist"),
                False,
                hint=N_("{%(word)s} is no placeholder. Correct it, or write it without braces."),
                params={"word": word},
            )
        )
    for word in known:
        if word != "name" and not values.get(word):
            out.append(
                Check(
                    N_("A value for every placeholder"),
                    False,
                    hint=N_("{%(word)s} is empty in Settings. Fill it in there, or take it out."),
                    params={"word": word},
                )
            )
    foreign = sorted({twins.host_of(link) for link in twins.links(body)} - set(hosts))
    if foreign:
        out.append(
            Check(
                N_("No links to other sites"),
                False,
                blocks=False,
                hint=N_(
                    "%(hosts)s: people are warned of links in such letters. Better name the site."
                ),
                params={"hosts": ", ".join(foreign)},
            )
        )
    return out


def _sections(body: str) -> dict[str, str]:
    """Heading in plain letters -> the words under it."""
    out: dict[str, str] = {}
    heading = ""
    for line in body.splitlines():
        if line.lstrip().startswith("#"):
            heading = _plain(line)
            out.setdefault(heading, "")
        elif heading:
            out[heading] = f"{out[heading]}\n{line}".strip()
    return out


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold())
    text = "".join(c if c.isalnum() else " " for c in text if not unicodedata.combining(c))
    return " ".join(text.split())
