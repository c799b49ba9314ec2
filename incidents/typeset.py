"""Pages for paper: a typst template and its data to a tagged PDF (PDF/UA-1)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

TEMPLATES = Path(__file__).parent.parent / "templates" / "incidents"


def pdf(template: str, data: dict[str, Any], at: datetime) -> bytes:
    """The PDF of a template in templates/incidents. The same data gives the same bytes.

    `data` is what json can hold; the template reads it from `sys.inputs.data`. `at` is the moment
    that the document says it was made.
    """
    given = data | {"made": [at.year, at.month, at.day]}
    return typst.compile(
        (TEMPLATES / template).read_bytes(),
        sys_inputs={"data": json.dumps(given)},
        pdf_standards=["ua-1"],
    )
