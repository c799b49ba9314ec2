"""How requests come in by our own server (waitress), where its own way is not enough."""

from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer
from waitress.task import WSGITask

from incidents.db import now

BEGAN = "tocsin.began"


class _Parser(HTTPRequestParser):
    """A request that knows when its first byte came, and has one length."""

    def __init__(self, adj: Any) -> None:
        super().__init__(adj)
        self.began = now().timestamp()

    def parse_header(self, header_plus: bytes) -> None:
        """Refuses what says its length in two ways: a proxy may believe the other one, and take
        the end of this request for the next (RFC 9112 6.1; OWASP ASVS 4.2.1)."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Both Content-Length and Transfer-Encoding")


class _Task(WSGITask):
    def get_environment(self) -> dict[str, Any]:
        return super().get_environment() | {BEGAN: self.request.began}


class _Channel(HTTPChannel):
    parser_class, task_class = _Parser, _Task


def prepare(server: Any) -> None:
    """Let a server of waitress (on one address or several) take requests in this way."""
    for one in (server, *getattr(server, "map", {}).values()):
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel
