"""Whether the outgoing server is still there, asked every two minutes when no mail does.

A server that is down would else be noticed only with the next mail, and one that is back after a
long night only hours later: too late for a deadline.
"""

from datetime import timedelta

from sqlalchemy import exists, select, update

from incidents.db import db, now
from notifications import delivery, jobs, servers
from notifications.models import Mail, Notice, Server
from notifications.relay import Unreachable

LATELY = timedelta(minutes=1)


@jobs.periodic(120)
def feel() -> bool | None:
    """Connect, log in and leave again, unless the server answered just before. Commits.

    Returns whether it answered; None when it was not asked. The mailbox needs none of this: it is
    watched all the time.
    """
    at = now()
    server = servers.outgoing()
    lately = server is not None and server.ok_at is not None and server.ok_at > at - LATELY
    if server is None or (lately and server.failing_since is None):
        db.session.commit()
        return None
    relay, failing = delivery.relay(server), server.failing_since is not None
    db.session.commit()  # before the network
    try:
        with delivery.connect(relay):
            ok, answer = True, ""
    except Unreachable as error:
        ok, answer = False, error.answer
    if ok and failing and _waits():
        # It may take a connection and refuse every mail: the next mail says so, and at once.
        db.session.execute(update(Server).where(Server.direction == "out").values(next_try_at=None))
    elif ok or not failing:  # what fails already is not made to wait longer by being asked
        servers.answered("out", ok, answer, now())
    db.session.commit()
    return ok


def _waits() -> bool:
    queued = exists().where(Mail.state == "queued")
    sending = exists().where(Notice.state == "sending")
    return bool(db.session.scalar(select(queued | sending)))
