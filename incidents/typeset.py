"""Pages for paper: a typst template and its data to a tagged PDF (PDF/UA-1)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent.parent / "templates"


def pdf(template: str, data: dict[str, Any], at: datetime, room: str = "incidents") -> bytes:
    """The PDF of a template in templates/<room>. The same data gives the same bytes.

    `data` is what json can hold; the template reads it from `sys.inputs.data`. `at` is the moment
    that the document says it was made. People write what they like: a character that no font here
    can show stands as an empty box, and then the file, tagged all the same, does not claim PDF/UA.
    """
    given = _plain(data | {"made": [at.year, at.month, at.day]})
    source = (TEMPLATES / room / template).read_bytes()
    inputs = {"data": json.dumps(given)}
    try:
        return typst.compile(source, sys_inputs=inputs, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise
        return typst.compile(source, sys_inputs=inputs)


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
