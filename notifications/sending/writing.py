"""What is written of each letter here: all that is a person's own, as it is said. The process that
has the wire puts it into its places in the text, which it was told once.

Here, and not there: a server on the same machine shares the core of the wire more often than not,
and the books have time to spare."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, groupby
from operator import attrgetter

from sqlalchemy.exc import SQLAlchemyError

from incidents.db import db
from notifications import compose, servers, standing, tokens
from notifications.models import Notice
from notifications.recipients.addresses import as_checked
from notifications.recipients.person import PURGED, Person
from notifications.relay import Outcome
from notifications.sending.across import Own, Text
from notifications.sending.claims import Claimed
from notifications.sending.skeleton import Skeleton
from notifications.wording import N_

log = logging.getLogger(__name__)

NOT_WRITTEN = N_("This letter could not be written.")


class Writing:
    """The letters of the run `number`, whose approval stood with `sign`. `base`: the address to
    which returns go, if any; `sender`: the one that stands in; `numbers` those of texts."""

    def __init__(
        self,
        number: int,
        sign: standing.Signs,
        base: str | None,
        sender: str,
        numbers: Iterator[int],
    ) -> None:
        notice = db.session.get_one(Notice, number)
        self.sign = sign
        self._writer = compose.Writer(notice, servers.outgoing())
        self._seal = notice.people_seal()
        self._named = tokens.Letters(notice.domain, base)
        self._sender = sender.encode()
        self._numbers = numbers
        self._known: dict[tuple[str, int], tuple[int, Skeleton]] = {}

    def letters(self, rows: Sequence[Claimed], texts: list[Text]) -> list[Own]:
        """The letters to the people in these rows; their texts are added to `texts` if they are
        new ones. Raises addresses.BadAddress, seal.Broken.

        One thing for all of them, then the next: all things for one, then for the next takes a
        quarter longer, since the code of each drives the others' out of the processor's cache."""
        known = [
            self._known.get((row.language, row.group))
            or self._new_text(row.language, row.group, texts)
            for row in rows
        ]
        people = [self._person(row) for row in rows]
        to = [as_checked(person.address).encode() for person in people]
        named = [self._named(row.id) for row in rows]
        values = [
            self._writer.own(person, row.id) for person, row in zip(people, rows, strict=True)
        ]
        own = [
            text.own_pieces(address, message_id, its)
            for (_, text), address, (message_id, _), its in zip(
                known, to, named, values, strict=True
            )
        ]
        return [
            (row.id, row.notice, row.attempt, sender.encode() or self._sender, address, number, its)
            for row, (_, sender), address, (number, _), its in zip(
                rows, named, to, known, own, strict=True
            )
        ]

    def _person(self, row: Claimed) -> Person:
        return self._seal.open(row.person_sealed, row.address_key) if self._seal else PURGED

    def _new_text(self, language: str, group: int, texts: list[Text]) -> tuple[int, Skeleton]:
        number, text = next(self._numbers), self._writer.skeleton(language, group)
        texts.append((number, text.said_pieces, text.places))
        self._known[language, group] = number, text
        return number, text


class Writings:
    """What writes for all runs of one round, each made anew when its approval is another."""

    def __init__(self, base: str | None, sender: str) -> None:
        self._base, self._sender, self._numbers = base, sender, count()
        self._writings: dict[int, Writing] = {}

    def write(
        self, claimed: Iterable[Claimed], signs: dict[int, standing.Signs]
    ) -> tuple[list[Text], list[Own], list[tuple[int, Outcome]]]:
        """The texts that were not told yet, the letters of these rows, and what is to be said of
        those that cannot be written."""
        texts: list[Text] = []
        written: list[Own] = []
        unwritten: list[tuple[int, Outcome]] = []
        for number, rows in groupby(claimed, attrgetter("notice")):
            parts = [[*rows]]
            for some in parts:
                try:
                    written += self._of(number, signs[number]).letters(some, texts)
                except SQLAlchemyError:  # nothing is wrong with the letters
                    raise
                except Exception as error:
                    if len(some) > 1:  # it is one of them: each for itself, after these
                        parts += [[row] for row in some]
                    else:
                        log.error("A letter could not be written: %s", type(error).__name__)
                        unwritten.append((some[0].id, Outcome("failed", NOT_WRITTEN)))
        return texts, written, unwritten

    def _of(self, number: int, sign: standing.Signs) -> Writing:
        found = self._writings.get(number)
        if found is None or found.sign != sign:
            found = Writing(number, sign, self._base, self._sender, self._numbers)
            self._writings[number] = found
        return found
