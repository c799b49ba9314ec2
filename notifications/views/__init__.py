"""The pages of the post room."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)

from notifications.views import lists, notices, people, sending, servers, texts  # noqa: E402

__all__ = ["bp", "lists", "notices", "people", "sending", "servers", "texts"]
