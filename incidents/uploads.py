"""What comes with a form, taken as far as the limits go.

Werkzeug answers a body over the limit before it reads it, and what a person typed is gone with
it. Here the texts of a form are always kept; a file over a limit is read, thrown away and named.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any

import flask
from flask import Flask, current_app, request
from flask_security import current_user
from werkzeug.datastructures import FileStorage, Headers
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData
from werkzeug.utils import cached_property
from werkzeug.wsgi import get_input_stream

CHUNK = 64 * 1024
# Headers of one part; ours have 200 bytes. Bounds what the decoder holds while it looks for an end.
PART_HEAD = 4 * CHUNK


def ceiling(request_limit: int) -> int:
    """How many bytes of a form are read, and mostly thrown away, in order to save its texts."""
    return request_limit * 10


def case_limit() -> int:
    """How many bytes of files strangers may add to one case: ten full forms (OWASP ASVS 5.2.4).
    Only what comes later is bounded so; no report is refused for it, and no mail.
    """
    limit: int = current_app.config["SETTINGS"].request_limit * 10
    return limit


@dataclass(frozen=True)
class LeftOut:
    """Something that was sent and not taken.

    `why`: "file" (one file over its limit), "request" (all files together), "text" (more text
    than can be kept; its beginning is), "parts" (too many), "disk" (no room to put it), "whole"
    (the body was beyond the ceiling; nothing of it was read).
    """

    name: str
    why: str


@dataclass
class _Part:
    """One part of a form while it is read."""

    name: str
    headers: Headers
    filename: str | None = None
    taken: IO[bytes] | None = None
    text: bytearray = field(default_factory=bytearray)
    size: int = 0
    why: str | None = None

    def leave(self, why: str) -> None:
        self.why = self.why or why
        if self.taken is not None:
            self.taken.close()
            self.taken = None


class FormParser(FormDataParser):
    """Reads a multipart form to its end, whatever its size, in bounded memory."""

    def __init__(self, *, file_limit: int, files_limit: int, **settings: Any) -> None:
        super().__init__(**settings)
        self.file_limit, self.files_limit = file_limit, files_limit
        self.text_room = self.max_form_memory_size or 500_000
        self.left_out: list[LeftOut] = []

    def parse(
        self,
        stream: IO[bytes],
        mimetype: str,
        content_length: int | None,
        options: dict[str, str] | None = None,
    ) -> Any:
        """As Werkzeug's; what was not taken stands in `left_out` afterwards."""
        if mimetype == "application/x-www-form-urlencoded":
            stream = self._first_fields(stream)
            content_length = None
        if mimetype != "multipart/form-data":
            return super().parse(stream, mimetype, content_length, options)
        boundary = (options or {}).get("boundary", "").encode("ascii", "replace")
        texts: list[tuple[str, str]] = []
        files: list[tuple[str, FileStorage]] = []
        try:
            for part in self._parts(stream, boundary) if boundary else ():
                if part.why:
                    self.left_out.append(LeftOut(part.filename or part.name, part.why))
                if part.filename is None:
                    texts.append((part.name, part.text.decode(_charset(part.headers), "replace")))
                elif part.taken is not None:
                    part.taken.seek(0)
                    stored = FileStorage(part.taken, part.filename, part.name, headers=part.headers)
                    files.append((part.name, stored))
        except ValueError:
            return stream, self.cls(), self.cls()  # not a form at all, as Werkzeug has it
        return stream, self.cls(texts), self.cls(files)

    def _first_fields(self, stream: IO[bytes]) -> IO[bytes]:
        """So many fields of a plain form as a form with files may have parts."""
        body, most = stream.read(), self.max_form_parts
        if most and body.count(b"&") >= most:
            self.left_out.append(LeftOut("", "parts"))
            body = b"&".join(body.split(b"&", most)[:most])
        return BytesIO(body)

    def _parts(self, stream: IO[bytes], boundary: bytes) -> Iterator[_Part]:
        decoder = MultipartDecoder(boundary, max_form_memory_size=PART_HEAD)
        part, count, together = _Part("", Headers()), 0, 0
        while True:
            chunk = stream.read(CHUNK)
            decoder.receive_data(chunk or None)
            while not isinstance(event := decoder.next_event(), NeedData | Epilogue):
                if isinstance(event, Field | File):
                    count += 1
                    if self.max_form_parts and count > self.max_form_parts:
                        self.left_out.append(LeftOut("", "parts"))
                        return
                    part = _Part(event.name, event.headers)
                    if isinstance(event, File):
                        part.filename = event.filename
                        part.taken = self.stream_factory(
                            None, event.headers.get("content-type"), event.filename
                        )
                elif isinstance(event, Data):
                    together += self._write(part, event.data, together)
                    if not event.more_data:
                        yield part
            if isinstance(event, Epilogue) or not chunk:
                return

    def _write(self, part: _Part, data: bytes, together: int) -> int:
        """Put bytes where they belong; returns how many of them count as taken file bytes."""
        if part.filename is None:
            room = data[: self.text_room]
            self.text_room -= len(room)
            part.text += room
            if len(room) < len(data):
                part.why = "text"
            return 0
        if part.taken is None:
            return 0
        part.size += len(data)
        if part.size > self.file_limit:
            part.leave("file")
            return len(data) - part.size  # what it took before is free again
        if together + len(data) > self.files_limit:
            part.leave("request")
            return len(data) - part.size
        try:
            part.taken.write(data)
        except OSError:
            part.leave("disk")
            return len(data) - part.size
        return len(data)


def _charset(headers: Headers) -> str:
    given = parse_options_header(headers.get("content-type", ""))[1].get("charset", "").lower()
    return given if given in ("ascii", "us-ascii", "utf-8", "iso-8859-1") else "utf-8"


def takes_lists(view: Callable[..., Any]) -> Callable[..., Any]:
    """This page takes a list of people, which may be larger than a report's files; only from
    somebody with an account."""
    view.takes_lists = True  # type: ignore[attr-defined]
    return view


def _list_expected() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return getattr(view, "takes_lists", False) and current_user.is_authenticated


def file_limit() -> int:
    """How many bytes one file may have here."""
    settings = current_app.config["SETTINGS"]
    return settings.list_limit if _list_expected() else settings.file_limit


class Request(flask.Request):
    """A request whose texts survive a file that is too large."""

    _parser: FormParser | None = None
    unread = False  # the body was beyond the ceiling
    # No page takes JSON. Flask-WTF and Flask-Security would read it, unasked and without limits.
    is_json = False

    def make_form_data_parser(self) -> FormDataParser:
        """The parser that knows our limits."""
        self._make_room()
        self._parser = FormParser(
            file_limit=file_limit(),
            files_limit=self.max_content_length or 0,
            stream_factory=self._get_file_stream,
            max_form_memory_size=self.max_form_memory_size,
            max_form_parts=self.max_form_parts,
            cls=self.parameter_storage_class,
        )
        return self._parser

    @cached_property
    def stream(self) -> IO[bytes]:
        """The body; of a multipart form more than the limit is read, in order to save its texts."""
        self._make_room()
        limit = self.max_content_length
        if limit is not None and self.mimetype == "multipart/form-data":
            limit = ceiling(limit)
        try:
            return get_input_stream(self.environ, max_content_length=limit)
        except RequestEntityTooLarge:
            self.unread = True
            return BytesIO()

    def _make_room(self) -> None:
        if _list_expected():
            most = file_limit() + (1 << 20)  # the rest of the form
            self.max_content_length = max(self.max_content_length or 0, most)

    @property
    def left_out(self) -> list[LeftOut]:
        """What was sent with the form and not taken, in the order it came."""
        _ = self.form  # parses it
        if self.unread:
            return [LeftOut("", "whole")]
        return self._parser.left_out if self._parser else []


def _refuse_what_is_too_large() -> None:
    """Before a page that cannot show its form again by itself: 413, the texts on the error page."""
    view = current_app.view_functions.get(request.endpoint or "")
    if not hasattr(view, "comes_back") and left_out():
        raise RequestEntityTooLarge()


def left_out() -> list[LeftOut]:
    """What this request sent and we did not take."""
    return getattr(request, "left_out", [])


def init_app(app: Flask) -> None:
    """Let the app read forms this way."""
    app.request_class = Request
    app.before_request(_refuse_what_is_too_large)
