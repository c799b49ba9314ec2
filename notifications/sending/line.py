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
        self._came = b""

    def read(self) -> None:
        """Take what came, for `hear`. Raises Ended, OSError."""
        try:  # here and below: `suppress` would take longer than all the rest
            self._came = self.sock.recv(16_384)
        except _NOT_NOW:
            return
        if not self._came:
            raise Ended(CLOSED)

    def hear(self) -> None:
        """Answer what was `read`. Raises Ended, OSError."""
        while self._came:
            came, self._came = self._came, b""
            self.talk.hear(came)
            if not self.talk.partial:  # who says one byte a minute wins no time by it
                self.heard_at = monotonic()
            if self._tls and self.sock.pending() > 0:  # type: ignore[attr-defined]
                self.read()

    def flush(self) -> None:
        """Send as much as the network takes now. Raises OSError."""
        talk = self.talk
        try:
            while talk.out:
                if faults.ARMED and len(talk.out) > 999:
                    faults.at("half", lambda: self.sock.send(talk.out[: len(talk.out) // 2]))
                talk.sent(self.sock.send(talk.out))
                self.heard_at = monotonic()
                if talk.quitting:
                    faults.at("quit")
        except _NOT_NOW:
            pass
