"""Whether a mail system sent a mail, to tell of a delivery; or a machine that answers for a person.

Words alone never make a return: people forward returns and write about them.
"""

import re

from notifications.reading import mime, signs, words
from notifications.returned import addresses, reasons
from notifications.returned.paper import Paper

# Nobody else writes under these names.
_SYSTEM = re.compile(
    r"^(mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|postmastr|poostmaster|mmdf|mdaemon|"
    r"mail[-_.]?administrator|mail[-_.]?delivery[-_.]?(sub)?system|maildelivery|double-bounce|"
    r"mailerdaemon)([-+_.=].{0,60})?$",
    re.IGNORECASE,
)
# No person, and no list, writes under these; a list may pass on what they write.
_DAEMON = re.compile(r"^(mail(er)?[-_.]?daemon|mdaemon|mmdf|post[-_.]?master|double-bounce)$", re.I)
_NAMED = re.compile(
    r"mail(er)?[ -]?(delivery|deliver|daemon|administrator)\b.{0,20}(system|daemon|subsystem|"
    r"administrator|mailer|$|<)|mailer.daemon|delivery subsystem|internet mail delivery|"
    r"system administrator|mail administrator|e-?mail system",
    re.IGNORECASE,
)
# These names others use, too.
_MAYBE = re.compile(
    r"^(bounces?|smtpd?|mta|administrator|mail[-_.]?system|mailadmin|mailer|exchange|no-?reply|"
    r"delivery.{0,20}|non-?delivery.{0,20}|ndr|.{0,40}-admin|owner-.{0,40}|root|daemon|system)"
    r"([-+_.=].{0,60})?$",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|unable to deliver|not (be )?deliver|deliver.{0,40}(fail|error|status|problem|delay|"
    r"notif|warning|expired)|(fail|error|problem|warning).{0,40}deliver|returned (mail|message|to)|"
    r"return(ed)? to sender|failure (notice|notif|report)|mail (system )?(error|failure)|"
    r"non.?deliver|non.?remis|rejected|nondeliv|bounced|could ?n.t be|could not (be )?|"
    r"message (status|delay|not sent)|delayed mail|cannot send message|user unknown|unzustellbar|"
    r"unzustellbarkeit|zustell|nicht zugestellt|échec|remise|non distribu|no se (ha )?pu|"
    r"no entregado|imposible entregar|devuelto|mancato recapito|recapito|não entregue|"
    r"não foi possível|devolvid|onbestelbaar|niet bezorgd|не доставлено|"
    r"недоставлен|配信|送信エラー|"
    r"退信|message you sent blocked|message\b.{0,30} delayed|recapitabile|"
    r"mail failure|postmaster notify|delivery notification|address (error|change)|"
    r"loop alert|mail problem|invalid (user|address|recipient)|system error|problems? with",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"could not (be )?deliver|couldn.t (be )?deliver|cannot (be )?deliver|can.t be delivered|"
    r"unable to (be )?deliver|not (be |been )?(delivered|sent|forwarded)|undeliver|"
    r"deliver\w{0,3} (to|of)[^\n]{0,80}(fail|delay|rejected)|"
    r"delivery (has )?(failed|failure|error)|"
    r"not yet been delivered|delay reason|been delivered|non riuscito|was blocked by|"
    r"did not reach|delivery problem|failed address|address(es)? (had|"
    r"failed)|permanent (fatal )?error|"
    r"returned to (you|the sender)|was rejected|rejected by|wasn.t (able to )?deliver|"
    r"user unknown|unknown user|no such user|mailbox (is )?full|transcript of session|"
    r"has been (delayed|rejected|returned)|gave this error|may not exist|failure reasons?|"
    r"automatically (rejected|generated)|\b5\d\d[ -]5?\.?\d?\.?\d?|invalid user|duplicated message|"
    r"nicht zugestellt|konnte nicht|n'a pas pu|n.a pu être|no se pudo|non è stato|não foi|"
    r"niet (worden )?bezorgd|не может быть доставлено|できませんでした|送信できません|"
    r"無法|无法|не удалось|nie można|nie mogła",
    re.IGNORECASE,
)
# "... could not be delivered to <name@host>", as nobody but a mail system writes it.
_TO_WHOM = re.compile(
    r"(could not|cannot|can.t|couldn.t|unable to|was not|not|"
    r"error) (be )?(deliver|send|forward)\w{0,4}"
    r"( (the|your|this))?( (mail|message|e-?mail))?( (to|of|"
    r"for))?( the following (address|recipient)"
    r"(es|s|\(es\)|\(s\))?)?:?\s{0,10}<?[^\s<>@]{1,64}@|"
    r"message to:?\s{0,10}<?[^\s<>@]{1,64}@[^\n]{1,100}\n[^\n]{0,10}(was|has been) "
    r"(blocked|rejected|refused)|"
    r"undeliver\w{0,6} (to|for):?\s{0,5}<?[^\s<>@]{1,64}@|rcpt to:\s{0,5}<?[^\s<>@]{1,64}@",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\d.])[45]\d\d[ -]|(?<![\d.])[45]\.\d\.\d")
_WARNING = re.compile(
    r"warning message only|this is a warning|warning only|do not need to resend|delivery "
    r"(incomplete|delayed)|temporary (failure report|problem delivering)|"
    r"will (be retried|keep trying"
    r"|continue trying|retry)|still being retried|has been delayed|delayed mail|only a temporary|"
    r"no action is required on your part|not yet been delivered|message is delayed|"
    r"delivery status notification \(delay\)|wird weiter versucht|sera retenté|"
    r"delivery attempts will continue",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(r"giving up|given up|gave up|permanent(ly)? (error|fail)|final notice", re.I)


def is_return(paper: Paper, has_report: bool) -> bool:
    """Whether `paper` is a mail system's, about a delivery. `has_report`: it carries the fields
    of a delivery report."""
    headers = paper.headers
    shown = words.header(b" ".join(headers.all("from")[:5])[:2000])
    bare = shown.partition("@")[0].rpartition("<")[2]  # "<MAILER-DAEMON>", without a domain
    local = addresses.first(shown).partition("@")[0] or bare.strip(" <>\"'")
    system = bool(_SYSTEM.match(local[:100]))
    by_name = system or bool(_NAMED.search(shown[:300]))
    paths = [path.strip().lower() for path in headers.all("return-path")]
    nobody = any(path in (b"<>", b'""', b"<null>") for path in paths) or any(
        b"mailer-daemon" in path for path in paths
    )
    typed = headers.text("content-type").lower()
    if "disposition-notification" in typed:  # somebody read a mail, threw it away, or has a filter
        return (by_name or nobody) and "automatically rejected" in paper.text[:2000]
    if has_report and (by_name or nobody or "report" in typed):
        return True
    if headers.all("x-failed-recipients") and (by_name or nobody):
        return True
    if signs.is_vacation(headers) or (_from_a_list(headers) and not _DAEMON.match(local[:100])):
        return False
    about = bool(_SUBJECT.search(headers.text("subject")[:500]))
    notice = paper.text[:10_000]
    says = bool(_BODY.search(notice))
    own = {who for value in headers.all("to") for who in addresses.every(value)}
    found = [one for one in addresses.recipients(paper) if one.address not in own]
    # A mail system that writes about the mailbox it writes to warns its owner.
    named = any(one.rank == 2 for one in found)
    names = named or bool(paper.original.items)
    if by_name and about and says and _DAEMON.match(local[:100]):
        return True
    if by_name and about and not names:  # a mail system that puts the address anywhere
        names = bool(found)
        return names and (says or reasons.find(notice[:4000]) is not None)
    shows = bool(paper.original.items) or bool(_CODE.search(notice))
    if by_name:  # others deliver things, too, and call themselves so
        return names and (about or says) and (system or shows)
    if not (nobody or _MAYBE.match(local[:100])):
        return False
    return names and says and (bool(_TO_WHOM.search(notice)) or (nobody and about and shows))


def _from_a_list(headers: mime.Headers) -> bool:
    lists = ("list-id", "list-unsubscribe", "list-post", "list-help")
    return any(headers.all(name) for name in lists)


def is_complaint(paper: Paper) -> bool:
    """Whether a provider passes on that a reader called a mail junk, without the fields of ARF."""
    about = paper.headers.text("subject").strip().lower().startswith("complaint about message")
    return about and bool(paper.original.first("x-hmxmroriginalrecipient"))


def is_warning(paper: Paper) -> bool:
    """Whether it only warns: the mail system still tries."""
    text = f"{paper.headers.text('subject')[:500]}\n{paper.text[:6000]}"
    return bool(_WARNING.search(text)) and not _GIVEN_UP.search(text)


def answers(paper: Paper) -> str | None:
    """Who answers by a machine, or None when this is no automatic answer."""
    if not signs.is_auto_reply(paper.headers):
        return None
    return addresses.first(words.header(paper.headers.first("from"))) or None
