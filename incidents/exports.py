"""The register as a file: CSV, XLSX, PDF. No cell of it can run as a formula."""

import csv
import io
import tempfile
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import IO

from flask_babel import get_locale
from flask_babel import gettext as _

from incidents.intake import clean
from incidents.pages import moment, organisation
from incidents.refusal import Refused
from incidents.register import COLUMNS, PDF_ROWS, every, processor_names, row
from incidents.typeset import pdf

# What a spreadsheet takes for the start of a formula, in plain and full width.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def safe(cell: str) -> str:
    """A cell that a spreadsheet shows and never runs (OWASP ASVS 1.2.10).

    >>> safe("=1+1"), safe("  @x"), safe("plain")
    ("'=1+1", "'  @x", 'plain')
    """
    return f"'{cell}" if cell.lstrip(" \n").startswith(FORMULA) else cell


def rows(year: int | None) -> Iterator[list[str]]:
    """The heading, then one list of texts an incident."""
    yield [_(label) for label in COLUMNS.values()]
    processors = processor_names()
    for incident in every(year):
        words = row(incident, processors)
        yield [clean(words[key]) or "" for key in COLUMNS]


def as_csv(year: int | None) -> Iterator[bytes]:
    """UTF-8 with byte order mark, comma, everything quoted; line by line."""
    yield b"\xef\xbb\xbf"
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    for cells in rows(year):
        writer.writerow([safe(cell) for cell in cells])
        yield line.getvalue().encode("utf-8", "replace")
        line.seek(0)
        line.truncate()


def as_xlsx(year: int | None) -> IO[bytes]:
    """A workbook in a temporary file, written row by row, every cell a text."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter  # not above: whoever only sends letters does without its memory

    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_("Register")[:31])
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        plain = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, len(COLUMNS) - 1, 24)
        sheet.freeze_panes(1, 1)
        for at, cells in enumerate(rows(year)):
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, cell[:32_000], plain if at else heading)
    file.seek(0)
    return file


def as_pdf(year: int | None, at: datetime) -> bytes:
    """The register set for paper, tagged; PDF/UA-1 where the fonts have all letters.

    Raises Refused past PDF_ROWS incidents.
    """
    lines = rows(year)
    heading = next(lines)
    body = list(islice(lines, PDF_ROWS + 1))
    if len(body) > PDF_ROWS:
        raise Refused(
            _(
                "More than %(n)s incidents do not go into one PDF. Choose a year, or take the "
                "table (CSV, XLSX).",
                n=PDF_ROWS,
            )
        )
    keys = list(COLUMNS)
    data = {
        "title": _("Register of personal data breaches"),
        "under": _("GDPR Art. 33(5)"),
        "organisation": organisation().name,
        "printed": _("Printed on %(when)s", when=moment(at)),
        "empty": _("No incident in this period."),
        "lang": str(get_locale()),
        "labels": dict(zip(keys, heading, strict=True)),
        "incidents": [dict(zip(keys, cells, strict=True)) for cells in body],
    }
    return pdf("register.typ", data, at)
