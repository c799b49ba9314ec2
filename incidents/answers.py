"""The law's answer in the reader's words: from the stored JSON of an assessment to a page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from incidents.intake import N_
from incidents.law.labels import label
from incidents.law.questions import Question, questions

# Where each instrument can be read: the text one click away from every reason.
SOURCES = (
    ("GDPR", "https://eur-lex.europa.eu/eli/reg/2016/679/oj"),
    (
        "EDPB Guidelines 9/2022",
        "https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines_en",
    ),
    (
        "EDPB Guidelines 01/2021",
        "https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines_en",
    ),
)
WHO = {
    "authority": (N_("the authority must be told"), N_("the authority need not be told")),
    "subjects": (N_("the people must be told"), N_("the people need not be told")),
    "controllers": (N_("the controller must be told"), N_("there is no controller to tell")),
}


@dataclass(frozen=True)
class Answer:
    """One verdict for the macro `verdict`: a title, the answer, its tone, and the reasons."""

    title: str
    answer: str
    tone: str  # yes, no, open
    certain: bool
    reasons: list[dict[str, Any]]


def verdicts(result: Mapping[str, Any], stored: Mapping[str, Any]) -> list[Answer]:
    """Who must be told, in words: the authority, the people, and a processor's controllers.

    `stored` are the facts judged: each reason says on which answers it rests. The first reason is
    the conclusion, the others are the rules that lead to it.
    """
    told, people, controllers = result["authority"], result["subjects"], result["controllers"]
    answers = [
        _answer(
            _("The supervisory authority"),
            told,
            _("Tell the authority within %(hours)s hours", hours=told.get("hours", 72)),
            _("The authority need not be told"),
            stored,
        ),
        _answer(
            _("The people concerned"),
            people,
            _("Tell them in public, just as well")
            if people.get("channel") == "public"
            else _("Tell each of them without undue delay"),
            _("They need not be told"),
            stored,
        ),
    ]
    if controllers["duty"]:
        answers.append(
            _answer(
                _("Your clients, the controllers"),
                controllers,
                _("Tell them without undue delay"),
                _("There is none to tell"),
                stored,
            )
        )
    return answers


def _answer(
    title: str, verdict: Mapping[str, Any], yes: str, no: str, stored: Mapping[str, Any]
) -> Answer:
    asked = {question.key: question for question in questions()}
    if not verdict["certain"]:
        no = _("Not needed on what is known so far")
    return Answer(
        title=title,
        answer=yes if verdict["duty"] else no,
        tone="yes" if verdict["duty"] else "no" if verdict["certain"] else "open",
        certain=verdict["certain"],
        reasons=[
            {
                "rule": r["rule"],
                "because": say(r),
                "url": source(r["rule"]),
                "answers": [
                    (key, _(asked[key].text), value(key, stored.get(key)))
                    for key in r["facts"]
                    if key in asked and stored.get(key) is not None
                ],
            }
            for r in verdict["reasons"]
        ],
    )


def say(sentence: Mapping[str, Any]) -> str:
    """A sentence of the law, stored as text and params, in the reader's language."""
    params = {
        key: _(value) if isinstance(value, str) and value else value
        for key, value in sentence["params"].items()
    }
    return _(sentence["text"], **params)


def source(rule: str) -> str | None:
    """Where the instrument that a rule names can be read."""
    return next((url for name, url in SOURCES if rule.startswith(name)), None)


def remarks(result: Mapping[str, Any]) -> list[str]:
    """Contradictions and other notes on the facts."""
    return [say(note) for note in result["remarks"]]


def flips(result: Mapping[str, Any]) -> list[dict[str, str]]:
    """What would change the answer, each in words: {question, how}."""
    asked = {question.key: question for question in questions()}
    lines = []
    for flip in result["flips"]:
        key = flip["fact"]
        if key not in asked:
            continue
        lines.append(
            {
                "question": _(asked[key].text),
                "how": _how(key, flip),
            }
        )
    return lines


def _how(key: str, flip: Mapping[str, Any]) -> str:
    """The change and what it brings. Of a list only what is added or taken away is named."""
    was, would_be = flip["from"], flip["to"]
    changes = ", ".join(_(WHO[who][0 if duty else 1]) for who, duty in flip["changes"].items())
    if isinstance(was, list) and was and isinstance(would_be, list):
        added = [one for one in would_be if one not in was]
        gone = [one for one in was if one not in would_be]
        if added and not gone:
            return _("“%(what)s” as well: %(changes)s.", what=value(key, added), changes=changes)
        if gone and not added:
            return _("Without “%(what)s”: %(changes)s.", what=value(key, gone), changes=changes)
    return _(
        "“%(then)s” instead of “%(now)s”: %(changes)s.",
        then=value(key, would_be),
        now=value(key, was),
        changes=changes,
    )


def ask_next(result: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The questions whose answers would settle most: (key, text)."""
    asked = {question.key: question for question in questions()}
    return [(key, _(asked[key].text)) for key in result["ask_next"] if key in asked]


def value(key: str, given: Any) -> str:
    """One fact in words."""
    if given is None:
        return _("not known")
    if isinstance(given, bool):
        return _("Yes") if given else _("No")
    if isinstance(given, list):
        return ", ".join(value(key, one) for one in given) or _("none")
    if isinstance(given, str):
        return _(label(key, given))
    return format_decimal(given)


def data_concerned(case: Any) -> str:
    """Which data an incident concerns: as it was written, else as it was ticked; else empty."""
    ticked = case.facts.get("data_categories")
    return case.data or (value("data_categories", ticked) if ticked else "")


def people_concerned(case: Any) -> str:
    """Whose data they are, likewise."""
    ticked = case.facts.get("subject_types")
    return case.people or (value("subject_types", ticked) if ticked else "")


def facts(stored: Mapping[str, Any], of: Iterable[Question] | None = None) -> list[dict[str, str]]:
    """All answered questions, or those *of* some, for a page or a print: {question, answer}."""
    return [
        {"question": _(question.text), "answer": value(question.key, stored[question.key])}
        for question in of or questions()
        if stored.get(question.key) is not None
    ]


def risk(result: Mapping[str, Any]) -> str:
    """The risk in words."""
    return _(label("risk", result["risk"]))


def score(result: Mapping[str, Any]) -> dict[str, Any]:
    """The ENISA score for the macro `meter`: fractions of its range, and words."""
    enisa = result["enisa"]
    low, high = enisa["min"], enisa["max"]
    text = (
        _("Severity %(low)s", low=low)
        if low == high
        else _("Severity between %(low)s and %(high)s", low=low, high=high)
    )
    return {"low": min(low / 5, 1), "high": min(high / 5, 1), "words": text}


def open_questions(result: Mapping[str, Any]) -> str:
    """How many open answers keep the result from being certain."""
    n = len(result["ask_next"])
    return ngettext(
        "One open answer could change the result.",
        "%(num)s open answers could change the result.",
        n,
    )
