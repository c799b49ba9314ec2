"""Each entry of the file in words: a table from verb to sentence, and the names of the fields."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from incidents import answers, pages
from incidents.law.questions import questions
from incidents.retold import retold
from incidents.workflow import CAUSES, N_, STAGE_NAMES


@dataclass(frozen=True)
class Told:
    """How a verb is told: the kind of line, a sentence, and which details stand under it.

    `kind`: report, move, message, decision, delivery, note, or edit (a list of fields). The
    sentence may use %(report)s, %(was)s, %(to)s (stages), %(before)s, %(after)s (people), and any
    text or number of the entry's detail by its name.
    """

    kind: str
    text: str
    body: tuple[str, ...] = ()


@dataclass(frozen=True)
class Names:
    """How the numbers in an entry are called: accounts, reports, service providers."""

    people: Mapping[int, str] = field(default_factory=dict)
    reports: Mapping[int, str] = field(default_factory=dict)
    processors: Mapping[int, str] = field(default_factory=dict)

    def person(self, number: Any) -> str:
        """Who an account belongs to."""
        return (self.people.get(number) if isinstance(number, int) else None) or _("nobody")


# "verb" or "verb/variant", the variant being what `_variant` finds in the detail.
VERBS: dict[str, Told] = {
    "report.received": Told("report", N_("Report %(report)s came in")),
    "report.received/web": Told("report", N_("Report %(report)s came in by the web form")),
    "report.received/mail": Told("report", N_("Report %(report)s came in by e-mail")),
    "report.received/staff": Told("report", N_("Report %(report)s was written by our staff")),
    "report.joined": Told("report", N_("Report %(report)s was joined to this incident")),
    "report.parted": Told("report", N_("Report %(report)s was taken out again"), ("reason",)),
    "report.set_aside": Told("report", N_("Report %(report)s was set aside"), ("reason",)),
    "report.taken_back": Told("report", N_("Report %(report)s was taken back into the queue")),
    "report.message": Told("message", N_("Something was said about report %(report)s")),
    "report.message/in": Told("message", N_("An answer to report %(report)s came in")),
    "report.message/out": Told("message", N_("We answered report %(report)s")),
    "report.duplicate": Told("report", N_("The mail of report %(report)s came once more")),
    "report.acknowledged": Told("delivery", N_("The receipt of report %(report)s was confirmed")),
    "report.erased": Told("note", N_("The words of report %(report)s were erased")),
    "incident.erased": Told(
        "note", N_("The words of this incident were erased: its retention period is over")
    ),
    "incident.opened": Told("move", N_("The incident was opened")),
    "incident.edited": Told("edit", N_("Changed: %(fields)s")),
    "incident.moved": Told("move", N_("Moved from %(was)s to %(to)s"), ("reason",)),
    "incident.reopened": Told("move", N_("Opened again, back to %(to)s"), ("reason",)),
    "incident.noted": Told("note", N_("Note"), ("text",)),
    "incident.handed_over": Told("note", N_("Handed over from %(before)s to %(after)s")),
    "awareness.stated": Told("decision", N_("We became aware on %(new)s"), ("reason",)),
    "awareness.changed": Told(
        "decision",
        N_("Awareness was changed from %(old)s to %(new)s"),
        ("why", "argued", "reason"),
    ),
    "incident.assessed": Told("note", N_("The law was asked, version %(law_version)s")),
    "incident.decided": Told("decision", N_("A decision was taken")),
    "incident.decided/both": Told(
        "decision", N_("Decided: tell the authority and the people"), ("reason",)
    ),
    "incident.decided/authority": Told(
        "decision", N_("Decided: tell the authority, not the people"), ("reason",)
    ),
    "incident.decided/subjects": Told(
        "decision", N_("Decided: tell the people, not the authority"), ("reason",)
    ),
    "incident.decided/nobody": Told("decision", N_("Decided: nobody need be told"), ("reason",)),
    "duty.opened": Told("note", N_("A duty to tell somebody was opened")),
    "duty.met": Told("delivery", N_("A duty to tell somebody was met")),
    "duty.reopened": Told("decision", N_("A duty to tell somebody is open again")),
    "duty.withdrawn": Told("decision", N_("A duty to tell somebody fell away")),
    "duty.opened/authority": Told("note", N_("The authority is to be told")),
    "duty.opened/subjects": Told("note", N_("The people concerned are to be told")),
    "duty.moved": Told("note", N_("The due moment moved from %(old)s to %(new)s")),
    "duty.met/authority": Told(
        "delivery", N_("The authority was told on %(met_at)s"), ("proof", "late")
    ),
    "duty.met/subjects": Told(
        "delivery", N_("The people concerned were told on %(met_at)s"), ("proof",)
    ),
    "duty.reopened/authority": Told(
        "decision", N_("Telling the authority is open again"), ("why",)
    ),
    "duty.reopened/subjects": Told("decision", N_("Telling the people is open again"), ("why",)),
    "duty.withdrawn/authority": Told(
        "decision", N_("Telling the authority is not due any more"), ("reason",)
    ),
    "duty.withdrawn/subjects": Told(
        "decision", N_("Telling the people is not due any more"), ("reason",)
    ),
    "client.added": Told("note", N_("A client to be told was added: %(name)s")),
    "client.told": Told("delivery", N_("The client %(name)s was told on %(told_at)s")),
    "measure.added": Told("note", N_("A measure was added"), ("text",)),
    "measure.edited": Told("note", N_("A measure was changed"), ("text",)),
    "measure.done": Told("delivery", N_("A measure was done"), ("text",)),
    "measure.dropped": Told("note", N_("A measure was dropped"), ("text", "reason")),
    "measure.taken_up": Told("note", N_("A measure was taken up again"), ("text",)),
    "notification.prepared": Told("note", N_("Answers for the authority were written down")),
    "notification.frozen": Told(
        "decision", N_("Version %(number)s for the authority was frozen"), ("why",)
    ),
    "notification.sent": Told(
        "delivery",
        N_("Version %(number)s was sent to the authority on %(sent_at)s"),
        ("reference",),
    ),
    "notification.exported": Told(
        "note", N_("Version %(number)s for the authority was taken as a file")
    ),
    "authority.wrote": Told("message", N_("The authority wrote"), ("reference", "text")),
    "authority.answered": Told("message", N_("The authority was answered"), ("text",)),
    "memo.made": Told("note", N_("The memo of the decision was set")),
    "memo.read": Told("note", N_("The memo of the decision was taken as a file")),
}
UNKNOWN = Told("note", N_("Recorded: %(verb)s"))
PREFIXES = {"notice": "delivery", "list": "delivery", "mail": "delivery", "report": "report"}

# The fields of an incident as the pages name them.
FIELDS = {
    "title": N_("Short title"),
    "summary": N_("What happened"),
    "began_sure": N_("How sure the beginning is"),
    "began_at": N_("When it began"),
    "ended_at": N_("When it ended"),
    "noticed_at": N_("When it was noticed"),
    "data": N_("Which data"),
    "people": N_("Whose data"),
    "record_count": N_("Number of records"),
    "systems": N_("Systems"),
    "processor_ids": N_("Service providers"),
    "facts": N_("Facts for the law"),
    "scope": N_("Answers for other laws"),
    "cause": N_("Category of the cause"),
    "whys": N_("The five whys"),
    "factors": N_("What helped it to happen"),
    "consequences": N_("Likely consequences"),
    "lesson": N_("Lesson learned"),
    "text": N_("The measure"),
    "owner_id": N_("Who sees to it"),
    "due_on": N_("By which day"),
    "done_on": N_("Done on"),
    "checked_on": N_("Effect checked on"),
    "effect": N_("What the check showed"),
}
FACTS = {"breach_types": N_("Kind of breach"), "subject_count": N_("Number of people")}
WORDS = {
    "confidentiality": N_("confidentiality"),
    "integrity": N_("integrity"),
    "availability": N_("availability"),
    "exact": N_("exactly"),
    "about": N_("about"),
    "unknown": N_("not known yet"),
}


def tell(
    verb: str, detail: dict[str, Any], report: str, names: Names
) -> tuple[str, str, str | None]:
    """An entry in the reader's language: kind of line, sentence, and what stands under it."""
    told = VERBS.get(f"{verb}/{_variant(verb, detail)}") or VERBS.get(verb)
    if told is None:
        told = Told(PREFIXES.get(verb.partition(".")[0], "note"), UNKNOWN.text)
    params = {name: said(value) for name, value in detail.items()}
    params |= {"verb": verb, "report": report}
    params |= {name: stage(detail[name]) for name in ("was", "to") if name in detail}
    for place, name in (("before", "old"), ("after", "new")):
        if name in detail:
            params[place] = names.person(detail[name])
    if changed := _fields(detail):
        params["fields"] = " · ".join(changed)
    text = _(told.text) % _Known(params)
    texts = (retold(said(detail[name])) for name in told.body if detail.get(name))
    return told.kind, text, "\n".join(dict.fromkeys(texts)) or None


class _Known(dict[str, str]):
    """What goes into a sentence; a detail that was erased, or never kept, is left open."""

    def __missing__(self, name: str) -> str:
        return "…"


def _edits(detail: dict[str, Any]) -> list[tuple[str, str | None, Any, Any]]:
    """What an edit changed: (field, fact of the law or None, before, after), facts one by one."""
    old, new = detail.get("old"), detail.get("new")
    if not isinstance(old, dict) or not isinstance(new, dict):
        return []
    rows: list[tuple[str, str | None, Any, Any]] = []
    for name in new:
        if name != "facts":
            rows.append((name, None, old.get(name), new[name]))
            continue
        was, now = old.get(name) or {}, new[name] or {}
        changed = (fact for fact in sorted(was | now) if was.get(fact) != now.get(fact))
        rows += [(name, fact, was.get(fact), now.get(fact)) for fact in changed]
    return rows


def _fields(detail: dict[str, Any]) -> list[str]:
    """What an edit touched, by name; the many answers for the law as their number."""
    edits = _edits(detail)
    asked = [fact for _name, fact, _was, _now in edits if fact and fact not in FACTS]
    names = [
        _(FACTS[fact] if fact else FIELDS.get(name, name))
        for name, fact, _was, _now in edits
        if fact not in asked
    ]
    if asked:
        names.append(ngettext("one answer for the law", "%(num)s answers for the law", len(asked)))
    return names


def changes(detail: dict[str, Any], names: Names) -> list[tuple[str, str, str]]:
    """What an edit changed, in words: (question, before, after); facts of the law one by one."""
    texts = {question.key: question.text for question in questions()}
    rows = []
    for name, fact, was, now in _edits(detail):
        if fact is None:
            question = _(FIELDS.get(name, name.replace("_", " ")))
            rows.append((question, _named(name, was, names), _named(name, now, names)))
        else:
            question = _(FACTS.get(fact) or texts.get(fact, fact))
            rows.append((question, answers.value(fact, was), answers.value(fact, now)))
    return rows


def _named(name: str, value: Any, names: Names) -> str:
    if name == "owner_id":
        return names.person(value)
    if name == "processor_ids":
        return said([names.processors.get(one, str(one)) for one in value or []])
    return said(value)


def said(value: Any, style: str = "short") -> str:
    """A kept value as a reader would say it; `style` is that of moments, "short" or "full"."""
    if value is None or value == [] or value == "":
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(said(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{name.replace('_', ' ')}: {said(one)}" for name, one in value.items())
    text = str(value)
    if text in WORDS:
        return _(WORDS[text])
    if text in CAUSES:
        return _(CAUSES[text])
    if isinstance(value, int):
        return format_decimal(value)
    moment = _moment(text)
    if moment is None and len(text) == 10:
        with contextlib.suppress(ValueError):
            return pages.day(date.fromisoformat(text))
    return pages.moment(moment, style) if moment else text


def stage(name: Any) -> str:
    """A stage by its name in the reader's language."""
    return _(STAGE_NAMES[str(name)]) if str(name) in STAGE_NAMES else said(name) if name else ""


def _moment(text: str) -> datetime | None:
    """A moment as json kept it: "2026-11-23 09:00:00+00:00"."""
    if len(text) < 25 or not text[:4].isdigit() or text[-6:] != "+00:00":
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _variant(verb: str, detail: dict[str, Any]) -> str:
    if verb == "incident.decided" and detail:
        both = (bool(detail.get("authority")), bool(detail.get("subjects")))
        return {(True, True): "both", (True, False): "authority", (False, True): "subjects"}.get(
            both, "nobody"
        )
    return str(detail.get("source") or detail.get("direction") or detail.get("kind") or "")
