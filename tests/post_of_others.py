"""Returns as many mail systems write them, and mails that are none: read from `tests/mails`.

Written for the tests, from what each system's returns look like. In a file, "== name" begins a
mail; "-> address outcome, ..." says what it means; "in gbk" how it was encoded. What every mail
has in common is not written out: `_SPELLED`, and the headers that `mails` adds.
"""

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).parent / "mails"
_HEADERS = (
    "Received: from app.training.example (app.training.example [198.51.100.7])\n"
    "\tby relay.example (Postfix) with ESMTPS id 4TkQ2d3Z; Mon, 6 Jan 2020 09:00:00 +0100 (CET)\n"
    "Message-ID: <17.letter@training.example>\nDate: Mon, 06 Jan 2020 09:00:00 +0100\n"
    "From: Training <privacy@training.example>\nTo: ada@shop.example\nSubject: About your data\n"
    "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
)
_COPY = f"{_HEADERS}\nDear Ada,\n\nwe write to you because of an incident.\n"
_REPORT = (
    'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary="'
    '=_b1"\n\nThis is a MIME-encapsulated message.\n\n--=_b1\nContent-Type: text/plain; charset='
)
_SPELLED = (
    ("[report]", f"{_REPORT}us-ascii\n"),
    ("[report in utf-8]", f"{_REPORT}utf-8\n"),
    ("[status]", "--=_b1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay\n"),
    ("[end]", "--=_b1\nContent-Type: message/rfc822\n\n[copy]\n--=_b1--"),
    ("[copy]", _COPY),
    ("[headers]", _HEADERS),
)


def mails(name: str) -> Iterator[tuple[str, list[tuple[str | None, str]], bytes]]:
    """(what it is, its rows as (recipient, outcome), the mail), of the file `name`."""
    text = (FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    for entry in re.split(r"^== ", text, flags=re.MULTILINE)[1:]:
        what, _, rest = entry.partition("\n")
        rows, way = "", "utf-8"
        if rest.startswith("-> "):
            rows, _, rest = rest[3:].partition("\n")
        if rest.startswith("in "):
            way, _, rest = rest[3:].partition("\n")
        yield what, [_row(one) for one in rows.split(", ") if one], _mail(rest, way)


def _row(text: str) -> tuple[str | None, str]:
    address, _, outcome = text.partition(" ")
    return (None if address == "-" else address), outcome


def _mail(text: str, way: str) -> bytes:
    """The mail itself: to us, without a return path where the file does not say otherwise."""
    head = text.partition("\n\n")[0]
    if not re.search(r"^Return-Path:", head, re.MULTILINE):
        text = f"Return-Path: <>\n{text}"
    text = text.replace("Return-Path:\n", "", 1)
    if not re.search(r"^To:", head, re.MULTILINE):
        text = text.replace("Subject:", "To: privacy@training.example\nSubject:", 1)
    for short, long in _SPELLED:
        text = text.replace(short, long)
    return text.replace("\n", "\r\n").encode() if way == "crlf" else text.encode(way)
