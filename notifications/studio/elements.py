"""Pure: whether a letter says what GDPR Art. 34(2) asks, part by part, and what else keeps it
from being sent.

Art. 34(2): in clear and plain language the nature of the breach, and what Art. 33(3)(b), (c)
and (d) name: a contact point, the likely consequences, the measures taken or proposed. Recital 86
adds what people can do themselves. A part is found by its heading, so that its words stay free.
"""

import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from notifications import wording
from notifications.studio import claims, sites
from notifications.wording import N_

LEAST = 20  # characters under a heading that say something
SUBJECT_LIMIT = 120
BODY_LIMIT = 20_000
_FILE = Path(__file__).with_name("parts.toml")
PARTS: Mapping[str, Any] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Element:
    """A part that a letter must have; how it is found stands in parts.toml."""

    key: str
    name: str
    rule: str


ELEMENTS = (
    Element("nature", N_("What happened"), "GDPR Art. 34(2)"),
    Element("data", N_("Which data of theirs is concerned"), "GDPR Art. 34(2)"),
    Element("consequences", N_("The likely consequences"), "GDPR Art. 33(3)(c)"),
    Element("measures", N_("The measures taken or proposed"), "GDPR Art. 33(3)(d)"),
    Element("advice", N_("What they should do now"), "GDPR recital 86"),
    Element("contact", N_("Whom they can ask"), "GDPR Art. 33(3)(b)"),
)


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
    terms: Mapping[str, str] = field(default_factory=dict)  # params that are translated too
    listed: tuple[str, ...] = ()  # what the hint is about, one under another
    fact: str = ""  # of the incident, that the hint speaks of
    group: int | None = None  # the group in which it was found, when not in all


def checks(
    subject: str,
    body: str,
    language: str,
    values: Mapping[str, str],
    hosts: Collection[str],
    facts: Mapping[str, Any],
    public: bool = False,
) -> list[Check]:
    """The whole checklist of one text, the part of a group in its place. `values` are those of
    its placeholders for anybody, `hosts` the sites it may link to.
    `public`: it stands on a page, and is no letter to one person."""
    sections = _sections(body)
    out = [_element(element, sections, language, body, values) for element in ELEMENTS]
    out.append(_complaint(body, values))
    if not public:
        out.append(_genuine(body))
    out.append(_no_fault(body, language))
    out.extend(_faults(subject, body, values))
    out.extend(
        Check(fault.text, False, hint=fault.hint, params={"link": fault.link})
        for fault in sites.faults(f"{subject}\n{body}", hosts)
    )
    out.extend(
        _assumption(claim) for claim in claims.claims(f"{subject}\n\n{body}", language, facts)
    )
    return out


def blocking(found: Collection[Check]) -> list[Check]:
    """What keeps a text from being approved."""
    return [check for check in found if check.blocks and not check.ok]


def _element(
    element: Element, sections: dict[str, str], language: str, body: str, values: Mapping[str, str]
) -> Check:
    found = PARTS[element.key].get(language, PARTS[element.key]["en"])
    stems = found["stems"]
    ok = any(
        any(stem in heading for stem in stems) and len(wording.fill(words, values)) >= LEAST
        for heading, words in sections.items()
    )
    hint = N_("Write it under the heading “# %(heading)s”, in a whole sentence.")
    if element.key == "contact" and ok:
        contact = values.get("contact", "")
        ok = "{contact}" in body or bool(contact and contact in body)
        hint = N_("Name the address people can write to: {contact}.")
    params = {"heading": found["heading"]}
    return Check(element.name, ok, hint=hint, rule=element.rule, params=params)


def _complaint(body: str, values: Mapping[str, str]) -> Check:
    named = values.get("authority", "")
    ok = "{authority}" in body or bool(named and named in body)
    return Check(
        N_("The authority they may complain to"),
        ok,
        hint=N_("Name it by {authority}, {authority_address} and {authority_site}."),
        rule="GDPR Art. 77",
    )


def _genuine(body: str) -> Check:
    return Check(
        N_("How to check that the letter is genuine"),
        "{code}" in body and "{check_site}" in body,
        hint=N_("Say in one sentence: the code {code}, to be typed in on {check_site}."),
    )


def _no_fault(body: str, language: str) -> Check:
    words = _plain(body)
    said = PARTS["no_fault"]
    ok = any(part in words for part in said.get(language, said["en"]))
    return Check(
        N_("That the letter is no recognition of fault or responsibility"),
        ok,
        blocks=False,
        hint=N_("Your policy says so; the first draft has the sentence."),
    )


_HINTS = {
    "said": N_(
        "“%(sentence)s” The facts of the incident do not say so: %(fact)s is %(value)s there. Say "
        "that it is possible, or correct the facts."
    ),
    "denied": N_(
        "“%(sentence)s” The facts of the incident do not exclude it: %(fact)s is %(value)s there. "
        "Say what is known and what is not, or correct the facts."
    ),
    "no_risk": N_(
        "“%(sentence)s” People are told because a high risk is likely (GDPR Art. 34(1)): "
        "%(fact)s is %(value)s in the facts. Say what may follow instead."
    ),
}


def _assumption(claim: claims.Claim) -> Check:
    return Check(
        N_("No assumption stated as a fact"),
        False,
        hint=_HINTS[claim.kind],
        params={"sentence": claim.sentence[:300]},
        terms={"fact": claim.fact, "value": claim.value},
        fact=claim.key,
    )


def _faults(subject: str, body: str, values: Mapping[str, str]) -> list[Check]:
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
    if marked := wording.markers(f"{subject}\n{body}"):
        out.append(
            Check(
                N_("Everything written and translated"),
                False,
                hint=N_("Write or translate what stands between [[ and ]]:"),
                listed=tuple(one if len(one) <= 300 else f"{one[:300]}…" for one in marked),
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
        if word != "group" and not wording.is_personal(word) and not values.get(word):
            out.append(
                Check(
                    N_("A value for every placeholder"),
                    False,
                    hint=N_("{%(word)s} is empty in Settings. Fill it in there, or take it out."),
                    params={"word": word},
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
