"""Writes the letters of a run as it was approved: from a sealed row to what is said on the wire."""

import logging
from collections.abc import Iterable

from incidents.db import db
from notifications import compose, servers, standing, tokens
from notifications.delivery import Outcome
from notifications.models import Notice
from notifications.recipients.person import PURGED
from notifications.sending.claims import Claimed
from notifications.sending.tray import Ready
from notifications.wording import N_

log = logging.getLogger(__name__)

NOT_WRITTEN = N_("This letter could not be written.")


class Writing:
    """The letters of the run `number`, whose approval stood with `sign`. `base`: the address to
    which returns go, if any; `sender`: the one that stands in for it."""

    def __init__(self, number: int, sign: standing.Signs, base: str | None, sender: str) -> None:
        notice = db.session.get_one(Notice, number)
        self.sign = sign
        self._writer = compose.Writer(notice, servers.outgoing())
        self._seal = notice.people_seal()
        self._named = tokens.Letters(notice.domain, base)
        self._sender = sender.encode()

    def letter(self, row: Claimed) -> Ready:
        """The letter to the person in a row. Raises addresses.BadAddress, seal.Broken."""
        person = self._seal.open(row.person_sealed, row.address_key) if self._seal else PURGED
        message_id, back = self._named(row.id)
        raw = self._writer.said(person, row.language, message_id, row.id, row.group)
        sender = back.encode() if back else self._sender
        return Ready(row.id, row.notice, sender, person.address.encode(), raw)


class Writings:
    """What writes for all runs of one round, each made anew when its approval is another."""

    def __init__(self, base: str | None, sender: str) -> None:
        self._base, self._sender = base, sender
        self._writings: dict[int, Writing] = {}

    def write(
        self, claimed: Iterable[Claimed], signs: dict[int, standing.Signs]
    ) -> tuple[list[Ready], list[tuple[int, Outcome]]]:
        """The letters of these rows, and what is to be said of those that cannot be written."""
        written, unwritten = [], []
        for row in claimed:
            try:
                written.append(self._of(row.notice, signs[row.notice]).letter(row))
            except Exception as error:
                log.error("A letter could not be written: %s", type(error).__name__)
                unwritten.append((row.id, Outcome("failed", NOT_WRITTEN)))
        return written, unwritten

    def _of(self, number: int, sign: standing.Signs) -> Writing:
        found = self._writings.get(number)
        if found is None or found.sign != sign:
            found = self._writings[number] = Writing(number, sign, self._base, self._sender)
        return found
