"""Pages for paper: a typst template and its data to a tagged PDF (PDF/UA-1)."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent.parent / "templates"
# A word longer than any, and than any hash, breaks where it must instead of leaving the page.
BREAKING = rb"""#show regex("[\p{L}\p{N}]{65,}"): it => {
  it.text.clusters().chunks(20).map(piece => piece.join()).join(sym.zws)
}
"""

# Which of the signs no font here can show: each is measured against one that no font ever has.
MISSING = rb"""#let size(sign) = measure(text(
  font: "Libertinus Serif", top-edge: "bounds", bottom-edge: "bounds", sign,
))
#context [
  #let box = size("\u{10fffe}")
  #metadata(json(bytes(sys.inputs.data)).filter(sign => size(sign) == box)) <missing>
]"""
# What every letter is made of is in the fonts that come with typst, and is not asked about.
_USUAL = frozenset(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x250)))) | frozenset(
    "\n’‘“”„–—…•€\u202f"
)


def pdf(template: str, data: dict[str, Any], at: datetime, room: str = "incidents") -> bytes:
    """The PDF of a template in templates/<room>. The same data gives the same bytes.

    `data` is what json can hold; the template reads it from `sys.inputs.data`. `at` is the moment
    that the document says it was made. People write what they like: a character that no font here
    can show stands as an empty box, and then the file, tagged all the same, does not claim PDF/UA.
    """
    import typst  # not above: whoever only sends letters does without its memory

    given = _plain(data | {"made": [at.year, at.month, at.day]})
    source = BREAKING + (TEMPLATES / room / template).read_bytes()
    inputs = {"data": json.dumps(given)}
    try:
        return typst.compile(source, sys_inputs=inputs, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return typst.compile(source, sys_inputs=inputs)


def pdf_apart(template: str, data: dict[str, Any], at: datetime, room: str) -> bytes:
    """The same in a process of its own: a few hundred pages take hundreds of megabytes, which
    typst keeps as long as its process lives. Raises typst's error as a ValueError."""
    given = json.dumps([template, data, at.isoformat(), room])
    done = subprocess.run(
        [sys.executable, "-m", "incidents.typeset"],
        input=given.encode("utf-8", "replace"),
        capture_output=True,
        cwd=TEMPLATES.parent,
        check=False,
    )
    if done.returncode:
        raise ValueError("The pages could not be set.")
    return done.stdout


def missing(text: str) -> set[str]:
    """The signs of a text that no font here can show, so that empty boxes stand for them.

    >>> missing("Zoë Łukasz, 12 rue de l’Œuvre"), missing("Ada \U0010fffd")
    (set(), {'\U0010fffd'})
    """
    odd = sorted(set(_plain(text)) - _USUAL)
    if not odd:
        return set()
    import typst  # see `pdf`

    given = {"data": json.dumps(odd)}
    return set(json.loads(typst.query(MISSING, "<missing>", "value", True, sys_inputs=given)))


def _plain(value: Any) -> Any:
    """The data without what is no character of a text: controls, and halves of characters."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if not isinstance(value, str):
        return value
    text = value.expandtabs(4).replace("\r\n", "\n").replace("\r", "\n")
    whole = text.encode("utf-8", "replace").decode()
    return "".join(one if one == "\n" or ord(one) >= 32 else "\ufffd" for one in whole)


if __name__ == "__main__":
    _template, _data, _at, _room = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pdf(_template, _data, datetime.fromisoformat(_at), _room))
