"""An SMTP server that errs where it is told to, and a wire that can be cut or fall silent."""

import socket
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

import pytest

DROP, HANG = "drop", "hang"
GOOD = {"greeting": "220 hello", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go"}
GOOD |= {".": "250 ok", "RSET": "250 ok", "QUIT": "221 bye"}
GOOD |= {"EHLO": "250-here\r\n250-SIZE\r\n250 PIPELINING"}


class Faulty:
    """Answers by `fault(step, connection, time)`: a reply, DROP, HANG, or None for the good reply.

    Steps: greeting, EHLO, MAIL, RCPT, DATA, ".", RSET, QUIT. `connection` counts from 1, `time` how
    often this step came on it. A text is kept under its recipient when "." gets a 250; `kept`
    holds those that were kept although the answer never left (DROP and HANG at ".").
    """

    def __init__(self, pipelining: bool = True) -> None:
        self.fault: Callable[[str, int, int], str | None] = lambda step, connection, time: None
        self.taken: list[tuple[str, bytes]] = []
        self.kept: list[str] = []
        self.hated: str | tuple[str, ...] = "-"  # how an address begins at which it hangs up
        self.connections = 0
        self.ehlo = GOOD["EHLO"] if pipelining else "250-here\r\n250 SIZE"
        self._over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        self._over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            args = (client, self.connections)
            threading.Thread(target=self._serve, args=args, daemon=True).start()

    def _serve(self, client: socket.socket, number: int) -> None:
        times: Counter[str] = Counter()
        with suppress(OSError), client, client.makefile("rb") as heard:
            to, text = "", b""

            def answer(step: str) -> str:
                times[step] += 1
                reply = self.fault(step, number, times[step])
                reply = reply or (self.ehlo if step == "EHLO" else GOOD.get(step, "500 what"))
                if step == "." and text and (reply in (DROP, HANG) or reply.startswith("250")):
                    self.kept.append(to)
                if reply == HANG:
                    self._over.wait(30)
                if reply not in (DROP, HANG):
                    client.sendall(reply.encode() + b"\r\n")
                return reply

            reply = answer("greeting")
            while reply[:3] != "421" and reply not in (DROP, HANG) and reply[:3] != "221":
                line = heard.readline()
                if not line:
                    return
                step = line[:4].decode().strip().upper()
                if step == "RCPT":
                    to = line.partition(b"<")[2].partition(b">")[0].decode()
                    if to.startswith(self.hated):
                        return
                reply = answer(step)
                if step == "DATA" and reply.startswith("354"):
                    text = b""
                    while (part := heard.readline()) != b".\r\n":
                        if not part:
                            return
                        text += part
                    reply = answer(".")
                    if reply.startswith("250"):
                        self.taken.append((to, text))


class Proxy:
    """Passes bytes on to a server; `cut` drops each connection once so many bytes went there,
    `deaf` passes nothing back any more, as when a firewall forgot the connection."""

    def __init__(self, port: int) -> None:
        self.target, self.cut, self.deaf = port, None, False
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def stop(self) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        for one in (self._listener, *self._open):
            one.close()

    def _listen(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.target))
            self._open += [client, server]
            for pair in ((client, server, True), (server, client, False)):
                thread = threading.Thread(target=self._pass, args=pair, daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pass(self, source: socket.socket, to: socket.socket, there: bool) -> None:
        passed = 0
        with suppress(OSError):
            while data := source.recv(1000):
                if self.deaf and not there:
                    continue
                if there and self.cut is not None and passed + len(data) > self.cut:
                    to.sendall(data[: self.cut - passed])
                    break
                passed += len(data)
                to.sendall(data)
        for end in (source, to):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@pytest.fixture(params=[True, False], ids=["pipelined", "stepwise"])
def faulty(request):
    """A started Faulty, with and without PIPELINING."""
    server = Faulty(request.param)
    yield server
    server.stop()


@pytest.fixture
def proxy(faulty):
    """A wire to `faulty`."""
    one = Proxy(faulty.port)
    yield one
    one.stop()
