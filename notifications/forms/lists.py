"""Which column of an uploaded list is what: one question a column."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField

from notifications.recipients import addresses, concerned
from notifications.recipients.columns import MANY, ONE, Columns
from notifications.recipients.table import Shape

NOTHING = "-"
# What a column can be; those of MANY may be said of several columns.
ROLES = {
    NOTHING: _l("Leave it out"),
    "address": _l("E-mail address"),
    "name": _l("Whole name"),
    "first": _l("First name"),
    "last": _l("Last name"),
    "language": _l("Language"),
    "country": _l("Country"),
    "data": _l("Which data is concerned, in words"),
    "flags": _l("This data is concerned: yes or no"),
    "postal": _l("Postal address, or a part of it"),
    "fields": _l("Keep it for the text"),
}
TOPS = 12  # rows offered as the one that names the columns


class ColumnsForm(FlaskForm):
    """The questions about one file: made by `columns_form`."""

    header = SelectField(_l("Which row names the columns?"))
    shape: Shape
    numbers: range
    found_by_content = False  # the column of the addresses

    def roles(self) -> list[tuple[Any, str]]:
        """Each column's question, with an example from the file, masked."""
        start = int(self.header.data) + 1
        return [(self[f"column_{n}"], _example(self.shape, n, start)) for n in self.numbers]

    def columns(self) -> Columns:
        """What was chosen."""
        chosen: dict[str, Any] = {"header": int(self.header.data)}
        for number in self.numbers:
            role = self[f"column_{number}"].data
            if role in ONE:
                chosen.setdefault(role, number)
            elif role in MANY:
                chosen[role] = (*chosen.get(role, ()), number)
        return Columns(**chosen)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each thing in one column at most, and people found by something."""
        good = super().validate(extra_validators)
        found = [self[f"column_{number}"].data for number in self.numbers]
        for role in ONE:
            if found.count(role) > 1:
                text = _("“%(what)s” was chosen for more than one column.", what=ROLES[role])
                self.form_errors.append(text)
                good = False
        if "address" not in found and "postal" not in found:
            self.form_errors.append(
                _("Say which column holds the e-mail addresses, or the postal ones.")
            )
            good = False
        return good


def columns_form(shape: Shape, columns: Columns, **options: Any) -> ColumnsForm:
    """The form for a file that is written like this; `columns` is what it is taken for now."""
    width = max(len(row) for row in shape.top)
    names = shape.top[columns.header] if columns.header >= 0 else ()
    fields: dict[str, Any] = {"shape": shape, "numbers": range(width)}
    for number in range(width):
        named = number < len(names) and names[number] and "@" not in names[number]
        label = names[number][:60] if named else _("Column %(number)s", number=number + 1)
        fields[f"column_{number}"] = SelectField(
            label, choices=[SelectChoice(role, text) for role, text in ROLES.items()]
        )
    chosen, full = _chosen(columns), None
    if not columns.usable and (full := _full_of_addresses(shape, columns, width)) is not None:
        chosen[f"column_{full}"] = "address"
    form = type("ColumnsForm", (ColumnsForm,), fields)(
        data={"header": str(columns.header)} | chosen, **options
    )
    form.found_by_content = full is not None
    # Whoever is to get a letter on paper has no address in their row, and is a person as well.
    sure = columns.usable and columns.header >= 0
    people = range(columns.header + 1, TOPS) if sure else ()
    rows = [SelectChoice("-1", _("None: the first row is a person"))]
    rows += [
        SelectChoice(str(number), f"{number + 1}: {_masked_row(row, number in people)}")
        for number, row in enumerate(shape.top[:TOPS])
    ]
    form.header.choices = rows
    return form


def _chosen(columns: Columns) -> dict[str, str]:
    found = {f"column_{getattr(columns, part)}": part for part in ONE}
    for part in MANY:
        found |= {f"column_{number}": part for number in getattr(columns, part)}
    return found


def _full_of_addresses(shape: Shape, columns: Columns, width: int) -> int | None:
    """The one column that holds an address in each row that is shown, whatever its name."""
    rows = shape.top[columns.header + 1 :]
    full = [n for n in range(width) if rows and all("@" in "".join(row[n : n + 1]) for row in rows)]
    return full[0] if len(full) == 1 else None


def _masked_row(row: Sequence[str], person: bool) -> str:
    """A row to choose from: who stands in it with an address is a person, and is masked."""
    person = person or any("@" in cell for cell in row)
    cells = [_masked_cell(cell) if person else cell[:24] for cell in row if cell]
    return " · ".join(cells[:4]) + (" …" if len(cells) > 4 else "")


def _masked_cell(cell: str) -> str:
    return addresses.masked(cell) if "@" in cell else addresses.masked_name(cell)


def _example(shape: Shape, number: int, start: int) -> str:
    """The first value of a column, masked: enough to see what it is."""
    for row in shape.top[start:]:
        cell = row[number] if number < len(row) else ""
        if not cell:
            continue
        if "@" in cell:
            return addresses.masked(cell)
        if cell.casefold() in concerned.YES | concerned.NO or len(cell) < 3:
            return cell
        return addresses.masked_name(cell) or "•••"
    return ""
