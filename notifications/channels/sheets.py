"""A batch of letters on paper as files: PDF set by typst for window envelopes, and its list."""

import csv
import io
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from babel.dates import format_date
from flask_babel import force_locale
from flask_babel import gettext as _

from incidents import pages
from incidents.db import db
from incidents.exports import safe
from incidents.intake import one_line
from incidents.pages import organisation
from incidents.typeset import missing, pdf_apart
from notifications import compose, twins
from notifications.channels import made, paper
from notifications.channels.abroad import country_line
from notifications.models import MadeFile, PaperBatch, Recipient
from notifications.recipients.sift import whole
from notifications.wording import N_

BY_HAND = N_("Signs that cannot be printed: complete by hand")
LINES = 6  # an address has at most so many (DIN 5008, NF Z 10-011)


def write(file: MadeFile, sink: made.Sink) -> None:
    """Set one part of a batch."""
    assert file.batch is not None
    batch, part = file.batch, file.part
    writer = compose.Writer(batch.notice, compose.server())
    letters = [_letter(writer, number, person) for number, person in paper.people(batch, part)]
    incomplete = [one["number"] for one in letters if one["remark"]]
    file.wish = {"address": incomplete, "signs": _by_hand(letters)}
    data, at = _common(batch) | {"letters": letters}, batch.made_at
    db.session.commit()  # nothing is held while it is set
    sink.write(pdf_apart("letters.typ", data, at, "notifications"))
    sink.progress(len(letters))


def _by_hand(letters: list[dict[str, Any]]) -> list[int]:
    """The sheets with signs that no font here can show; a remark where the address has one."""
    said = {one["number"]: _said(one) for one in letters}
    boxes = missing("".join(said.values()))
    with force_locale(_locale()):
        remark = _(BY_HAND)
    for one in letters:
        if boxes.intersection("".join(one["address"])):
            one["remark"] = one["remark"] or remark
    return [number for number, text in said.items() if boxes.intersection(text)]


def _said(letter: dict[str, Any]) -> str:
    lines = (line for block in letter["blocks"] for line in block["lines"])
    return "".join((*letter["address"], letter["subject"], *lines))


def _common(batch: PaperBatch) -> dict[str, Any]:
    served = organisation()
    postal = [line.strip() for line in served.postal_address.splitlines() if line.strip()]
    locale = _locale()
    with force_locale(locale):
        continued = _("Sheet")
    return {
        "title": f"{batch.notice.incident.reference} {batch.notice.number}-{batch.number}",
        "organisation": served.name,
        "sender": " · ".join([served.name, *postal]),
        "head": [served.name, *postal, *filter(None, (served.contact, served.website))],
        "layout": batch.layout,
        "sheet": continued,
        "lang": locale,
    }


def _locale() -> str:
    """The language of whoever puts the letters into their envelopes."""
    language = organisation().language
    return language if language in pages.LANGUAGES else "en"


def _remark(postal: str | None) -> str:
    if not postal:
        return _("Postal address missing: look it up")
    return "" if whole(postal) else _("Postal address incomplete: look it up")


def _letter(writer: compose.Writer, number: int, row: Recipient) -> dict[str, Any]:
    person = row.person
    language = writer.language(row.language)
    with force_locale(_locale()):
        remark = _remark(person.postal)
    subject, words = writer.words_for(row, person)
    return {
        "number": number,
        "lang": language,
        "address": address_lines(person.name, person.postal, _abroad(person.country)),
        "remark": remark,
        "date": _day(writer, language),
        "subject": subject,
        "blocks": twins.blocks(words),
    }


def _abroad(country: str | None) -> str | None:
    served = organisation()
    return country_line(country, served.authority[:2], served.language)


def address_lines(name: str | None, postal: str | None, country: str | None = None) -> list[str]:
    """The lines of an address field: the name first, unless the address has it already; the
    country last, where there is an address.

    >>> address_lines("Ada Byron", "12 St James's Square\\nLondon")
    ['Ada Byron', "12 St James's Square", 'London']
    >>> address_lines("Ada Byron", "Ada Byron\\nLondon")
    ['Ada Byron', 'London']
    """
    lines = [line for line in (one_line(one) for one in (postal or "").splitlines()) if line]
    if name and not (lines and lines[0].casefold() == name.casefold()):
        lines.insert(0, name)
    if not postal or (lines and country and lines[-1].casefold() == country.casefold()):
        country = None
    room = LINES - (1 if country else 0)
    if len(lines) > room:
        lines = [*lines[: room - 1], ", ".join(lines[room - 1 :])]
    return [*lines, country] if country else lines


def _day(writer: compose.Writer, language: str) -> str:
    at = writer.notice.approved_at or writer.notice.made_at
    return format_date(at.astimezone(pages.zone()).date(), "d MMMM y", locale=language)


def rows(batch: PaperBatch) -> Iterator[list[str]]:
    """The list of a batch: a heading, then one row a sheet."""
    boxes = set(paper.by_hand(batch)["signs"])
    yield [_("Sheet"), _("Name"), _("Postal address"), _("E-mail"), _("Language"), _("Remark")]
    for number, row in paper.people(batch):
        person = row.person
        lines = address_lines(None, person.postal, _abroad(person.country))
        remarks = (_remark(person.postal), _(BY_HAND) if number in boxes else "")
        remark = "; ".join(filter(None, remarks))
        address = ", ".join(lines)
        yield [str(number), person.name or "", address, person.address, row.language, remark]
        db.session.expunge(row)


def as_csv(batch: PaperBatch) -> Iterator[bytes]:
    """UTF-8 with byte order mark, everything quoted, no cell that runs as a formula."""
    yield b"\xef\xbb\xbf"
    line = io.StringIO()
    writer = csv.writer(line, quoting=csv.QUOTE_ALL)
    for cells in rows(batch):
        writer.writerow([safe(cell) for cell in cells])
        yield line.getvalue().encode("utf-8", "replace")
        line.seek(0)
        line.truncate()


def as_xlsx(batch: PaperBatch) -> IO[bytes]:
    """A workbook in memory, written row by row, every cell a text."""
    file = tempfile.SpooledTemporaryFile(max_size=256 * 1024 * 1024)  # noqa: SIM115 - see exports
    options = {
        "constant_memory": False,
        "in_memory": True,  # no file beside it: it would hold these people unsealed
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter  # not above: whoever only sends letters does without its memory

    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(_("Letters")[:31])
        heading = book.add_format({"bold": True})
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 5, 28)
        sheet.freeze_panes(1, 0)
        for at, cells in enumerate(rows(batch)):
            for column, cell in enumerate(cells):
                sheet.write_string(at, column, safe(cell)[:32_000], None if at else heading)
    file.seek(0)
    return file


made.makers["paper"] = write
