"""`flask mail ...`: the post room from the command line."""

from flask.cli import AppGroup

mail = AppGroup("mail", help="Mail, in and out.")

from notifications.cli import bounce, receive, release, send  # noqa: E402

__all__ = ["bounce", "mail", "receive", "release", "send"]
