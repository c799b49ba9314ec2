"""What the worker does for the case itself: held files that nobody came back for are erased."""

from incidents.actions import held
from incidents.db import db, now
from notifications.jobs import periodic


@periodic(3600)
def sweep_held_files() -> int:
    """Erase the files of refused forms after a day. Returns how many."""
    swept = held.sweep(now())
    db.session.commit()
    return swept
