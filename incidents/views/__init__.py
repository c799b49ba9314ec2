"""The pages of the case. Each view: read, call one action, commit, redirect."""

from flask import Blueprint

bp = Blueprint("incidents", __name__)

from incidents.views import (  # noqa: E402
    authority_letters,
    cases,
    decision,
    door,
    downloads,
    lists,
    looking,
    measures,
    memo,
    notification,
    printed,
    provider,
    public,
    queue,
    receipt,
    regimes,
    register,
    reports,
    stages,
    today,
    triage,
    visit,
    watching,
)

__all__ = [
    "authority_letters",
    "bp",
    "cases",
    "decision",
    "door",
    "downloads",
    "lists",
    "looking",
    "measures",
    "memo",
    "notification",
    "printed",
    "provider",
    "public",
    "queue",
    "receipt",
    "regimes",
    "register",
    "reports",
    "stages",
    "today",
    "triage",
    "visit",
    "watching",
]
