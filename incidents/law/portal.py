"""What an authority's form asks, in its order, as data: GDPR Art. 33(3) and what builds on it."""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from incidents.law.book import shipped

KINDS = ("text", "line", "one", "many", "number", "moment", "day", "countries")
MINIMUM = "GDPR-33-3"


@dataclass(frozen=True)
class Option:
    """One answer that can be chosen. `stands_for`: the words of the facts it is taken from.

    `most` is the upper end of a range of numbers; None is open.
    """

    key: str
    texts: Mapping[str, str]
    stands_for: frozenset[str] = frozenset()
    most: int | None = None


@dataclass(frozen=True)
class Section:
    """A part of a form. `texts` by language."""

    key: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """One question of a form. `kind` is one of KINDS; `rule` the provision that asks for it, None
    where only the form does; `ours` says that our page asks it, because no fact answers it;
    `when` names the kind of breach that it belongs to; `sure` that it was seen in a source.
    """

    key: str
    section: Section
    kind: str
    texts: Mapping[str, str]
    help: Mapping[str, str]
    rule: str | None
    ours: bool
    when: str | None
    sure: bool
    options: tuple[Option, ...]

    def taken(self, facts: Collection[str]) -> list[str]:
        """The answers that stand for these words of the facts, in the order of the form.

        >>> asked("data").taken(["identity", "email_address"])
        ['civil', 'contact']
        """
        return [option.key for option in self.options if option.stands_for & set(facts)]

    def option(self, key: str) -> Option | None:
        """The answer of a key, or None."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True)
class Form:
    """A form: its questions in order. `seen`: "yes", "partly" or "no", as in SEEN of regimes.

    Without `valid_from` it is a draft, and no authority's yet.
    """

    code: str
    authorities: tuple[str, ...]
    valid_from: date | None
    seen: str
    texts: Mapping[str, str]
    source: str
    fields: tuple[Asked, ...]


@dataclass(frozen=True)
class Portal:
    """All forms and all questions of the shipped file, and the day it was checked."""

    checked: date
    fields: Mapping[str, Asked]
    forms: tuple[Form, ...]

    def form(self, authority: str, on: date) -> Form:
        """The newest form of an authority on a day; where none is on file, that of Art. 33(3)."""
        begun = [
            form
            for form in self.forms
            if authority in form.authorities and form.valid_from and form.valid_from <= on
        ]
        begun.sort(key=lambda form: form.valid_from or on)
        return begun[-1] if begun else self.named(MINIMUM)

    def named(self, code: str) -> Form:
        """The form of a code. KeyError for any other."""
        found = {form.code: form for form in self.forms}
        return found[code]


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {language: row[language] for language in ("en", "fr")}


def read_portal(text: str) -> Portal:
    """A Portal from the text of a TOML file. ValueError or KeyError for what does not fit."""
    tables = tomllib.loads(text)
    sections = {row["key"]: Section(row["key"], _texts(row)) for row in tables["section"]}
    options = {
        row["field"]: tuple(
            Option(one["key"], _texts(one), frozenset(one.get("from", ())), one.get("most"))
            for one in row["list"]
        )
        for row in tables["options"]
    }
    fields = {row["key"]: _asked(row, sections, options) for row in tables["field"]}
    forms = tuple(
        Form(
            code=row["code"],
            authorities=tuple(row["authorities"]),
            valid_from=row.get("valid_from"),
            seen=row["seen"],
            texts=_texts(row),
            source=row["source"],
            fields=tuple(fields[key] for key in row["fields"]),
        )
        for row in tables["form"]
    )
    return Portal(tables["checked"], fields, forms)


def _asked(
    row: Mapping[str, Any], sections: Mapping[str, Section], options: Mapping[str, Any]
) -> Asked:
    if row["kind"] not in KINDS or (row["kind"] in ("one", "many")) != (row["key"] in options):
        raise ValueError(f"{row['key']}: its kind and its list of answers do not fit")
    return Asked(
        key=row["key"],
        section=sections[row["section"]],
        kind=row["kind"],
        texts=_texts(row),
        help={name: row[f"help_{name}"] for name in ("en", "fr") if f"help_{name}" in row},
        rule=row.get("rule"),
        ours=row.get("ask", False),
        when=row.get("when"),
        sure=row["seen"] == "yes",
        options=options.get(row["key"], ()),
    )


@cache
def portal() -> Portal:
    """The forms that come with the product."""
    return read_portal(shipped("notification.toml"))


def asked(key: str) -> Asked:
    """The question of a key. KeyError for any other."""
    return portal().fields[key]
