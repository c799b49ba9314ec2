"""What a return means for one address: from the action, the codes, the command and the words.

The codes are those of RFC 5321 section 4.2 (three digits) and RFC 3463 (5.1.1), with what RFC 5248
and RFC 7505 added. A code that says little (5.0.0) gives way to the words, and the words to a
server that says plainly why it refused. `hard` needs certainty: who says "user unknown" only after
it had taken the address (after DATA) filters, and may take the next mail.
"""

import re
from dataclasses import dataclass

from notifications.returned import commands, reasons

# RFC 3463 subject and detail -> the reason it names; what is missing says too little by itself.
_CODES = {
    "1.1": "userunknown",
    "1.2": "hostunknown",
    "1.3": "userunknown",
    "1.6": "hasmoved",
    "1.7": "rejected",
    "1.8": "rejected",
    "1.9": "systemerror",
    "1.10": "userunknown",
    "1.351": "userunknown",  # with three digits: Exchange Online's own
    "2.2": "mailboxfull",
    "2.3": "mesgtoobig",
    "2.4": "mailererror",
    "3.1": "systemfull",
    "3.4": "mesgtoobig",
    "4.1": "expired",
    "4.4": "hostunknown",
    "4.6": "networkerror",
    "4.7": "expired",
    "4.300": "expired",
    "4.310": "hostunknown",
    "4.316": "expired",
    "4.317": "expired",
    "5.3": "toomanyconn",  # too many recipients
    "7.7": "contenterror",
    "7.17": "hasmoved",
    "7.20": "authfailure",
    "7.21": "authfailure",
    "7.22": "authfailure",
    "7.23": "authfailure",
    "7.24": "authfailure",
    "7.25": "requireptr",
    "7.26": "authfailure",
    "7.27": "rejected",  # the sender's domain takes no mail (RFC 7505)
}
# Words that name who was refused, or what; they weigh more than any code.
_PLAIN = (
    *("nameserver", "mailboxfull", "virusdetected", "filtered", "authfailure", "requireptr"),
    *("spamdetected", "badreputation", "toomanyconn", "blocked", "mesgtoobig", "norelaying"),
    *("hasmoved", "rejected", "policyviolation", "notcompliantrfc", "contenterror", "suspend"),
    *("mailererror", "loop"),
)
_NEVER = ("hostunknown", "notaccept", "noaddress", "userunknown", "bare")
# Refused before any recipient was named, it is not about the recipient.
_BEFORE = {"MAIL": "rejected", "EHLO": "blocked", "CONN": "blocked"}
_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_THREE = re.compile(r"(?<![\w.:/-])([45]\d\d)(?=[ -])")
# About the command, or who is logged in (RFC 5321 section 4.2.2, RFC 4954 section 6).
_ABOUT_US = {
    **dict.fromkeys(("500", "502", "503", "504"), "syntaxerror"),
    **dict.fromkeys(("530", "534", "535", "538"), "securityerror"),
}
# Some gateways put words of their own before the server's: "5.1.0 - Unknown address error 550-'..."
_INNER = re.compile(r"^\s*[45]\.\d\.\d - [^'\"]{0,80}[45]\d\d[- ]['\"]")


@dataclass
class Case:
    """What a mail says of one address. `action` as in RFC 3464; `said` the server's own words;
    `around` what the mail says to people; `command` the SMTP command that was answered."""

    recipient: str | None
    action: str = ""
    status: str = ""
    said: str = ""
    around: str = ""
    command: str = ""
    local: bool = False  # a program of the mail system itself answered, no server


@dataclass(frozen=True)
class Verdict:
    """What became of it. `final`: no further try is made, so this letter did not arrive."""

    outcome: str
    reason: str
    status: str
    final: bool


def judge(case: Case, warning: bool = False) -> Verdict:
    """What `case` means. `warning`: the mail says that it only warns."""
    status = best_status(case)
    if case.action in ("delivered", "relayed", "expanded", "deliverable") or status.startswith(
        "2."
    ):
        return Verdict("delivered", "delivered", status, True)
    reason = _reason(case, status)
    if case.action == "delayed" or (warning and case.action != "failed"):
        shown = reasons.named(reason).shown if reason else "expired"
        return Verdict("delayed", shown, status, False)
    if not reason:
        return Verdict("soft", "onhold" if case.said else "undefined", status, True)
    known = reasons.named(reason)
    return Verdict(known.outcome, known.shown, status, True)


def best_status(case: Case) -> str:
    """The most telling status code: the server's own words before the field, if it says more."""
    said = _INNER.sub("", case.said[:4000])
    codes = [".".join(found.groups()) for found in _ENHANCED.finditer(said)]
    if case.status:
        codes.insert(0, case.status)
    if not codes:
        codes = [".".join(found.groups()) for found in _ENHANCED.finditer(case.around[:4000])]
        # The transcript of a talk shows what the server took before it refused.
        refused = [code for code in codes if not code.startswith("2.")]
        codes = refused or ([] if _three(case) else codes)
    telling = [code for code in codes if not code.endswith(".0.0")]
    return (telling or codes or [""])[0]


def _reason(case: Case, status: str) -> str:
    said = _INNER.sub("", case.said or case.around)
    if not case.said and not reasons.find(case.around, "mailboxfull", "suspend"):
        answer = commands.replies(case.around)
        said = answer if reasons.find(answer) else said
    coded = _CODES.get(status.partition(".")[2], "")
    if found := reasons.find(said, "nobody", "gaveup"):
        return "policyviolation" if found.name == "nobody" and ".7." in status else found.name
    if reasons.find(case.around, "gaveup"):
        return "gaveup"
    if case.local and not reasons.find(said, "mailboxfull"):
        return "mailererror"
    if found := reasons.find(said, *_PLAIN):
        return coded if found.name == "suspend" and coded == "userunknown" else found.name
    if coded == "expired":
        # "No answer" (X.4.1), and yet it did: Exchange Online says so of whom it does not know.
        answered = status == "5.4.1" and reasons.find(said, "refused")
        return "nobody" if answered else coded
    if found := reasons.find(said, *_NEVER):
        if coded not in _NEVER and reasons.find(said, "another"):
            return "another"  # the sender is unknown, say
        if coded and coded not in _NEVER:
            return coded  # never lost, where a code says why it is not
        if not coded and (other := _ABOUT_US.get(_three(case), "")):
            return other
        return _unknown(found.name, case, status)
    if coded in _NEVER and not status.startswith("4."):
        return _unknown(coded, case, status)
    if coded and coded not in _NEVER:
        return coded
    if found := reasons.find(said):
        if found.name == "expired" and _three(case).startswith("5"):  # "connection" is whose words?
            return _BEFORE.get(case.command, found.name)
        return found.name if found.name != "refused" else _refused(case, status)
    if case.said and (found := reasons.find(case.around)):
        if found.name in _NEVER:
            if reasons.find(case.around, "another"):
                return "another"
            return _unknown(found.name, case, status)
        return found.name
    return ""


def _refused(case: Case, status: str) -> str:
    """Why an address was refused without words: by the subject of the code (RFC 3463 section 3)."""
    subject = status.split(".")[1] if status else ""
    if subject in ("2", "3", "4", "6", "7"):
        return "filtered" if subject == "2" else "policyviolation"
    return _unknown("bare", case, status)


def _three(case: Case) -> str:
    """The three digits of the server's answer."""
    found = _THREE.search(case.said[:2000]) or _THREE.search(commands.replies(case.around))
    return found[1] if found else ""


def _unknown(name: str, case: Case, status: str) -> str:
    """Whether the words "user unknown" mean what they say."""
    kind, _, detail = status.partition(".")
    coded = _CODES.get(detail, "")
    if not coded and _three(case).startswith("4"):
        kind = "4"
    if reasons.find(case.around, "mailboxfull") and not reasons.find(case.around, *_NEVER):
        return "mailboxfull"  # whatever the code says, the notice to people says why
    if name not in ("noaddress", "userunknown", "bare"):
        if kind == "4":
            return "networkerror"
        return _BEFORE.get(case.command, name)
    if case.command in _BEFORE:
        return _BEFORE[case.command]
    if coded in ("userunknown", "hasmoved", "hostunknown"):
        return coded
    if kind == "4":
        return "filtered"
    if detail == "1.0" or case.command == "RCPT":
        return "userunknown"
    if name == "bare" or case.command or detail == "2.1":
        return "filtered"
    return name
