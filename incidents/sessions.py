"""A session ends by itself: half an hour after the last sign of life, twelve hours after login
(OWASP ASVS 7.3.1, 7.3.2). Both moments stand in the signed cookie, so a copy of it ends, too.

Typing is a sign of life: the page says so now and then (static/app.js). So is an upload: what
counts is when a request began, not when its last byte was there. What a page asks for by itself
is none. What was typed comes back with the page of the refusal (incidents/errors.py).
"""

from typing import Any

from flask import Flask, g, request, session
from flask_login import user_logged_in

from incidents.db import now
from incidents.serving import BEGAN

IDLE = 30 * 60  # seconds
LONGEST = 12 * 3600
STEP = 60  # the cookie is renewed no more often
BACKGROUND = "X-Background"  # the header of what a page asks for by itself
# What a login leaves in the cookie. Language, colours and the key of open forms outlive it.
_OF_LOGIN = ("_user_id", "_id", "_fresh", "fs_cc", "fs_paa", "fs_gexp", "began", "seen")


def _began(_app: object, **_more: Any) -> None:
    """Somebody logged in, with all that was asked for."""
    session["began"] = session["seen"] = int(now().timestamp())


def _look() -> None:
    """Before each request of somebody who logged in: whether that still holds."""
    if request.endpoint == "static" or "_user_id" not in session:
        return
    moment = int(now().timestamp())
    began = min(moment, int(request.environ.get(BEGAN, moment)))
    idle, whole = began - session.get("seen", 0), began - session.get("began", 0)
    if idle > IDLE or whole > LONGEST:
        for key in _OF_LOGIN:
            session.pop(key, None)
        g.session_ended = True
    elif moment - session["seen"] >= STEP and BACKGROUND not in request.headers:
        session["seen"] = moment


def ended() -> bool:
    """Whether this request came with a session that has just ended."""
    return bool(g.get("session_ended"))


def init_app(app: Flask) -> None:
    """Look at each session before anybody asks who it is."""
    user_logged_in.connect(_began)
    app.before_request(_look)
