"""A letter to one person: the notice's words filled in for them, as one mail, always the same.

Nothing of a person reaches a header but the address; the address has been checked, and a header
with a line break in it is refused by the library that writes it.
"""

from collections.abc import Mapping
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
from notifications import codes, twins, wording
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
    """What those of the placeholders stand for that are the same for everybody."""
    served = organisation()
    listed = authority(served.authority)
    return {
        "check_site": check_site(),
        "organisation": served.name,
        "controller": served.controller,
        "contact": served.contact,
        "postal_address": one_line(_lines(served.postal_address), 300) or "",
        "website": served.website,
        "reference": notice.incident.reference,
        "authority": listed.name,
        "authority_address": listed.address or "",
        "authority_site": listed.complaints or _home(listed.url or ""),
    }


def _lines(address: str) -> str:
    """A postal address of several lines within a sentence.

    >>> _lines("1 Lane\\n75011 Paris")
    '1 Lane, 75011 Paris'
    """
    return ", ".join(filter(None, (line.strip(" ,") for line in address.splitlines())))


def check_site() -> str:
    """The page on which anybody checks the code of a letter."""
    return f"{current_app.config['SETTINGS'].url}/check"


def _home(link: str) -> str:
    """The first page of a site. What an authority names for notifications is for controllers.

    >>> _home("https://www.cnpd.pt/databreach")
    'https://www.cnpd.pt'
    """
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def hosts(served: Organisation) -> frozenset[str]:
    """The sites a letter may link to: the organisation's, this one's and the authority's."""
    listed = authority(served.authority)
    sites = (served.website, check_site(), listed.url, listed.complaints)
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
        self._code = codes.maker()
        self._skeletons: dict[tuple[str, int], Skeleton] = {}
        self.parts = {
            (text.language, group.number): text.body
            for group in notice.groups
            for text in group.texts
        }

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

    def common(self, language: str, group: int = 0) -> tuple[str, str]:
        """Subject and words of the letter to the people of a group: all filled in but what is
        personal. A group without a part of its own in this language has that of group 0."""
        subject, _body = self.texts[language]
        return (
            wording.fill(subject, {**self.values, "name": "", "code": ""}),  # nothing personal
            wording.fill(self._whole(language, group), self.values),
        )

    def _whole(self, language: str, group: int) -> str:
        part = self.parts.get((language, group)) or self.parts.get((language, 0), "")
        return wording.with_part(self.texts[language][1], part)

    @cached_property
    def used(self) -> frozenset[str]:
        """The placeholders in these texts, by their keys."""
        texts = (*(body for _subject, body in self.texts.values()), *self.parts.values())
        return frozenset(word for text in texts for word in wording.used(text))

    @cached_property
    def coded(self) -> bool:
        """Whether the code of the letter stands in any of them."""
        return "code" in self.used

    @cached_property
    def fields(self) -> frozenset[str]:
        """The columns of the list that they use, by their keys."""
        return frozenset(word for word in self.used if ":" in word)

    def own(self, person: Person, number: int) -> dict[str, str]:
        """What the personal placeholders stand for, for the person in row `number`."""
        own = {"name": person.name or ""}
        if self.coded:
            own["code"] = self._code(number)
        if self.fields:
            own |= dict.fromkeys(self.fields, "")
            for column, value in person.fields.items():
                if (key := wording.field_key(column)) in own:
                    own[key] = one_line(value, 300) or ""
        return own

    def anybody(self, name: str = "") -> dict[str, str]:
        """The same for nobody in particular: a code that is none, and each column's name."""
        return {"name": name, "code": codes.SAMPLE, **dict.fromkeys(self.fields, "")}

    def words(
        self, language: str, group: int = 0, own: Mapping[str, str] | None = None
    ) -> tuple[str, str]:
        """Subject and words of the letter, filled in; `own` as of `own()`, else for nobody."""
        subject, words = self.common(language, group)
        return subject, wording.fill(words, self.anybody() if own is None else own)

    def words_for(self, row: Recipient, person: Person) -> tuple[str, str]:
        """Subject and words of the letter to one person, whichever way it goes."""
        return self.words(self.language(row.language), row.group, self.own(person, row.id))

    def letter(self, recipient: Recipient) -> Letter:
        """The letter to one person. Raises addresses.BadAddress."""
        person = recipient.person
        raw = self.written(
            person, recipient.language, recipient.message_id, recipient.id, recipient.group
        )
        return Letter(as_checked(person.address), raw)

    def written(
        self, person: Person, language: str, message_id: str, number: int, group: int
    ) -> bytes:
        """The letter to one person of a group, in row `number`, byte for byte. Raises
        addresses.BadAddress."""
        own = self.own(person, number)
        return self.skeleton(language, group).letter(as_checked(person.address), message_id, own)

    def said(
        self, person: Person, language: str, message_id: str, number: int, group: int
    ) -> bytes:
        """`written`, as it is said after DATA: dots that begin a line are doubled."""
        own = self.own(person, number)
        return self.skeleton(language, group).said(as_checked(person.address), message_id, own)

    def skeleton(self, wanted: str, group: int = 0) -> Skeleton:
        """The letters to people of a group who read this language, as one to be filled in."""
        made = self._skeletons.get((wanted, group))
        if made is None:
            made = self._made(self.language(wanted), group)
            self._skeletons[wanted, group] = made
        return made

    def _made(self, language: str, group: int) -> Skeleton:
        subject, _words = self.words(language, group)
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
            self._whole(language, group),
            self.values,
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
