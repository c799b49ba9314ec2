"""What a server answered, in a notice for people, and to which SMTP command: it tells what its
words are worth."""

import re

_NAMES = (
    # (what the notice says, the command)
    (r"in reply to (?:the )?(?:end of data|data)|after end of data|final data|pipelined sending|"
     r"after sending data|\[data\]|data command|message body|after data|"
     r"\(state 1[5-8]\)|\(state 9\)", "DATA"),
    (r"in reply to rcpt to|after rcpt to|after rcpt|like recipient|like our rcpt to|\[rcpt_to\]|"
     r"rejected address|>>> ?rcpt to|rcpt command|reply to rcpt|during rcpt|"
     r"rcpt to:? ?<|\(state 14\)|smtp:rcpt", "RCPT"),
    (r"in reply to mail from|after mail from|like our mail from|mail from address|>>> ?mail from|"
     r"\[mail_from\]|rejected mail from|\(state 13\)", "MAIL"),
    (r"in reply to (?:ehlo|helo)|after (?:ehlo|helo)|>>> ?(?:ehlo|helo)", "EHLO"),
    (r"after initial connection|refused to talk to me|while talking|initial connection", "CONN"),
)  # fmt: skip
_KNOWN = [(re.compile(words, re.IGNORECASE), name) for words, name in _NAMES]
# Some take every recipient and look it up only when the letter is there; they say which it is.
_VERIFIED = re.compile(r"delivery error: dd ", re.IGNORECASE)
# After it, a server has no recipient left: it refused the one that was named.
_NOBODY_LEFT = re.compile(r"\bneed rcpt\b|\bno valid recipients?\b|recipients? were rejected", re.I)
_TALK = re.compile(r"^\s*(>>>|<<<) ?(.*)$", re.MULTILINE)
_REPLY = re.compile(
    r"(?<![\w.:/#-])[45]\d\d(?:[ -]+|: )(?=[^\s\d]|"
    r"\d\.\d)[^\n]{3,1000}(?:\n[ \t]*[^\s>\[-][^\n]{0,300}){0,2}|"
    r"(?:reason|said|reports?|error|diagnos\w{1,6}|returned was) ?: [^\n]{3,1000}"
    r"(?:\n[ \t]+[^\s>\[-][^\n]{0,300}){0,4}",
    re.IGNORECASE,
)


def replies(text: str) -> str:
    """What servers answered, of all that `text` says: what surrounds it is the same in every
    notice of a mail system, whatever happened.

    >>> replies("It is listed below.\\nReason: mailbox full")
    'Reason: mailbox full'
    """
    return "\n".join(found[0] for found in _REPLY.finditer(text[:8000]))


def answered(text: str) -> str:
    """RCPT, DATA, MAIL, EHLO, CONN, or "" where `text` does not say.

    >>> answered("550 no such user (in reply to RCPT TO command)"), answered("user unknown")
    ('RCPT', '')
    """
    text = text[:8000]
    flat = " ".join(text.split())  # a notice to people breaks its lines anywhere
    if _VERIFIED.search(flat):
        return "RCPT"
    asked = ""
    for sign, words in _TALK.findall(text):  # a transcript: what was asked before the refusal
        if sign == ">>>":
            asked = words.strip()[:4].upper()
        elif words[:1] in "45" and asked:
            asked = "EHLO" if asked == "HELO" else asked
            if asked in ("DATA", "RCPT", "MAIL", "EHLO"):
                return asked
    known = next((name for pattern, name in _KNOWN if pattern.search(flat)), "")
    return "RCPT" if known in ("", "CONN") and _NOBODY_LEFT.search(flat) else known
