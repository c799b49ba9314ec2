"""The child: reads mails from standard input one after another, answers on standard output.

    question: length (4 bytes), JSON {"size", "file_limit", "skim"}, then the mail
    ready:    four bytes, once, when it has started
    answer:   length (4 bytes), JSON {"facts", "returned"} or {"error"}, then the files

It ends when its input ends, and is killed when it takes too long. What it may take is limited by
the system: memory, no file, no core dump (which would hold the mail in the clear).
"""

import json
import resource
import struct
import sys
from dataclasses import asdict
from typing import Any

from notifications import returned
from notifications.reading import letter

READY = b"read"


def main(memory: int) -> None:
    """Answer until there is no more question. `memory` in bytes, of address space."""
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sink.write(READY)
    sink.flush()
    while head := source.read(4):
        question = json.loads(source.read(struct.unpack("!I", head)[0]))
        raw = source.read(question["size"])
        facts, files = _answer(question, raw)
        text = json.dumps(facts).encode()
        sink.write(struct.pack("!I", len(text)) + text)
        for content in files:
            sink.write(content)
        sink.flush()


def _answer(question: dict[str, Any], raw: bytes) -> tuple[dict[str, Any], list[bytes]]:
    try:
        if question["skim"]:
            return {"facts": letter.skim(raw), "returned": None}, []
        facts, files = letter.read(raw, question["file_limit"])
        found = returned.parse(raw)
    except Exception as error:  # whatever it was, the parent hears of it and the mail is kept
        return {"error": type(error).__name__}, []
    return {"facts": facts, "returned": asdict(found)}, files


if __name__ == "__main__":
    main(int(sys.argv[1]))
