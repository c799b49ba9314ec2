"""How the reports of the demonstration come in, are answered, and what they bring along."""

import json
import secrets
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any

from incidents.actions import reports
from incidents.intake import Draft, File, clean, digest
from incidents.models import Report
from notifications import acknowledge, answers, post
from notifications.demo.company import SENDER
from notifications.demo.plot import Plot

SOON = timedelta(minutes=1)
TYPES = {"csv": "text/csv", "txt": "text/plain"}


class Arrival:
    """One report of a story, from its arrival on. `report` is there once it has come in."""

    def __init__(self, plot: Plot, words: dict[str, Any], language: str) -> None:
        self.plot, self.words, self.language = plot, words, language
        self.when = plot.moment(words["at"])
        self.report: Report | None = None

    def plan(self) -> None:
        """Plan its arrival, its receipt by mail, and what was said later."""
        self.plot.at(self.when, self.language, self._arrive)
        if self.words.get("contact") and not self.words.get("automatic"):
            self.plot.at(self.when + SOON, self.language, self._acknowledge)
        for message in self.words.get("message", ()):
            self.plan_message(message)
        if "aside" in self.words:
            by = self.plot.people[self.words["aside_by"]]
            self.plot.at(
                self.plot.moment(self.words["aside_at"]),
                self.language,
                lambda at: reports.set_aside(self.there(), self.words["aside"], by, at),
            )

    def plan_message(self, message: dict[str, Any]) -> None:
        """Plan an answer of ours (`by`), or what the reporter wrote later."""
        when = self.plot.moment(message["at"])
        self.plot.at(when, self.language, lambda at: self._say(message, at))

    def there(self) -> Report:
        """The report, which must have come in by now."""
        assert self.report is not None
        return self.report

    def _arrive(self, at: datetime) -> None:
        by = self.plot.people[self.words["by"]] if "by" in self.words else None
        self.report, _new = reports.receive(self._draft(at), at, by)

    def _acknowledge(self, at: datetime) -> None:
        acknowledge.acknowledge(self.there().id, at)
        self._hand_over(at)

    def _say(self, message: dict[str, Any], at: datetime) -> None:
        report = self.there()
        if "by" in message:
            answers.answer(report, message["text"], self.plot.people[message["by"]], at)
            self._hand_over(at)
            return
        raw = _mail({**self.words, **message, "subject": "Re: " + report.reference}, at)
        draft = Draft(
            source="mail",
            key=f"mail:{digest(raw)}",
            raw=raw,
            story=clean(message["text"]) or "",
            language=self.language,
            contact=self.words.get("contact"),
            files=_files(message),
        )
        reports.add_message(report, draft, at)

    def _hand_over(self, at: datetime) -> None:
        """Send what was queued at that moment, as the worker would have done."""
        ready = post.claim(at, SENDER)
        if ready is not None:
            outcome = self.plot.post.hand_over(ready.message, ready.envelope_sender)
            post.mark(ready.id, outcome, at)

    def _draft(self, at: datetime) -> Draft:
        words = self.words
        source = words["source"]
        raw = _mail(words, at) if source == "mail" else _form(words)
        key = digest(raw) if source == "mail" else secrets.token_hex(16)
        return Draft(
            source=source,
            key=f"{source}:{key}",
            raw=raw,
            story=clean(words["text"]) or "",
            language=self.language,
            reporter="staff" if source == "staff" else words["reporter"],
            subject=words.get("subject"),
            noticed=words.get("noticed"),
            data=words.get("kinds"),
            name=words.get("name"),
            contact=words.get("contact"),
            files=_files(words),
            automatic=words.get("automatic", False),
            mark="automatic" if words.get("automatic") else None,
        )


def _files(words: dict[str, Any]) -> tuple[File, ...]:
    return tuple(
        File(file["name"], TYPES[file["name"].rpartition(".")[2]], file["text"].encode())
        for file in words.get("files", ())
    )


def _form(words: dict[str, Any]) -> bytes:
    """What a form would have posted."""
    fields = {name: [text] for name, text in words.items() if isinstance(text, str)}
    return json.dumps(fields, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _mail(words: dict[str, Any], at: datetime) -> bytes:
    """What the mailbox would have held."""
    mail = EmailMessage(policy=SMTP)
    name, address = words.get("name", ""), words.get("contact", "unknown@post.example")
    mail["From"] = f'"{name}" <{address}>' if name else address
    mail["To"] = SENDER
    mail["Subject"] = words["subject"]
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{secrets.token_hex(12)}@{address.rpartition('@')[2]}>"
    mail.set_content(words["text"].strip() + "\n", cte="quoted-printable")
    for file in _files(words):
        kind, _slash, subtype = file.media_type.partition("/")
        mail.add_attachment(file.content, kind, subtype, filename=file.name)
    return mail.as_bytes()
