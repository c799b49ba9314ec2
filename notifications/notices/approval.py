"""What the controller approves: exactly these words, to exactly these people, from this sender.

The approval is a SHA-256 over all of it. It is computed again before a run starts, so that a
change by whatever way voids it, even one that no page knows of.
"""

import hashlib
import hmac
import json
import struct
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.audit import record
from incidents.db import db
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused, Stale
from notifications import compose, elements
from notifications.models import Notice, NoticeText, Recipient
from notifications.recipients.addresses import BadAddress, check
from notifications.words import LANGUAGES

# States in which words and list can still be changed.
OPEN = ("draft", "approved")
# States in which it can be approved: a paused run again, after Settings have changed under it.
APPROVABLE = (*OPEN, "paused")
# States in which an approval stands, or stood when the run began.
STANDS = ("approved", "sending", "paused", "done", "published")
_PERSON = struct.Struct(">QIIII")


@dataclass(frozen=True)
class Fingerprint:
    """What would be approved: the hash in hex, the number of people, and of them by language."""

    hash: str
    people: int
    languages: dict[str, int] = field(default_factory=dict)


def fingerprint(notice: Notice) -> Fingerprint:
    """SHA-256 over `preimage`, and who is on the list."""
    writer = compose.Writer(notice, compose.server())
    sha256 = hashlib.sha256()
    counted: Counter[str] = Counter()
    for part in preimage(notice, counted):
        sha256.update(part)
    languages: Counter[str] = Counter()
    for language, count in counted.items():
        languages[writer.language(language)] += count
    return Fingerprint(sha256.hexdigest(), languages.total(), dict(languages))


def preimage(notice: Notice, counted: Counter[str] | None = None) -> Iterator[bytes]:
    """Exactly the bytes whose SHA-256 is approved: settings and texts, each a line of JSON, then
    the list, read in flat memory. `counted` takes up people by language.

    A person is their row, its language and group, the keyed hash of their address, and what is
    sealed of them, as it is sealed: whatever is altered, moved or put in its place has other
    bytes there. So nobody is opened for it, and it can still be checked once the list was purged.
    """

    def line(*values: object) -> bytes:
        return json.dumps(values, ensure_ascii=True).encode() + b"\n"

    yield line("tocsin notice 2", notice.uid, notice.incident.reference)
    yield line("from", *surroundings(notice))
    if notice.channel == "public":
        yield line("shown", _moment(notice.shown_from), _moment(notice.shown_until))
    for text in sorted(notice.texts, key=lambda text: text.language):
        yield line("text", text.language, text.subject, text.body)
    rows = db.session.execute(
        select(
            Recipient.id,
            Recipient.language,
            Recipient.group,
            Recipient.address_key,
            Recipient.person_sealed,
        )
        .where(Recipient.notice_id == notice.id)
        .order_by(Recipient.id)
        .execution_options(yield_per=2_000)
    )
    for number, language, group, key, sealed in rows:
        # Lengths first, so that no byte can count for the field beside it.
        words = language.encode()
        yield _PERSON.pack(number, group, len(words), len(key), len(sealed)) + words + key + sealed
        if counted is not None:
            counted[language] += 1


def _moment(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def surroundings(notice: Notice) -> tuple[str, str, dict[str, str]]:
    """What an approval covers beside the texts and the list: the sender, the language of people
    whose own is not known, and the values of the placeholders. Cheap: it reads no list."""
    return compose.sender(compose.server()), organisation().language, compose.values(notice)


def checks(text: NoticeText) -> list[elements.Check]:
    """The checklist of one text as it is stored."""
    return checks_of(text.notice, text.language, text.subject, text.body)


def checks_of(notice: Notice, language: str, subject: str, body: str) -> list[elements.Check]:
    """The checklist of words that may not be stored yet."""
    hosts = compose.hosts(organisation())
    return elements.checks(subject, body, language, compose.values(notice), hosts)


def missing(notice: Notice, found: Fingerprint) -> list[str]:
    """What keeps a notice from being approved, translated, by name.

    A text that nobody on the list gets may stay unfinished.
    """
    out = []
    public = notice.channel == "public"
    if public and (notice.shown_from is None or notice.shown_until is None):
        out.append(_("Dates: from when to when the page stands"))
    if not public and not found.people:
        out.append(_("People: the list is empty"))
    if not notice.duty or not notice.duty.is_open:
        out.append(_("A decision to tell people: the duty is not open any more"))
    if not organisation().name:
        out.append(_("The organisation’s name, in Settings"))
    try:
        check(organisation().contact)
        check(compose.sender(compose.server()))
    except BadAddress:
        out.append(_("The address people write to, and the one letters come from, in Settings"))
    for text in notice.texts:
        if not public and not found.languages.get(text.language):
            continue
        for fault in elements.blocking(checks(text)):
            language = _(LANGUAGES.get(text.language, text.language))
            out.append(f"{language}: {_(fault.text)}. {_(fault.hint, **fault.params)}")
    return out


def approve(notice: Notice, seen_hash: str, by: User, at: datetime) -> None:
    """Approve the words, the list and the sender as they were shown under `seen_hash`.

    Refused for anybody but a controller, with an empty list, while an element of GDPR Art. 34(2)
    is missing, and (Stale) when anything has changed since the page was shown.
    """
    if not by.is_controller:
        raise Refused(_("Only the controller approves."))
    if notice.state not in APPROVABLE:
        raise Refused(_("This letter is on its way or done. It cannot be approved again."))
    found = fingerprint(notice)
    if lacking := missing(notice, found):
        raise Refused(_("The letter cannot be approved yet."), missing=lacking)
    if not hmac.compare_digest(found.hash.encode(), seen_hash.encode("utf-8", "replace")):
        raise Stale(
            _(
                "The text, the list or the sender has changed since this page was shown. "
                "Nothing was approved: look at it again below, then approve."
            )
        )
    notice.approval = found.hash
    if notice.state in OPEN:
        notice.state, notice.domain = "approved", compose.domain()
    notice.approved_at, notice.approved_by = at, by
    db.session.flush()
    record(
        "notice.approved",
        by=by,
        at=at,
        incident=notice.incident,
        notice=notice.uid,
        hash=found.hash,
        people=found.people,
        languages=found.languages,
    )


def is_approved(notice: Notice) -> bool:
    """Whether the approval stands for what would be sent now. Reads the whole list."""
    if notice.approval is None or notice.state not in STANDS:
        return False
    return hmac.compare_digest(fingerprint(notice).hash, notice.approval)


def changing(notice: Notice, by: User, at: datetime) -> None:
    """Say that words or list are about to change: refused on its way, voids an approval."""
    if notice.state not in OPEN:
        raise Refused(
            _(
                "This letter is on its way or done: its text and its list cannot be changed. "
                "Draft another letter instead."
            )
        )
    if notice.approval is not None:
        was = notice.approval
        notice.state, notice.approval = "draft", None
        notice.approved_at, notice.approved_by = None, None
        record(
            "notice.approval_voided",
            by=by,
            at=at,
            incident=notice.incident,
            notice=notice.uid,
            hash=was,
        )
