"""The pages of the post room."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)

from notifications.views import notices, sending, servers  # noqa: E402

__all__ = ["bp", "notices", "sending", "servers"]
