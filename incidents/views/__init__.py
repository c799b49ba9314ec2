"""The pages of the case. Each view: read, call one action, commit, redirect."""

from flask import Blueprint

bp = Blueprint("incidents", __name__)

from incidents.views import (  # noqa: E402
    cases,
    decision,
    public,
    register,
    reports,
    stages,
)

__all__ = ["bp", "cases", "decision", "public", "register", "reports", "stages"]
