"""From a raw mail to what it says of each address."""

import contextlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from functools import cache

from notifications.returned import addresses, commands, fields, progress, reasons, senders, services
from notifications.returned.judge import Case, Verdict, judge
from notifications.returned.paper import Paper, apart

_MOST = 5_000_000  # bytes of a mail that are looked at: the notice stands before the mail it is of
_MOST_IN_DIALECTS = 150_000  # it looks at every line some fifty times
OUTCOMES = ("hard", "soft", "delayed", "delivered", "complaint", "auto_reply")


@dataclass(frozen=True)
class Row:
    """What became of the mail to one address. `recipient` is None where the mail hides it.

    `final`: nobody tries any more, so the letter did not arrive, even where `outcome` is delayed
    (the address may be good: it was never reached). `said`: the server's words, shortened.
    """

    recipient: str | None
    outcome: str  # one of OUTCOMES
    status: str = ""  # "5.1.1" (RFC 3463)
    reason: str = ""  # a name of reasons.toml, or feedback, delivered, undefined, onhold
    said: str = ""
    final: bool = False


@dataclass(frozen=True)
class Returned:
    """Whether a mail is one that came back, and what it says of each address."""

    is_bounce: bool = False
    rows: list[Row] = field(default_factory=list)


def parse(raw: bytes) -> Returned:
    """What a mail says as a return. Never raises; a mail that is no return has no rows, but an
    automatic answer names who did not read it yet."""
    try:
        return _parse(raw[:_MOST])
    except Exception:  # a parser of hostile mail ends here, whatever the mail holds
        return Returned()


def _parse(raw: bytes, nested: bool = False) -> Returned:
    paper = apart(raw)
    if paper.complaints:
        rows = [Row(who, "complaint", reason="feedback") for who in fields.complaints(paper)]
        return Returned(True, rows)
    if senders.is_complaint(paper):
        who = addresses.first(paper.original.text("x-hmxmroriginalrecipient")) or None
        return Returned(True, [Row(who, "complaint", reason="feedback")])
    if told := services.notified(paper.text):
        return Returned(True, [_notified(kind, case) for kind, case in told])
    cases = [case for case in fields.cases(paper) if case.recipient or case.action]
    dialects = cache(lambda: _in_dialects(raw, paper))
    system = senders.is_return(paper, bool(cases), lambda: bool(dialects()))
    if not system:
        if who := senders.answers(paper):
            return Returned(False, [Row(who, "auto_reply", reason="vacation")])
        return Returned()
    cases = _completed(cases, paper) or _in_words(paper, dialects)
    if not cases and paper.inner and not nested:  # a gateway that passes on a return
        return _parse(paper.inner, nested=True)
    cases = cases or dialects()
    warning = progress.is_warning(paper)
    rows = [_row(case, judge(case, warning)) for case in cases]
    return Returned(True, rows or [_row(case, judge(case, warning)) for case in [_hidden(paper)]])


def _row(case: Case, found: Verdict) -> Row:
    said = re.sub(r"\s+", " ", case.said or "").strip()[:500]
    return Row(case.recipient, found.outcome, found.status, found.reason, said, found.final)


def _notified(kind: str, case: Case) -> Row:
    if kind == "complaint":
        return Row(case.recipient, "complaint", reason="feedback")
    return _row(case, judge(case))


def _completed(cases: list[Case], paper: Paper) -> list[Case]:
    """The cases of a report, where one has no address with the one that the notice names."""
    named = addresses.recipients(paper) if any(not case.recipient for case in cases) else []
    for case, one in zip([case for case in cases if not case.recipient], named, strict=False):
        case.recipient = one.address
    return cases


def _in_words(paper: Paper, dialects: Callable[[], list[Case]]) -> list[Case]:
    """One case for each recipient the notice names to people."""
    named = addresses.recipients(paper)
    guessed = named and not any(one.rank >= addresses.PLACED for one in named)
    if guessed and (cases := dialects()):
        return cases
    action = "delivered" if progress.is_success(paper) else ""
    before = paper.text[: max(0, min((one.start for one in named), default=0))]
    cases = []
    for one in named:
        said = one.said
        if len(named) > 1 and reasons.find(said) is None:  # what is said of all of them
            said = f"{before}\n\n{said}"
        cases.append(Case(one.address, action, "", one.line, said, commands.answered(said)))
    return cases


def _in_dialects(raw: bytes, paper: Paper) -> list[Case]:
    """What flufl.bounce makes of it; it knows many mail systems that write for people only."""
    from flufl.bounce import all_failures  # slow to load, and most mail is no return

    logging.getLogger("flufl.bounce").disabled = True
    temporary: frozenset[bytes] = frozenset()
    permanent: frozenset[bytes] = frozenset()
    with contextlib.suppress(Exception):  # it raises on headers that are missing or not ASCII
        temporary, permanent = all_failures(message_from_bytes(raw[:_MOST_IN_DIALECTS]))
    found = [(address, "") for address in sorted(permanent)]
    found += [(address, "delayed") for address in sorted(temporary - permanent)]
    text, command = paper.text[:4000], commands.answered(paper.text)
    named = [(address.decode("ascii", "replace").lower(), action) for address, action in found]
    writers = addresses.senders(paper)
    return [
        Case(address, action, around=text, command=command)
        for address, action in named
        if addresses.first(address) == address and address not in writers
    ]


def _hidden(paper: Paper) -> Case:
    """A return that names nobody."""
    return Case(None, around=paper.text[:4000], command=commands.answered(paper.text))
