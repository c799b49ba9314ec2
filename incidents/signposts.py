"""Where things are on the pages of an incident: the strip, the tabs, the next step, the gaps."""

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from incidents import workflow
from incidents.models import Incident

# On which page, and at which question, each need of the workflow is filled.
PLACES = {
    "summary": ("incidents.detection", "summary"),
    "noticed": ("incidents.detection", "noticed_at"),
    "aware": ("incidents.aware", "moment"),
    "breach_types": ("incidents.detection", "breach_types"),
    "data": ("incidents.detection", "which_data"),
    "people": ("incidents.detection", "whose_data"),
    "cause": ("incidents.cause", "cause"),
    "whys": ("incidents.cause", "why1"),
    "measure": ("incidents.measure_new", None),
    "measures": ("incidents.mitigation", "measures"),
    "consequences": ("incidents.mitigation", "consequences"),
    "decision": ("incidents.decision", None),
    "decide": ("incidents.decision", None),
    "duties": ("incidents.decision", "duties"),
    "authority": ("incidents.notification", None),
    "subjects": ("notifications.notices", None),
    "lesson": ("incidents.show", "move"),
    "move": ("incidents.show", "move"),
}
PAGES = {
    "detection": "incidents.detection",
    "cause": "incidents.cause",
    "mitigation": "incidents.mitigation",
    "notification": "incidents.decision",
    "closed": "incidents.show",
}


def place(incident: Incident, key: str) -> str:
    """The address at which a need or a step is dealt with."""
    endpoint, anchor = PLACES[key]
    if endpoint not in current_app.view_functions:  # the case lives without the post room, too
        endpoint, anchor = "incidents.decision", "duties"
    return url_for(endpoint, ref=incident.reference, _anchor=anchor)


def gaps(incident: Incident, needs: list[workflow.Need]) -> list[dict[str, str]]:
    """What is missing, each as dict of text and url."""
    return [{"text": _(need.text), "url": place(incident, need.key)} for need in needs]


def next_step(incident: Incident) -> dict[str, Any] | None:
    """What to do next: dict of key, text, why, rule and url; None for a closed incident."""
    step = workflow.next_step(incident)
    if step is None:
        return None
    return {
        "key": step.key,
        "text": _(step.text),
        "why": _(step.why),
        "rule": step.rule,
        "url": place(incident, step.key),
    }


def strip(incident: Incident) -> list[dict[str, Any]]:
    """The stages as the macro `stages` wants them, each with what it still needs."""
    at = workflow.STAGES.index(incident.stage)
    rows = []
    for number, stage in enumerate(workflow.STAGES):
        state = "done" if number < at else "now" if number == at else "locked"
        if number == at + 1 and not workflow.blocking(incident, stage):
            state = "next"
        rows.append(
            {
                "name": stage,
                "label": _(workflow.STAGE_NAMES[stage]),
                "state": state,
                "missing": [_(need.text) for need in workflow.missing(incident, stage)],
                "url": url_for(PAGES[stage], ref=incident.reference),
            }
        )
    return rows


def tabs(incident: Incident, here: str | None) -> list[dict[str, Any]]:
    """The pages of an incident as the macro `tabs` wants them; `here` is the endpoint shown."""
    undone = sum(not (one.done_on or one.dropped) for one in incident.measures)
    rows = [
        (_("Overview"), "incidents.show", None),
        (_("What happened"), "incidents.detection", None),
        (_("Cause"), "incidents.cause", None),
        (_("Measures"), "incidents.mitigation", undone or None),
        (_("Decision"), "incidents.decision", None),
        (_("Letters"), "notifications.notices", None),
        (_("File"), "incidents.file", None),
    ]
    return [
        {
            "label": label,
            "url": url_for(endpoint, ref=incident.reference),
            "current": endpoint == here,
            "count": count,
        }
        for label, endpoint, count in rows
        if endpoint in current_app.view_functions
    ]
