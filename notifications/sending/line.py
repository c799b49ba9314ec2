"""One connection to the outgoing server: its socket, and what is said on it. It never waits."""

import smtplib
import socket
import ssl
from contextlib import suppress
from time import monotonic

from notifications.sending import faults
from notifications.sending.dialogue import Desk, Dialogue, Ended
from notifications.wording import N_

CLOSED = N_("The server ended the connection.")
_NOT_NOW = (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError)


class Line:
    """Takes over the socket of an open `host`. `writing`: whether more is to be said than the
    network took."""

    def __init__(self, host: smtplib.SMTP, desk: Desk) -> None:
        assert host.sock is not None
        self.sock: socket.socket = host.sock
        self.sock.setblocking(False)
        self._tls = isinstance(self.sock, ssl.SSLSocket)  # which may hold more than `select` sees
        with suppress(OSError):
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.talk = Dialogue(host.esmtp_features, desk)
        self.heard_at = monotonic()  # a whole reply, or said something that the server took
        self.writing = False

    def hear(self) -> None:
        """Take what came. Raises Ended, OSError."""
        more = True
        with suppress(*_NOT_NOW):
            while more:
                data = self.sock.recv(16_384)
                if not data:
                    raise Ended(CLOSED)
                self.talk.hear(data)
                if not self.talk.partial:  # who says one byte a minute wins no time by it
                    self.heard_at = monotonic()
                more = self._tls and self.sock.pending() > 0  # type: ignore[attr-defined]

    def flush(self) -> None:
        """Send as much as the network takes now. Raises OSError."""
        talk = self.talk
        with suppress(*_NOT_NOW):
            while talk.out:
                if len(talk.out) > 999:
                    faults.at("half", lambda: self.sock.send(talk.out[: len(talk.out) // 2]))
                talk.sent(self.sock.send(talk.out))
                self.heard_at = monotonic()
                if talk.quitting:
                    faults.at("quit")
