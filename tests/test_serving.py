"""Our own server, spoken to by hand: what proxies and sessions rely on (trust C-56, C-14, F6)."""

import socket
import threading
import time

import pytest
from waitress import create_server

from incidents import serving


@pytest.fixture
def server():
    """A server in our way; `seen` are the environments it made."""
    seen = []

    def app(environ, start):
        seen.append((time.time(), environ))
        environ["wsgi.input"].read()
        start("200 OK", [("Content-Length", "0")])
        return [b""]

    made = create_server(app, host="127.0.0.1", port=0, threads=1)
    serving.prepare(made)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    made.seen = seen
    yield made
    made.trigger.pull_trigger(made.close)  # in its own thread, between two looks
    thread.join(20)
    made.task_dispatcher.shutdown()


def say(server, *pieces):
    """The first line of the answer to these bytes."""
    with socket.create_connection(("127.0.0.1", server.effective_port), timeout=30) as line:
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.3 if len(pieces) > 1 else 0)
        return line.makefile("rb").readline().strip()


def test_the_server_says_when_a_request_began(server):
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\n"
    assert say(server, head, b"x") == b"HTTP/1.1 200 OK"

    moment, environ = server.seen[0]
    assert moment - environ[serving.BEGAN] > 0.25


@pytest.mark.parametrize(
    "lengths",
    [
        "Content-Length: 6\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\nContent-Length: 6",
        "Content-Length: 6\r\nContent-Length: 5",
        "Content-Length: 5\r\nContent-Length: 5, 6",
        "Content-Length: -1",
        "Content-Length: +5",
        "Content-Length : 5",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ],
)
def test_a_request_with_two_lengths_is_refused(server, lengths):
    head = f"POST / HTTP/1.1\r\nHost: a\r\n{lengths}\r\n\r\n0\r\n\r\nGET /next HTTP/1.1\r\n\r\n"
    status = say(server, head.encode()).split()[1]

    assert status in (b"400", b"501")
    assert server.seen == []
