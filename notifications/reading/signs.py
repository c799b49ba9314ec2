"""Signs in a mail's headers that a machine wrote it: such mail is kept, and never answered."""

import re

from notifications.reading.mime import Headers

_MACHINES = re.compile(
    r"^(mailer-?daemon|mail-?daemon|postmaster|no-?reply|do-?not-?reply|ne-?pas-?repondre|"
    r"noreply[-+._].*|bounces?([-+._].*)?|.*-(bounces|request|owner)|owner-.*|daemon|root|"
    r"majordomo|listserv|www-data)$",
    re.IGNORECASE,
)
_LISTS = ("list-id", "list-unsubscribe", "list-post", "mailing-list", "x-mailing-list")
_AWAY = re.compile(
    r"^\W*(out of (the )?office|automatic reply|auto(matic)?[- ]?(reply|response|answer)|auto:|"
    r"autoreply|r[ée]ponse automatique|absen(ce|t)( du bureau)?\b|message d'absence|"
    r"abwesenheit|automatische antwort|respuesta autom[áa]tica|risposta automatica|"
    r"resposta autom[áa]tica|vacation|fuera de (la )?oficina|ausen(cia|te)\b|fuori (sede|ufficio)|"
    r"assenza|fora do escrit|ausência|afwezig|automatisch antwoord|autosvar|automatiskt? svar|"
    r"frånvaro|fravær|automaattinen vastaus|poissa|automatyczna odpowied|nieobecno|automatick|"
    r"автоответ|автоматический ответ|otomatik yan|"
    r"自動返信|自動応答|不在|自动回复|自動回覆|자동 회신)",
    re.IGNORECASE,
)


def automatic(headers: Headers, sender: str) -> str | None:
    """Why this mail gets no answer (RFC 3834 section 2), or None when a person seems to wait."""
    submitted = headers.text("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted[:40]}"
    precedence = headers.text("precedence").strip().lower()
    if precedence in ("bulk", "junk", "list", "auto_reply"):
        return f"Precedence: {precedence}"
    for name in _LISTS:
        if headers.all(name):
            return f"it came by a list ({name})"
    suppress = headers.text("x-auto-response-suppress").strip().lower()
    if suppress and suppress != "none":
        return "X-Auto-Response-Suppress"
    paths = headers.all("return-path")
    if paths and paths[0].strip() in (b"<>", b'""', b"<<>>"):
        return "it has no return address"
    if _MACHINES.match(sender.rpartition("@")[0]):
        return "a machine's address sent it"
    if any(headers.all(name) for name in ("x-autoreply", "x-autorespond", "x-autoresponder")):
        return "it is an automatic reply"
    if headers.all("x-loop") or headers.all("feedback-id"):
        return "it was sent in bulk or in a loop"
    return None


def is_vacation(headers: Headers) -> bool:
    """Whether the subject is that of an answer for somebody who is away."""
    return bool(_AWAY.match(headers.text("subject")))


def is_auto_reply(headers: Headers) -> bool:
    """Whether a machine answers here for a person: a vacation notice, "we got your mail"."""
    submitted = headers.text("auto-submitted").strip().lower()
    if submitted.startswith(("auto-replied", "auto-notified")):
        return True
    if headers.text("precedence").strip().lower() == "auto_reply":
        return True
    marks = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-apple-action")
    if any(headers.text(name).strip().lower() not in ("", "no") for name in marks):
        return True
    return is_vacation(headers)
