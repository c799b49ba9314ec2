"""An SMTP server for measurements: slow as it is told to be, and with a memory of what came.

    python -m benchmarks.sink [--rtt 0.001] [--commit 0.005] [--dump FILE]

Prints its port. `rtt` seconds pass between what is read and its answer, `commit` more between
the end of a mail and the 250. With `dump`, each mail is one line of JSON, written before its 250:
    {"sender", "recipients", "complete", "raw"}; `complete` is false for a text that was cut off.
Standard library only.
"""

import argparse
import asyncio
import base64
import json
import selectors
import signal
from collections.abc import Callable
from typing import Any, BinaryIO

END = b"\r\n.\r\n"


class Dialogue(asyncio.Protocol):
    """One connection. Answers leave in order, each at its own time."""

    def __init__(self, rtt: float, commit: float, keep: Callable[[dict[str, Any]], None]) -> None:
        self.rtt, self.commit, self.keep = rtt, commit, keep
        self.at_once = rtt == commit == 0
        self.buffer = bytearray()
        self.in_text = False
        self.scanned = 0  # bytes of the buffer in which no end of a text can begin
        self.sender, self.recipients = "", list[str]()
        self.waiting: list[tuple[float, bytes]] = []
        self.last = 0.0  # when the last answer leaves

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        # asyncio makes room for sixteen times that at each read: two thirds of this server's time.
        transport.max_size = 16_384
        self.loop = asyncio.get_running_loop()
        self.arrived = self.loop.time()
        self._answer(b"220 sink.example ESMTP\r\n")
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        if self.in_text and self.buffer:
            self._keep(bytes(self.buffer), complete=False)

    def data_received(self, data: bytes) -> None:
        self.arrived = self.loop.time()
        self.buffer += data
        while self._text() if self.in_text else self._line():
            pass
        self._flush()

    def _flush(self) -> None:
        if self.at_once and self.waiting:
            self.transport.write(b"".join(answer for _, answer in self.waiting))
            self.waiting.clear()

    def _line(self) -> bool:
        line, end, rest = self.buffer.partition(b"\r\n")
        if not end:
            return False
        self.buffer = rest
        verb = bytes(line[:4]).upper()
        if verb == b"EHLO":
            self._answer(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
        elif verb == b"MAIL":
            self.sender, self.recipients = _address(line), []
            self._answer(b"250 2.1.0 ok\r\n")
        elif verb == b"RCPT":
            self.recipients.append(_address(line))
            self._answer(b"250 2.1.5 ok\r\n")
        elif verb == b"DATA":
            self.in_text, self.scanned = True, 0
            self._answer(b"354 go on\r\n")
        elif verb == b"QUIT":
            self._answer(b"221 bye\r\n")
        else:
            self._answer(b"250 ok\r\n")
        return True

    def _text(self) -> bool:
        if self.buffer.startswith(b".\r\n"):
            end, length = 0, 3
        else:
            end, length = self.buffer.find(END, max(0, self.scanned - 4)), 5
            if end < 0:
                self.scanned = len(self.buffer)
                return False
        self._keep(bytes(self.buffer[:end] + b"\r\n"), complete=True)
        del self.buffer[: end + length]
        self.in_text = False
        self._answer(b"250 2.0.0 taken\r\n", self.commit)
        return True

    def _keep(self, raw: bytes, complete: bool) -> None:
        record = {"sender": self.sender, "recipients": self.recipients, "complete": complete}
        self.keep(record | {"raw": raw})

    def _answer(self, answer: bytes, work: float = 0.0) -> None:
        """Say something one round trip after the arrival, never before what was said before;
        `work` seconds later, when there was something to do first."""
        at = max(self.arrived + self.rtt, self.last) + work
        self.last = at
        self.waiting.append((at, answer))
        if len(self.waiting) == 1 and not self.at_once:
            self.loop.call_at(at, self._due)

    def _due(self) -> None:
        moment = self.loop.time()
        ready = []
        while self.waiting and self.waiting[0][0] <= moment + 1e-5:
            ready.append(self.waiting.pop(0)[1])
        if ready and not self.transport.is_closing():
            self.transport.write(b"".join(ready))
        if self.waiting:
            self.loop.call_at(self.waiting[0][0], self._due)


def _address(line: bytes | bytearray) -> str:
    return bytes(line).partition(b"<")[2].partition(b">")[0].decode("utf-8", "replace")


def _writer(out: BinaryIO | None) -> Callable[[dict[str, Any]], None]:
    def keep(record: dict[str, Any]) -> None:
        if out is not None:
            record["raw"] = base64.b64encode(record["raw"]).decode()
            out.write(json.dumps(record).encode() + b"\n")

    return keep


async def _serve(options: argparse.Namespace) -> None:
    # Unbuffered: what is written is there, whatever becomes of this process.
    out = open(options.dump, "ab", buffering=0) if options.dump else None  # noqa: SIM115, PTH123
    keep = _writer(out)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Dialogue(options.rtt, options.commit, keep), "127.0.0.1", options.port, backlog=500
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()


def main() -> None:
    """Serve until SIGTERM."""
    words = argparse.ArgumentParser()
    words.add_argument("--port", type=int, default=0)
    words.add_argument("--rtt", type=float, default=0.0)
    words.add_argument("--commit", type=float, default=0.0)
    words.add_argument("--dump")
    options = words.parse_args()
    # select(2) waits by the microsecond; epoll, by the millisecond, would lengthen each delay.
    loop = asyncio.SelectorEventLoop(selectors.SelectSelector())
    loop.run_until_complete(_serve(options))


if __name__ == "__main__":
    main()
