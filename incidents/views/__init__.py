"""The pages of the case. Each view: read, call one action, commit, redirect."""

from flask import Blueprint

bp = Blueprint("incidents", __name__)

from incidents.views import (  # noqa: E402
    cases,
    decision,
    downloads,
    lists,
    measures,
    printed,
    public,
    regimes,
    register,
    reports,
    stages,
    today,
    triage,
)

__all__ = [
    "bp",
    "cases",
    "decision",
    "downloads",
    "lists",
    "measures",
    "printed",
    "public",
    "regimes",
    "register",
    "reports",
    "stages",
    "today",
    "triage",
]
