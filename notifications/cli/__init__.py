"""`flask mail ...`: the post room from the command line."""

from flask.cli import AppGroup

mail = AppGroup("mail", help="Mail, in and out.")

from notifications.cli import receive, release, send  # noqa: E402

__all__ = ["mail", "receive", "release", "send"]
