"""Try a mail server for real and show, step by step, what it answers. Sends and marks nothing."""

import imaplib
import smtplib
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from imap_tools.errors import MailboxLoginError

from notifications import imap
from notifications.delivery import own_name
from notifications.smtp import said, words

SECONDS = 10  # a test takes no longer, whatever the server does
STEP_SECONDS = 8


def N_(text: str) -> str:  # noqa: N802 - the name that translators' tools look for
    return text


TITLES = {
    "connect": N_("Connect"),
    "tls": N_("Encrypt and check the certificate"),
    "login": N_("Log in"),
    "sender": N_("May we send from this address?"),
    "recipient": N_("Does it take a mail to this address?"),
    "folder": N_("Open the folder"),
}


# What to do about a step that failed, for somebody who sees such a server for the first time.
ADVICE = {
    "connect": N_(
        "No mail server answered under this name and port. Compare both with your provider’s help "
        "pages, letter by letter."
    ),
    "tls": N_(
        "The server answered, but the connection could not be encrypted safely. Port and kind of "
        "encryption belong together; and the name must be the one in the server’s certificate."
    ),
    "login": N_(
        "The server does not take this user name with this password. Some providers want the "
        "whole e-mail address as user name, or a password made for programs."
    ),
    "sender": N_("The server does not let you send from this address. Use one of this account."),
    "recipient": N_("The server does not take a mail to your own address. Ask your provider why."),
    "folder": N_("The mailbox has no folder of this name, or it cannot be opened."),
}


@dataclass(frozen=True)
class Step:
    """One step of a test: what was tried (a key of TITLES), whether it worked, and what the
    server said, in its own words."""

    what: str
    ok: bool
    answer: str

    @property
    def title(self) -> str:
        """What was tried, in the reader's language."""
        return _(TITLES[self.what])

    @property
    def advice(self) -> str:
        """What to do when it failed, in the reader's language."""
        return _(ADVICE[self.what])


def test_outgoing(values: Mapping[str, Any]) -> list[Step]:
    """Try an SMTP server as far as the question whether it takes a mail; no mail is sent.

    `values`: host, port, security, username, password, sender. Takes at most 10 seconds; the
    first step that is not ok is the last one.
    """
    hello = own_name(current_app.config["SETTINGS"].url)
    return _limited(_smtp, {**values, "hello": hello})


def test_incoming(values: Mapping[str, Any]) -> list[Step]:
    """Try an IMAP server as far as the folder; nothing in it is read or marked.

    `values`: host, port, security, username, password, folder. Takes at most 10 seconds; the
    first step that is not ok is the last one.
    """
    return _limited(_imap, dict(values))


def _limited(probe: Callable[[dict[str, Any], list[Step]], None], values: dict[str, Any]) -> Any:
    steps: list[Step] = []
    thread = threading.Thread(target=probe, args=(values, steps), daemon=True)
    thread.start()
    thread.join(SECONDS)
    found = list(steps)
    if thread.is_alive() or not found:
        order = ["connect", "tls", "login", "sender" if probe is _smtp else "folder"]
        done = [step.what for step in found]
        next_one = next((what for what in order if what not in done), order[-1])
        found.append(Step(next_one, False, _("No answer within %(n)s seconds.", n=SECONDS)))
    return found


def _smtp(values: dict[str, Any], steps: list[Step]) -> None:
    context = ssl.create_default_context()
    options: dict[str, Any] = {"local_hostname": values["hello"], "timeout": STEP_SECONDS}
    implicit = values["security"] == "tls"
    if implicit:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(context=context, **options)
    else:
        smtp = smtplib.SMTP(**options)
    step = "connect"
    try:
        # The name to check the certificate against, which the constructor alone would set.
        smtp._host = values["host"]  # type: ignore[attr-defined]
        greeting = said(*smtp.connect(values["host"], values["port"]))
        steps.append(Step(step, greeting.startswith("220"), greeting))
        if not steps[-1].ok:
            return
        step = "tls"
        if values["security"] == "starttls":
            smtp.starttls(context=context)
        if values["security"] != "none":
            steps.append(Step(step, True, _certificate(smtp.sock)))
        step = "login"
        if values.get("username"):
            if values["security"] == "none":
                raise ValueError("No password is sent over an unencrypted connection.")
            steps.append(Step(step, True, said(*_login(smtp, values))))
        step = "sender"
        smtp.ehlo_or_helo_if_needed()
        for step, ask in (("sender", smtp.mail), ("recipient", smtp.rcpt)):
            code, text = ask(values["sender"])
            steps.append(Step(step, code in (250, 251), said(code, text)))
            if not steps[-1].ok:
                return
    except (smtplib.SMTPException, OSError, ValueError) as error:
        if isinstance(error, ssl.SSLError) and step == "connect":
            steps.append(Step("connect", True, f"{values['host']}:{values['port']}"))
            step = "tls"
        steps.append(Step(step, False, words(error)))
    finally:
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


def _login(smtp: smtplib.SMTP, values: dict[str, Any]) -> tuple[int, bytes]:
    code, text = smtp.login(values["username"], values.get("password") or "")
    return code, text


def _imap(values: dict[str, Any], steps: list[Step]) -> None:
    account = imap.Account(
        values["host"],
        values["port"],
        values["security"],
        values["username"],
        values.get("password") or "",
        values["folder"],
        STEP_SECONDS,
    )
    try:
        box = imap.Box(account)
    except imap.TROUBLE as error:
        reached = isinstance(error, ssl.SSLError | imaplib.IMAP4.error)
        if reached:
            steps.append(Step("connect", True, f"{account.host}:{account.port}"))
        what = "tls" if reached else "login" if isinstance(error, imap.NoPlainLogin) else "connect"
        steps.append(Step(what, False, imap.words(error)))
        return
    step = "login"
    try:
        steps.append(Step("connect", True, said(0, box.client.welcome)[2:]))
        if account.security != "none":
            steps.append(Step("tls", True, _certificate(box.client.sock)))
        box.enter()
        steps.append(Step("login", True, "OK"))
        step = "folder"
        count = box.folder.status(account.folder, ["MESSAGES"])["MESSAGES"]
        steps.append(Step("folder", True, f"{account.folder}: {count}"))
    except MailboxLoginError as error:
        steps.append(Step("login", False, imap.words(error)))
    except imap.TROUBLE as error:
        if step == "login":
            steps.append(Step("login", True, "OK"))
        steps.append(Step("folder", False, f"{imap.words(error)} {_folders(box)}".strip()))
    finally:
        with suppress(*imap.TROUBLE):
            box.logout()
        with suppress(OSError):
            box.client.shutdown()


def _folders(box: imap.Box) -> str:
    """The names that there are, for somebody who has mistyped one."""
    with suppress(*imap.TROUBLE):
        return "(" + ", ".join(folder.name for folder in box.folder.list()[:20]) + ")"
    return ""


def _certificate(sock: Any) -> str:
    """Who was met: protocol, subject, issuer and end of the certificate that was accepted."""
    shown = sock.getpeercert()
    names = [
        ", ".join(value for part in shown.get(whose, ()) for key, value in part if key in wanted)
        for whose, wanted in (
            ("subject", ("commonName", "organizationName")),
            ("issuer", ("commonName", "organizationName")),
        )
    ]
    return f"{sock.version()}; {names[0]}; {names[1]}; {shown.get('notAfter', '')}"
