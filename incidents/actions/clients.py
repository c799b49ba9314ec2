"""Whom we tell as a processor: each controller concerned, without undue delay, GDPR Art. 33(2)."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from flask_babel import gettext as _

from incidents.audit import record
from incidents.intake import one_line
from incidents.models import Incident, User
from incidents.refusal import Refused

MOST = 1_000
LONGEST = 200


def add(incident: Incident, names: Iterable[str], by: User, at: datetime) -> int:
    """Add clients to be told; empty names and those already there are left out. How many came."""
    _refuse_closed(incident)
    clients = list(incident.clients or [])
    known = {client["name"].casefold() for client in clients}
    new = []
    for name in (one_line(name, LONGEST + 1) or "" for name in names):
        if len(name) > LONGEST:
            raise Refused(_("A name is longer than %(most)s letters. Shorten it.", most=LONGEST))
        if name and name.casefold() not in known:
            known.add(name.casefold())
            new.append({"id": secrets.token_hex(4), "name": name, "told_at": None})
    if len(clients) + len(new) > MOST:
        raise Refused(_("These are more than %(most)s clients. Add fewer.", most=MOST))
    if new:
        incident.clients, incident.changed_at = clients + new, at
    for client in new:
        record("client.added", by=by, at=at, incident=incident, name=client["name"])
    return len(new)


def tell(incident: Incident, key: str, by: User, at: datetime) -> None:
    """Write down that a client was told now. Told again, the first moment stays."""
    _refuse_closed(incident)
    clients = [dict(client) for client in incident.clients or []]
    client = next((one for one in clients if one["id"] == key), None)
    if client is None:
        raise Refused(_("This client is not on the list."))
    if client["told_at"]:
        return
    client["told_at"] = at.isoformat()
    incident.clients, incident.changed_at = clients, at
    record("client.told", by=by, at=at, incident=incident, name=client["name"], told_at=at)


def _refuse_closed(incident: Incident) -> None:
    if incident.stage == "closed":
        raise Refused(_("%(ref)s is closed. Reopen it first.", ref=incident.reference))
