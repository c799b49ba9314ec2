"""A connection is open within its time, or given up, in whatever pieces the server answers."""

import socket
import ssl
import threading
from itertools import count

import pytest
from servers import HANG, Faulty

from notifications import relay
from notifications.delivery import Post
from notifications.relay import Relay, Unreachable, opened
from notifications.smtp import words

SLOW = {
    "greeting": ["220-" + "x" * 60 + "\r\n", "220 at last\r\n"],
    "EHLO": ["250-a\r\n"] * 60 + ["250 SIZE\r\n"],
}


@pytest.fixture
def a_second_each_look(monkeypatch):
    """Every look at the clock finds it a second later."""
    ticks = count()
    monkeypatch.setattr(relay, "monotonic", lambda: float(next(ticks)))


class Dribbles:
    """Answers each step well, in pieces; every piece once the last one was surely read."""

    def __init__(self, slow):
        self.slow = slow
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        client, _ = self.listener.accept()
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with client, client.makefile("rb") as heard:
            step = b"greeting"
            while step:
                pieces = ["250 ok\r\n"] if step != b"greeting" else ["220 ok\r\n"]
                if step.decode().strip() in self.slow:
                    pieces = [byte for piece in SLOW[step.decode().strip()] for byte in piece]
                try:
                    for piece in pieces:
                        client.sendall(piece.encode())
                        threading.Event().wait(0.002)
                except OSError:
                    return
                step = heard.readline()[:4].upper()


@pytest.fixture
def dribbling():
    """A server that says what belongs to these steps byte by byte: dribbling("EHLO")."""
    servers = []

    def start(*slow):
        servers.append(Dribbles(slow))
        return servers[0].port

    yield start
    for server in servers:
        server.listener.close()


def test_a_server_that_is_silent_at_the_greeting_is_unreachable(faulty):
    faulty.fault = lambda s, _c, _t: HANG if s == "greeting" else None
    relay = Relay("127.0.0.1", faulty.port, "none", connect_timeout=0.2)
    with pytest.raises(Unreachable):
        opened(relay)


@pytest.mark.parametrize("step", ["greeting", "EHLO"])
def test_a_reply_that_comes_byte_by_byte_is_given_up_in_time(dribbling, a_second_each_look, step):
    relay = Relay("127.0.0.1", dribbling(step), "none", connect_timeout=20, answer_timeout=20)
    with pytest.raises(Unreachable, match="timed out"):
        opened(relay)


def test_all_that_comes_before_the_first_letter_has_one_limit(dribbling, monkeypatch):
    """Each reply is in time, and all together are not."""
    moments = iter([0.0] * 3 + [50.0] * 90)
    monkeypatch.setattr(relay, "monotonic", lambda: next(moments))
    quick = Relay("127.0.0.1", dribbling(), "none", connect_timeout=20, answer_timeout=20)
    with pytest.raises(Unreachable, match="timed out"):
        opened(quick)


def test_what_is_whole_in_time_is_understood_in_whatever_pieces(dribbling):
    host = opened(Relay("127.0.0.1", dribbling("greeting", "EHLO"), "none"))
    assert host.esmtp_features["size"] == ""
    host.close()


def test_once_open_a_connection_has_all_its_time_for_letters(monkeypatch):
    server = Faulty()
    ages = [0.0]
    monkeypatch.setattr(relay, "monotonic", lambda: ages[0])
    try:
        with Post(Relay("127.0.0.1", server.port, "none", answer_timeout=30)) as post:
            ages[0] = 10_000.0
            assert post.carry(b"x\r\n", "us@a.example", "p@b.example").state == "sent"
            assert post.host.sock.gettimeout() == 30
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)"),
         "wrong version number"),
        (TimeoutError("_ssl.c:989: The handshake operation timed out"),
         "The handshake operation timed out"),
        (OSError(111, "Connection refused"), "Connection refused"),
    ],
)  # fmt: skip
def test_what_keeps_a_connection_from_being_encrypted_is_said_in_words(error, said):
    assert words(error) == said
