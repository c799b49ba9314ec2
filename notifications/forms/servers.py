"""How the organisation's mail servers are reached. An empty server name means: none."""

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    RadioField,
    StringField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from notifications.models import Server
from notifications.recipients.addresses import BadAddress, check
from notifications.servers import FIELDS, LOOPBACK

PORT = _l("A port is a whole number from 1 to 65535.")


class ServerForm(FlaskForm):
    """What both servers have in common."""

    direction = ""
    security: RadioField  # each kind of server has its own usual ports
    port: IntegerField
    version = HiddenField()
    host = StringField(_l("What is the server called?"), [Length(max=253)])
    username = StringField(_l("What is the user name?"), [Length(max=255)])
    password = PasswordField(_l("What is the password?"), [Length(max=500)])

    @classmethod
    def of(cls, server: Server | None, **given: Any) -> "ServerForm":
        """The form, filled with how the server is reached now; the password stays where it is."""
        if server is None:
            return cls(data={"version": 0}, **given)
        stored = {name: getattr(server, name) for name in (*FIELDS[cls.direction], "version")}
        if not server.host:
            stored = {"version": server.version}
        return cls(data=stored, **given)

    def values(self) -> dict[str, Any]:
        """What was answered, as `servers.save` takes it."""
        found = {name: self[name].data for name in FIELDS[self.direction]}
        found = {name: v.strip() if isinstance(v, str) else v for name, v in found.items()}
        seen = self.version.data or ""
        seen = int(seen) if str(seen).isdigit() and len(str(seen)) < 10 else -1
        return {**found, "password": self.password.data, "version": seen}

    def validate_host(self, field: Field) -> None:
        host = (field.data or "").strip()
        if host and not re.fullmatch(r"[A-Za-z0-9._-]+|[0-9A-Fa-f:]+", host):
            raise ValidationError(
                _("This is not the name of a server. It looks like mail.example.org, without http.")
            )

    def validate_username(self, field: Field) -> None:
        host = (self.host.data or "").strip()
        if field.data and host and self.security.data == "none" and host not in LOOPBACK:
            raise ValidationError(
                _("A password is never sent unencrypted over a network. Choose TLS or STARTTLS.")
            )

    def validate_sender(self, field: Field) -> None:
        """The address must be one, where a server is named."""
        address = (field.data or "").strip()
        if not address and not (self.host.data and self.direction == "out"):
            return
        try:
            check(address)
        except BadAddress as error:
            raise ValidationError(_(str(error))) from None


class OutgoingForm(ServerForm):
    """The server that takes our mail (SMTP)."""

    direction = "out"
    security = RadioField(
        _l("How is the connection encrypted?"),
        choices=[
            SelectChoice("starttls", _l("STARTTLS (usually port 587)")),
            SelectChoice("tls", _l("TLS from the beginning (usually port 465)")),
            SelectChoice("none", _l("Not at all (only without a password; usually port 25)")),
        ],
        default="starttls",
        validators=[InputRequired()],
    )
    port = IntegerField(
        _l("On which port?"),
        [InputRequired(), NumberRange(1, 65535, PORT)],
        default=587,
    )
    sender = EmailField(_l("From which address do letters come?"), [Length(max=254)])
    per_minute = IntegerField(
        _l("How many letters a minute does it take?"),
        [Optional(), NumberRange(1, 100_000, _l("Give a whole number from 1 to 100000."))],
    )
    connections = IntegerField(
        _l("How many connections at once does it take?"),
        [Optional(), NumberRange(1, 50, _l("Give a whole number from 1 to 50."))],
        default=8,
    )

    def values(self) -> dict[str, Any]:
        """As for any server; without a number of connections there are eight."""
        found = super().values()
        return {**found, "connections": found["connections"] or 8}


class IncomingForm(ServerForm):
    """The mailbox that people write to (IMAP)."""

    direction = "in"
    security = RadioField(
        _l("How is the connection encrypted?"),
        choices=[
            SelectChoice("tls", _l("TLS from the beginning (usually port 993)")),
            SelectChoice("starttls", _l("STARTTLS (usually port 143)")),
            SelectChoice("none", _l("Not at all (only on this same machine)")),
        ],
        default="tls",
        validators=[InputRequired()],
    )
    port = IntegerField(
        _l("On which port?"),
        [InputRequired(), NumberRange(1, 65535, PORT)],
        default=993,
    )
    folder = StringField(_l("Which folder is read?"), [Length(max=200)], default="INBOX")
    sender = EmailField(_l("Which address reaches this mailbox?"), [Length(max=254)])
    authserv = StringField(
        _l("Under which name does your mail server check senders?"), [Length(max=255)]
    )
    plus = BooleanField(_l("Mail to this address with a plus and more reaches it, too"))

    def values(self) -> dict[str, Any]:
        """As for any server; a folder without a name is the inbox."""
        found = super().values()
        return {**found, "folder": found["folder"] or "INBOX"}
