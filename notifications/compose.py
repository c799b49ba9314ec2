"""A letter to one person: the notice's words filled in for them, as one mail, always the same.

Nothing of a person reaches a header but the address; the address has been checked, and a header
with a line break in it is refused by the library that writes it.
"""

from dataclasses import dataclass
from datetime import UTC
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cached_property
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from incidents.db import db
from incidents.intake import one_line
from incidents.law import authority
from incidents.models import Organisation
from incidents.pages import organisation
from notifications import twins, wording
from notifications.models import Notice, NoticeText, Recipient, Server
from notifications.recipients.addresses import as_checked, check
from notifications.recipients.person import Person
from notifications.sending.skeleton import ID, TO, Skeleton

# Said by every letter: a machine wrote it, and no machine should answer (RFC 3834).
AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Letter:
    """One mail to one address, byte for byte as it goes over the wire."""

    recipient: str
    raw: bytes

    def as_bytes(self) -> bytes:
        """The mail as it goes over the wire."""
        return self.raw


def server() -> Server | None:
    """The outgoing server, if one is set up."""
    row = db.session.scalar(select(Server).where(Server.direction == "out"))
    return row if row and row.host else None


def sender(outgoing: Server | None) -> str:
    """The address letters come from: the outgoing server's, else the one people write to."""
    return (outgoing.sender if outgoing else "") or organisation().contact


def domain() -> str:
    """The domain of the address letters come from, for their Message-IDs."""
    host = urlsplit(current_app.config["SETTINGS"].url).hostname or "localhost"
    return sender(server()).rpartition("@")[2].lower() or host


def values(notice: Notice) -> dict[str, str]:
    """What the placeholders stand for, for anybody; `name` is empty."""
    served = organisation()
    listed = authority(served.authority)
    return {
        "name": "",
        "organisation": served.name,
        "controller": served.controller,
        "contact": served.contact,
        "postal_address": one_line(served.postal_address, 300) or "",
        "website": served.website,
        "reference": notice.incident.reference,
        "authority": listed.name,
        "authority_address": listed.address or "",
        "authority_site": listed.complaints or listed.url or "",
    }


def hosts(served: Organisation) -> frozenset[str]:
    """The sites a letter may link to: the organisation's and the authority's."""
    listed = authority(served.authority)
    sites = (served.website, listed.url, listed.complaints)
    return frozenset(filter(None, (twins.host_of(site or "") for site in sites)))


class Writer:
    """Writes the letters of one notice. The texts are opened once; keep it for a whole run."""

    def __init__(self, notice: Notice, outgoing: Server | None) -> None:
        self.notice = notice
        self.sender = sender(outgoing)
        self.organisation = organisation()
        self.texts = {
            text.language: (one_line(text.subject) or "", text.body) for text in notice.texts
        }
        self._skeletons: dict[str, Skeleton] = {}

    @cached_property
    def values(self) -> dict[str, str]:
        """Those of the placeholders that are the same for everybody."""
        return values(self.notice)

    @cached_property
    def hosts(self) -> frozenset[str]:
        return hosts(self.organisation)

    def language(self, wanted: str) -> str:
        """The language of the text a person gets: theirs, else the organisation's, else any."""
        for language in (wanted, self.organisation.language):
            if language in self.texts:
                return language
        return next(iter(self.texts))

    def words(self, language: str, name: str | None) -> tuple[str, str]:
        """Subject and words of the letter to a person, filled in."""
        subject, body = self.texts[language]
        subject = wording.fill(subject, self.values)
        return subject, wording.fill(body, {**self.values, "name": name or ""})

    def words_for(self, row: Recipient, person: Person) -> tuple[str, str]:
        """Subject and words of the letter to one person, whichever way it goes."""
        return self.words(self.language(row.language), person.name)

    def letter(self, recipient: Recipient) -> Letter:
        """The letter to one person. Raises addresses.BadAddress."""
        person = recipient.person
        raw = self.written(person, recipient.language, recipient.message_id)
        return Letter(as_checked(person.address), raw)

    def written(self, person: Person, language: str, message_id: str) -> bytes:
        """The letter to one person, byte for byte. Raises addresses.BadAddress."""
        own = {"name": person.name or ""}
        return self.skeleton(language).letter(as_checked(person.address), message_id, own)

    def skeleton(self, wanted: str) -> Skeleton:
        """The letters to people who read this language, as one that is to be filled in."""
        language = self.language(wanted)
        if language not in self._skeletons:
            self._skeletons[language] = self._made(language)
        return self._skeletons[language]

    def _made(self, language: str) -> Skeleton:
        subject, _words = self.words(language, None)
        at = self.notice.started_at or self.notice.approved_at or self.notice.made_at
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _mailbox(self.organisation.name, self.sender)
        mail["To"] = TO
        mail["Subject"] = subject
        mail["Date"] = format_datetime(at.astimezone(UTC))
        mail["Message-ID"] = ID
        mail["Reply-To"] = _mailbox("", self.organisation.contact or self.sender)
        for header, value in AUTOMATIC.items():
            mail[header] = value
        return Skeleton(
            mail,
            self.texts[language][1],
            {**self.values, "name": ""},
            self.hosts,
            language,
            subject,
            boundary=f"=_{self.notice.uid}",
        )


def _mailbox(name: str, address: str) -> Address:
    local, _, domain = check(address).rpartition("@")
    return Address(one_line(name) or "", local, domain)


def letter(notice: Notice, recipient: Recipient, outgoing: Server | None) -> Letter:
    """The letter of a notice to one person: text and HTML, one recipient, the Message-ID that
    was fixed when the person came on the list. For many letters keep one `Writer`."""
    return Writer(notice, outgoing).letter(recipient)


def text_of(notice: Notice, language: str) -> NoticeText | None:
    """The text of a notice in one language."""
    return next((text for text in notice.texts if text.language == language), None)
