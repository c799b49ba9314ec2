"""Whether what arrived is what should have: one mail each, to the right person, whole.

Pure; asks nothing of the application. `records` are lines of the sink's dump.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.utils import parseaddr
from pathlib import Path

from benchmarks.people import Person


@dataclass(frozen=True)
class Arrived:
    """One mail as the sink got it; a text that was cut off is not `complete`."""

    recipients: tuple[str, ...]
    to: str
    message_id: str
    parts: tuple[str, ...]  # the decoded text of each text part
    complete: bool
    raw: bytes = b""
    subject: str = ""

    @property
    def size(self) -> int:
        return len(self.raw)


def arrived(line: str | bytes) -> Arrived:
    """One line of the dump, read by the standard library."""
    record = json.loads(line)
    raw = base64.b64decode(record["raw"])
    mail = message_from_bytes(raw, policy=policy.default)
    texts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    return Arrived(
        tuple(record["recipients"]),
        parseaddr(str(mail["To"] or ""))[1],
        str(mail["Message-ID"] or ""),
        tuple(part.get_content() for part in texts) if record["complete"] else (),
        record["complete"],
        raw,
        str(mail["Subject"] or ""),
    )


def dump(file: Path) -> list[Arrived]:
    """All mails of a dump."""
    return [arrived(line) for line in file.read_bytes().splitlines()] if file.exists() else []


def faults(mails: Iterable[Arrived], people: Iterable[Person]) -> list[str]:
    """What is wrong with the mails of a run that went well, in words; empty when nothing is."""
    by_address = {person.address: person for person in people}
    got: Counter[str] = Counter()
    ids: Counter[str] = Counter()
    out = []
    for mail in mails:
        if not mail.complete:
            out.append(f"a text that was cut off, to {mail.to}")
            continue
        got[mail.to] += 1
        ids[mail.message_id] += 1
        out.extend(wrong(mail, by_address))
    out += [f"{count} mails to {address}" for address, count in got.items() if count > 1]
    out += [f"no mail to {address}" for address in by_address if address not in got]
    out += [f"{count} mails with the Message-ID {one!r}" for one, count in ids.items() if count > 1]
    return out


def wrong(mail: Arrived, people: dict[str, Person]) -> list[str]:
    """What is wrong with one mail by itself."""
    person = people.get(mail.to)
    if person is None:
        return [f"a mail to {mail.to!r}, who is nobody of the list"]
    out = []
    if mail.recipients != (mail.to,):
        out.append(f"an envelope to {mail.recipients} for a mail to {mail.to}")
    if not mail.message_id:
        out.append(f"no Message-ID for {mail.to}")
    if len(mail.parts) != 2:
        out.append(f"{len(mail.parts)} text parts for {mail.to}")
    if not all(person.name in part for part in mail.parts):
        out.append(f"the name of {mail.to} is missing in a part")
    return out
