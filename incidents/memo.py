"""The memo of a decision: facts, reasons, decision and departure, as they were when it was taken.

Deciding not to tell must be shown as well as deciding to tell: GDPR Art. 5(2), 33(5), recital 85.
"""

from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _

from incidents import answers, pages
from incidents.law import authority
from incidents.law.questions import questions
from incidents.models import Decision, Incident, Measure
from incidents.pages import cite, moment, organisation
from incidents.typeset import pdf


def as_pdf(decision: Decision, language: str, at_once: bool) -> bytes:
    """The memo for paper, in a language. The same record gives the same bytes.

    `at_once`: it is set as the decision is taken, so the case's own words are those of that
    moment and stand in it; set later, it holds only what was kept with the decision.
    """
    with force_locale(language):
        data = _data(decision, at_once) | {"lang": language}
    return pdf("memo.typ", data, decision.at)


def _data(decision: Decision, at_once: bool) -> dict[str, Any]:
    incident, assessment = decision.incident, decision.assessment
    result = assessment.result
    return {
        "title": _("Memo of the decision"),
        "under": cite("GDPR Art. 33(5)"),
        "organisation": organisation().name,
        "reference": incident.reference,
        "about": [
            [_("Decided on"), moment(decision.at)],
            [_("Decided by"), decision.by.name or decision.by.email],
            [_("Controller"), organisation().controller],
            [
                _("Law asked"),
                _(
                    "%(version)s on %(day)s",
                    version=assessment.law_version,
                    day=pages.day(assessment.on),
                ),
            ],
        ],
        "blocks": [
            {"title": _("The decision"), "lines": _decided(decision)},
            {"title": _("Reasons of the controller"), "text": decision.reason or _("None given.")},
            *([{"title": _("What happened"), "lines": _case(incident)}] if at_once else []),
            {"title": _("Facts"), "lines": _facts(assessment.facts)},
            {"title": _("Not known then"), "text": _unknown(assessment.facts)},
        ],
        "verdicts": _verdicts(result, assessment.facts),
        "reasons_title": _("What the law asks on these facts"),
        "risk": _("Risk to the people: %(risk)s", risk=answers.risk(result)),
        "remarks": answers.remarks(result),
        "flips_title": _("What would have changed it"),
        "flips": [f"{flip['question']} {flip['how']}" for flip in answers.flips(result)],
        "note": _("This is a reading of the published rules, not legal advice."),
        "later": None
        if at_once
        else _("Set after the decision, from what was kept with it. Nothing was added."),
    }


def _decided(decision: Decision) -> list[list[str]]:
    result = decision.assessment.result
    yes, no = _("is told"), _("is not told")
    rows = [
        [authority(organisation().authority).name, yes if decision.authority else no],
        [_("The people concerned"), _("are told") if decision.subjects else _("are not told")],
    ]
    if decision.departs:
        asked = [
            _("tell the authority") if result["authority"]["duty"] else _("not the authority"),
            _("tell the people") if result["subjects"]["duty"] else _("not the people"),
        ]
        rows.append([_("This departs from the result"), ", ".join(asked)])
    else:
        rows.append([_("The result of the law"), _("was followed")])
    return rows


def _case(incident: Incident) -> list[list[str]]:
    unknown = _("not known")
    measures = [one for one in incident.measures if not one.dropped]
    return [
        [_("Incident"), incident.title],
        [_("What happened"), incident.summary or unknown],
        [_("First alert"), _at(incident.alerted_at)],
        [_("Aware"), _at(incident.aware_at)],
        [_("Why aware then"), incident.aware_reason or unknown],
        [_("Data concerned"), answers.data_concerned(incident) or unknown],
        [_("People concerned"), answers.people_concerned(incident) or unknown],
        [_("Likely consequences"), incident.consequences or unknown],
        [_("Measures"), "\n".join(_measure(one) for one in measures) or _("none")],
    ]


def _at(value: Any) -> str:
    return moment(value) if value else _("not known")


def _measure(measure: Measure) -> str:
    if measure.done_on:
        return f"{measure.text} ({_('done on %(day)s', day=pages.day(measure.done_on))})"
    return f"{measure.text} ({_('to do')})"


def _facts(stored: Mapping[str, Any]) -> list[list[str]]:
    return [[row["question"], row["answer"]] for row in answers.facts(stored)]


def _unknown(stored: Mapping[str, Any]) -> str:
    open_ones = [_(one.text) for one in questions() if stored.get(one.key) is None]
    return "\n".join(open_ones) or _("Nothing was open.")


def _verdicts(result: Mapping[str, Any], stored: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "answer": one.answer,
            "certain": _("This is certain on the facts known.")
            if one.certain
            else _("An answer that was still missing could change this."),
            "reasons": [
                {
                    "because": reason["because"],
                    "rule": cite(reason["rule"]),
                    "answers": [
                        f"{question} {given}"
                        for key, question, given in reason["answers"]
                        if stored.get(key) is not None
                    ],
                }
                for reason in one.reasons
            ],
        }
        for one in answers.verdicts(result, stored)
    ]
