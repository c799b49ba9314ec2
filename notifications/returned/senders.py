"""Whether a mail system sent a mail, to tell of a delivery; or a machine that answers for a person.

Words alone never make a return: people forward returns and write about them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from notifications.reading import mime, signs, words
from notifications.returned import addresses, progress, reasons, wordings
from notifications.returned.paper import Paper

# Nobody else writes under these names.
_SYSTEM = re.compile(
    r"^(mail(er)?[-_. ]?daemon|post[-_.]?master|postmastr|poostmaster|mmdf|mdaemon|"
    r"mail[-_.]?administrator|mail[-_.]?delivery[-_.]?(sub)?system|maildelivery|double-bounce|"
    r"microsoftexchange[0-9a-f]{8,40})([-+_.=].{0,60})?$",
    re.IGNORECASE,
)
# No person, and no list, writes under these; a list may pass on what they write.
_DAEMON = re.compile(r"^(mail(er)?[-_.]?daemon|mdaemon|mmdf|post[-_.]?master|double-bounce)$", re.I)
_ROBOT = re.compile(r"^(mail(er)?[-_.]?daemon|mdaemon|mmdf|double-bounce)$", re.I)
_NAMED = re.compile(
    r"mail(er)?[ -]?(delivery|deliver|daemon|administrator)\b.{0,20}(system|daemon|subsystem|"
    r"service|administrator|mailer|$|<)|mailer.daemon|delivery (sub)?system|internet mail delivery|"
    r"\bsystem.?administrator|mail administrator|(e-?)?mail system|mail router|message router|"
    r"systemadministrat|administrateur (du )?système|administrador (del|do) sistema|"
    r"amministratore di sistema|systeembeheerder|administrator systemu|správce systému|"
    r"mail ?(server|gateway|transfer agent|transport agent|sweeper|marshal|security)\b|"
    r"(smtp|e-?mail) (server|gateway|administrator|firewall|security)\b|spam firewall|"
    r"anti-?virus|virus ?(scanner|wall|shield)|content filter|scanmail|groupshield|"
    r"почтовая система|系統管理員|系统管理员|システム管理者|시스템 관리자|메일 발송 시스템|"
    r"配信システム",
    re.IGNORECASE,
)
# These names others use, too.
_MAYBE = re.compile(
    r"^(bounces?|smtpd?|mta|administrator|mail[-_.]?system|mailadmin|mailer|exchange|no-?reply|"
    r"delivery.{0,20}|non-?delivery.{0,20}|ndr|.{0,40}-admin|owner-.{0,40}|root|daemon|system|"
    r"undeliver.{0,20}|post[-_.]?office|(mail[-_.]?)?gateway|errors?)([-+_.=].{0,60})?$",
    re.IGNORECASE,
)
# Of those, these are a mail system's as a rule.
_MTA = re.compile(
    r"^(bounces?|smtpd?|mta|administrator|mail[-_.]?system|mailadmin|mailer|exchange|ndr|"
    r"non-?delivery.{0,20}|undeliver.{0,20}|post[-_.]?office|"
    r"(mail[-_.]?)?gateway)([-+_.=].{0,60})?$",
    re.IGNORECASE,
)
_NOBODY = (b"<>", b'""', b"<null>", b"<@>", b"<#@[]>")  # return paths that lead nowhere


@dataclass(frozen=True)
class _Notice:
    """What a notice looks like, whoever wrote it."""

    text: str
    about: bool  # its subject speaks of a delivery
    says: bool  # its text does
    found: bool  # it holds an address that is not its reader's
    named: bool  # one stands where a recipient stands, or the mail that came back is there
    copied: bool  # the mail that came back is there
    shows: bool  # so is that, or a server's answer


def is_return(paper: Paper, has_report: bool, known: Callable[[], bool]) -> bool:
    """Whether `paper` is a mail system's, about a delivery. `has_report`: it carries the fields
    of a delivery report. `known`: whether its form is a known mail system's, asked only where a
    system's name leaves it open."""
    headers = paper.headers
    shown = words.header(b" ".join(headers.all("from")[:5])[:2000])
    bare = shown.partition("@")[0].rpartition("<")[2]  # "<MAILER-DAEMON>", without a domain
    local = (addresses.first(shown).partition("@")[0] or bare.strip(" <>\"'"))[:100]
    system = bool(_SYSTEM.match(local))
    # People have a name: a mail that came without one lost it on its way, or never had one.
    by_name = system or bool(_NAMED.search(shown[:300])) or shown.strip() in ("", "<>")
    paths = [path.strip().lower() for path in headers.all("return-path")]
    nobody = any(path in _NOBODY or b"mailer-daemon" in path for path in paths)
    typed = headers.text("content-type").lower()
    if "disposition-notification" in typed:  # somebody read a mail, threw it away, or has a filter
        return (by_name or nobody) and "automatically rejected" in paper.text[:2000]
    listed = _from_a_list(headers) and not _DAEMON.match(local)
    if has_report and ("report" in typed or ((by_name or nobody) and not listed)):
        return True
    if headers.all("x-failed-recipients") and (by_name or nobody):
        return True
    if signs.is_vacation(headers) or listed:
        return False
    notice = _notice(paper, system)
    if notice.about and "report" in typed and "delivery-status" in typed:  # its fields are lost
        return True
    if by_name and not nobody and not notice.copied and _by_a_person(paper, local, bool(paths)):
        return False
    if by_name:
        return _by_a_system(notice, local, system) or (notice.found and known())
    if not (nobody or _MAYBE.match(local)):
        return False
    subject = headers.text("subject")[:500]
    if wordings.TICKET.search(subject) or wordings.PERSONAL.search(notice.text):
        return False
    if notice.named and notice.says:
        likely = nobody or bool(_MTA.match(local))
        if wordings.TO_WHOM.search(notice.text) and (likely or notice.about):
            return True
        listed = notice.copied or bool(wordings.LISTED.search(notice.text))
        if likely and notice.about and notice.shows and listed:
            return True
    return notice.about and notice.found and known()


def _notice(paper: Paper, system: bool) -> _Notice:
    text = paper.text[:10_000]
    if not system:  # what others quote is not theirs
        text = wordings.QUOTED.sub("", text)
    own = {who for value in paper.headers.all("to") for who in addresses.every(value)}
    # A mail system that writes about the mailbox it writes to warns its owner.
    found = [one for one in addresses.recipients(paper) if one.address not in own]
    subject = paper.headers.text("subject")[:500]
    copied = bool(paper.original.items)
    reasoned = bool(wordings.REASON.search(text))
    return _Notice(
        text=text,
        about=bool(wordings.SUBJECT.search(subject)) or progress.waits(subject),
        says=reasoned or bool(wordings.BODY.search(text)) or progress.waits(text[:4000]),
        found=bool(found),
        named=copied or any(one.rank >= addresses.PLACED for one in found),
        copied=copied,
        shows=copied or reasoned or bool(wordings.CODE.search(text)),
    )


def _by_a_system(notice: _Notice, local: str, system: bool) -> bool:
    """Whether what a mail system wrote, or who calls himself one, is about a delivery: systems
    write of other things, too, and others deliver things and call themselves so."""
    if notice.about and notice.says and _DAEMON.match(local) and (notice.found or notice.shows):
        return True
    if _ROBOT.match(local) and notice.found and notice.named:  # in whatever language
        return True
    if not notice.named:  # one that puts the address anywhere
        reason = notice.says or reasons.find(notice.text[:4000]) is not None
        return (notice.about or bool(_ROBOT.match(local))) and notice.found and reason
    if (
        notice.about
        and notice.says
        and (wordings.TO_WHOM.search(notice.text) or wordings.LISTED.search(notice.text))
    ):
        return True
    return (notice.about or notice.says) and (system or notice.shows)


def _by_a_person(paper: Paper, local: str, answerable: bool) -> bool:
    """Whether a person writes from a mail system's mailbox, and says so: who answers bounces.
    `answerable`: it names a return path, which leads somewhere."""
    text = paper.text[:10_000]
    greets = wordings.GREETING.match(text)
    if _ROBOT.match(local) or not ((greets and answerable) or wordings.PERSONAL.search(text)):
        return False
    answers = wordings.ANSWER.match(paper.headers.text("subject")[:500])
    return bool(answers or greets or paper.headers.all("in-reply-to"))


def _from_a_list(headers: mime.Headers) -> bool:
    lists = ("list-id", "list-unsubscribe", "list-post", "list-help")
    return any(headers.all(name) for name in lists)


def is_complaint(paper: Paper) -> bool:
    """Whether a provider passes on that a reader called a mail junk, without the fields of ARF."""
    about = paper.headers.text("subject").strip().lower().startswith("complaint about message")
    return about and bool(paper.original.first("x-hmxmroriginalrecipient"))


def answers(paper: Paper) -> str | None:
    """Who answers by a machine, or None when this is no automatic answer."""
    if not signs.is_auto_reply(paper.headers):
        return None
    return addresses.first(words.header(paper.headers.first("from"))) or None
