"""Mail that comes back: what a mail server says of a mail it could not, or not yet, deliver.

RFC 3464 first (the fields for machines), the dialects that flufl.bounce knows second. Pure: bytes
in, what they say out. What a person writes is never taken for a return because of its words: the
sender must be a mail system, or the mail must carry the fields of one.
"""

import contextlib
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes

from notifications.reading import mime, signs, words

OUTCOMES = ("hard", "soft", "delayed", "delivered", "complaint", "auto_reply")
_SYSTEM = re.compile(
    r"^(mailer-?_?daemon|mail-?_?daemon|maildaemon|postmaster|postmastr|mmdf|bounce|bounces|"
    r"mailerdaemon|mdaemon|smtpd?|mta|majordom[oe]|administrator)([-+_.].*)?$",
    re.IGNORECASE,
)
_RETURNED = re.compile(
    r"deliver|return|undeliv|fail|unzustellbar|non remis|rejet|not sent|bounce|mail system error|"
    r"user unknown|warning|problem|error|could not|unable|status notif|non.?d[ée]liv|delay",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"(user|mailbox|recipient|address|account|alias|addressee|person)[^\n]{0,60}"
    r"(unknown|not? found|does ?n.t exist|not exist|no longer|invalid|disabled|unavailable|"
    r"inactive|not known|rejected: undeliverable)|"
    r"(unknown|no such|invalid|non.?exist\w*|not a valid|bad destination|inactive|disabled)"
    r"[^\n]{0,40}(user|mailbox|recipient|address|account|person|local.?part|addressee)|"
    r"user unknown|no mailbox (here|by)|not our customer|host unknown|unrouteable address|"
    r"(host|domain) (not found|does not exist)|has moved",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>;:,\"'()\[\]@]+@[^\s<>;:,\"'()\[\]@]+")


@dataclass(frozen=True)
class Row:
    """What became of the mail to one address. `recipient` is None where the mail hides it."""

    recipient: str | None
    outcome: str  # one of OUTCOMES
    status: str = ""  # "5.1.1" (RFC 3463)
    reason: str = ""  # the server's words, shortened


@dataclass(frozen=True)
class Returned:
    """Whether a mail is one that came back, and what it says of each address."""

    is_bounce: bool = False
    rows: list[Row] = field(default_factory=list)


def parse(raw: bytes) -> Returned:
    """What a mail says as a return. Never raises; a mail that is no return has no rows."""
    headers, _ = mime.split(memoryview(raw))
    rows: list[Row] = []
    complaint = False
    text = ""
    for leaf in mime.leaves(memoryview(raw), mime.Tree(parts=100, depth=5)):
        if "message/rfc822" in leaf.path:
            continue  # a return that somebody passes on is not ours to act upon
        if leaf.type in ("message/delivery-status", "message/global-delivery-status"):
            rows += _fields(leaf.bytes())
        elif leaf.type == "message/feedback-report":
            complaint = True
            rows += _complaint(leaf.bytes())
        elif leaf.type.startswith("text/") and len(text) < 50_000:
            text += words.decode(leaf.bytes()[:50_000], leaf.charset)
    if complaint:
        return Returned(True, rows or [Row(None, "complaint")])
    system = _from_a_mail_system(headers)
    if rows and (system or "report" in headers.text("content-type").lower()):
        return Returned(True, [_judged(row, text) for row in rows])
    if system:
        rows = list(_dialects(raw, text))
        return Returned(True, rows)
    return Returned()


def _from_a_mail_system(headers: mime.Headers) -> bool:
    """Sent by a mail system, about a delivery: the sender says so, or nobody is to answer it."""
    shown = words.header(b" ".join(headers.all("from")))
    senders = [address.partition("@")[0] for address in _ADDRESS.findall(shown)]
    by_system = any(map(_SYSTEM.match, senders)) or bool(
        re.search(r"mail (delivery|administrator|system)|mailer.daemon|delivery sub", shown, re.I)
    )
    paths = headers.all("return-path")
    nobody = bool(paths) and paths[0].strip() in (b"<>", b'""')
    about = bool(_RETURNED.search(headers.text("subject")))
    daemon = bool(re.match(r"mailer-?daemon", senders[0] if senders else "", re.I))
    return daemon or (about and (by_system or (nobody and not signs.is_auto_reply(headers))))


def _fields(content: bytes) -> Iterator[Row]:
    """The rows of a delivery status: a block about the mail, then one for each address."""
    for block in re.split(rb"\r?\n[ \t]*\r?\n", content.strip()):
        fields, _ = mime.split(memoryview(block + b"\n"))
        address = _typed(fields.text("final-recipient")) or _typed(
            fields.text("original-recipient")
        )
        action = fields.text("action").split("(")[0].strip().lower()
        if not address and not action:
            continue
        status = re.search(r"[245]\.\d{1,3}\.\d{1,3}", fields.text("status"))
        said = fields.text("diagnostic-code").partition(";")[2].strip()
        outcome = {
            "delayed": "delayed",
            "delivered": "delivered",
            "relayed": "delivered",
            "expanded": "delivered",
        }.get(action, "soft")
        if status and status[0].startswith("2."):
            outcome = "delivered"  # some write "failed" beside a status that says otherwise
        yield Row(address or None, outcome, status[0] if status else "", said[:500])


def _complaint(content: bytes) -> Iterator[Row]:
    fields, _ = mime.split(memoryview(content))
    for value in fields.all("original-rcpt-to"):
        yield Row(_typed(words.header(value)) or None, "complaint")


def _judged(row: Row, text: str) -> Row:
    """A failure told apart: `hard` when no mail will ever reach that address."""
    if row.outcome != "soft":
        return row
    said = row.reason or text[:5000]
    if row.status.startswith("5.1.") and row.status not in ("5.1.7", "5.1.8", "5.1.9"):
        never = True
    elif (row.status and not row.status.startswith("5.")) or row.status in ("5.2.2", "5.3.4"):
        never = False
    else:
        never = bool(_NEVER.search(said))
    return Row(row.recipient, "hard" if never else "soft", row.status, row.reason)


def _dialects(raw: bytes, text: str) -> Iterator[Row]:
    """What flufl.bounce makes of it; it knows many mail systems that write for people only."""
    from flufl.bounce import all_failures  # slow to load, and most mail is no return

    logging.getLogger("flufl.bounce").disabled = True
    temporary: frozenset[bytes] = frozenset()
    permanent: frozenset[bytes] = frozenset()
    with contextlib.suppress(Exception):  # it raises on headers that are missing or not ASCII
        temporary, permanent = all_failures(message_from_bytes(raw[:1_000_000]))
    status = re.search(r"\b[45]\.\d\.\d{1,3}\b", text)
    for address in sorted(permanent):
        found = Row(address.decode("ascii", "replace"), "soft", status[0] if status else "")
        yield _judged(found, text)
    for address in sorted(temporary - permanent):
        yield Row(address.decode("ascii", "replace"), "delayed", status[0] if status else "")


def _typed(value: str) -> str:
    """The address in "rfc822; name@host"."""
    found = _ADDRESS.search(value.rpartition(";")[2])
    return found[0].lower() if found else ""
