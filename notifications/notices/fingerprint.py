"""The SHA-256 over all that an approval binds: settings, texts, the groups' parts, the list."""

import hashlib
import json
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from incidents.db import db
from incidents.pages import organisation
from notifications import compose
from notifications.models import Notice, Recipient, on_list

BATCH = 500
# What of the organisation a letter uses.
USED = ("name", "controller", "contact", "postal_address", "website", "authority", "language")
_PERSON = struct.Struct(">QIIII")


@dataclass(frozen=True)
class Fingerprint:
    """What would be approved: the hash in hex, the number of people, of them by language, and by
    language and group."""

    hash: str
    people: int
    languages: dict[str, int] = field(default_factory=dict)
    groups: dict[tuple[str, int], int] = field(default_factory=dict)


def fingerprint(notice: Notice) -> Fingerprint:
    """SHA-256 over `preimage`, and who is on the list."""
    writer = compose.Writer(notice, compose.server())
    counted: Counter[tuple[str, int]] = Counter()
    found = hash_of(notice, counted)
    languages: Counter[str] = Counter()
    groups: Counter[tuple[str, int]] = Counter()
    for (language, group), count in counted.items():
        written = writer.language(language)
        languages[written] += count
        groups[written, group] += count
    return Fingerprint(found, languages.total(), dict(languages), dict(groups))


def hash_of(notice: Notice, counted: Counter[tuple[str, int]] | None = None) -> str:
    """SHA-256 over `preimage` in hex."""
    sha256 = hashlib.sha256()
    for part in preimage(notice, counted):
        sha256.update(part)
    return sha256.hexdigest()


def preimage(notice: Notice, counted: Counter[tuple[str, int]] | None = None) -> Iterator[bytes]:
    """Exactly the bytes whose SHA-256 is approved: settings, texts and parts, each a line of JSON,
    then the list, read in flat memory. `counted` takes up people by (language, group).

    A person is their row, its language and group, the keyed hash of their address, and what is
    sealed of them, as it is sealed: whatever is altered, moved or put in its place has other
    bytes there. So nobody is opened for it, and it can still be checked once the list was purged.
    """
    yield from _before_the_list(notice)
    # By the connection: the session takes as long over a row as all the rest.
    rows = db.session.connection().execute(_rows(notice).execution_options(yield_per=BATCH))
    for some in rows.partitions():
        yield _people(some)
        if counted is not None:
            counted.update([(row[1], row[2]) for row in some])


def preimage_in_parts(notice: Notice) -> Iterator[bytes]:
    """`preimage`, for who commits between two pieces: a list that nobody changes any more."""
    yield from _before_the_list(notice)
    query, last = _rows(notice).limit(BATCH), 0
    while some := db.session.execute(query.where(Recipient.id > last)).all():
        yield _people(some)
        last = some[-1][0]


def _before_the_list(notice: Notice) -> Iterator[bytes]:
    """What stands in `preimage` before the list: settings, texts and parts, each a line."""

    def line(*values: object) -> bytes:
        return json.dumps(values, ensure_ascii=True).encode() + b"\n"

    yield line("tocsin notice 3", notice.uid, notice.incident.reference)
    yield line("from", *surroundings(notice))
    if notice.channel == "public":
        yield line("shown", _moment(notice.shown_from), _moment(notice.shown_until))
    for text in sorted(notice.texts, key=lambda text: text.language):
        yield line("text", text.language, text.subject, text.body)
    for group in sorted(notice.groups, key=lambda group: group.number):
        for part in sorted(group.texts, key=lambda part: part.language):
            yield line("part", group.number, part.language, part.body)


def _rows(notice: Notice) -> Select[int, str, int, bytes, bytes]:
    columns = select(
        Recipient.id,
        Recipient.language,
        Recipient.group,
        Recipient.address_key,
        Recipient.person_sealed,
    )
    return columns.where(on_list(notice)).order_by(Recipient.id)


def _people(rows: Iterable[Any]) -> bytes:
    """Of each row the lengths first, so that no byte can count for the field beside it."""
    parts: list[bytes] = []
    pack = _PERSON.pack
    for number, language, of, key, sealed in rows:
        words = language.encode()
        parts += (pack(number, of, len(words), len(key), len(sealed)), words, key, sealed)
    return b"".join(parts)


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def settings(notice: Notice) -> dict[str, Any]:
    """The settings as they are now, for the entry that says that a letter was approved or leaves:
    with them it can be rebuilt as it was."""
    sender, language, values = surroundings(notice)
    served = organisation()
    return {
        "sender": sender,
        "language": language,
        "values": list(values.items()),  # in their order, which the approval binds, too
        "organisation": {name: getattr(served, name) for name in USED},
    }


def surroundings(notice: Notice) -> tuple[str, str, dict[str, str]]:
    """What an approval covers beside the texts and the list: the sender, the language of people
    whose own is not known, and the values of the placeholders. Cheap: it reads no list."""
    return compose.sender(compose.server()), organisation().language, compose.values(notice)
