"""The pages of the post room."""

from flask import Blueprint

bp = Blueprint("notifications", __name__)

from notifications.views import (  # noqa: E402
    answers,
    approving,
    export,
    genuine,
    held,
    lists,
    news,
    notices,
    otherwise,
    people,
    printed,
    proof,
    public,
    reminders,
    sending,
    servers,
    texts,
    told,
)

__all__ = [
    "answers",
    "approving",
    "bp",
    "export",
    "genuine",
    "held",
    "lists",
    "news",
    "notices",
    "otherwise",
    "people",
    "printed",
    "proof",
    "public",
    "reminders",
    "sending",
    "servers",
    "texts",
    "told",
]
