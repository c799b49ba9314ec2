"""The law of a day: figures of the regulation and of its guidance, read from dated tables.

Adding a law is adding a table with a valid_from to a TOML file; a case is then judged by the
tables in force on its day. Both files name their sources.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from incidents.law.vocabulary import Risk, Weight


@dataclass(frozen=True)
class Gdpr:
    """Art. 33 and 34 in figures. `hours` run from awareness, Art. 33(1)."""

    version: str
    valid_from: date
    hours: int
    authority_from: Risk
    subjects_from: Risk
    source: str


@dataclass(frozen=True)
class Guidance:
    """Our reading of the EDPB's published cases. Counts of people and recipients, and hours."""

    version: str
    valid_from: date
    few_people: int
    many_people: int
    very_many_people: int
    numerous_recipients: int
    prompt_hours: int
    weights: Mapping[str, Weight]
    source: str

    def weight(self, category: str) -> Weight:
        """What one kind of data weighs; a kind that we do not know is simple data.

        >>> shipped_book().on(date(2026, 11, 23)).guidance.weight("salary").name
        'SERIOUS'
        """
        return self.weights.get(category, Weight.BASIC)


@dataclass(frozen=True)
class Law:
    """What is in force on one day."""

    gdpr: Gdpr
    guidance: Guidance

    @property
    def version(self) -> str:
        """Names both tables, so that a judgment can be repeated. At most 40 characters.

        >>> shipped_book().on(date(2026, 11, 23)).version
        'GDPR-2018/EDPB-2023.1'
        """
        return f"{self.gdpr.version}/{self.guidance.version}"[:40]


@dataclass(frozen=True)
class Book:
    """All tables, oldest first."""

    gdpr: tuple[Gdpr, ...]
    guidance: tuple[Guidance, ...]

    def on(self, day: date) -> Law:
        """The law of a day. Before the first table begins, the first one is asked."""
        return Law(_in_force(self.gdpr, day), _in_force(self.guidance, day))


def _in_force(tables: tuple[Any, ...], day: date) -> Any:
    begun = [table for table in tables if table.valid_from <= day]
    return begun[-1] if begun else tables[0]


def read_book(*texts: str) -> Book:
    """A Book from the texts of TOML files with [[gdpr]] and [[guidance]] tables, in any order."""
    gdpr, guidance = [], []
    for text in texts:
        tables = tomllib.loads(text)
        gdpr += [_gdpr(table) for table in tables.get("gdpr", ())]
        guidance += [_guidance(table) for table in tables.get("guidance", ())]
    return Book(
        tuple(sorted(gdpr, key=lambda table: table.valid_from)),
        tuple(sorted(guidance, key=lambda table: table.valid_from)),
    )


def _gdpr(table: Mapping[str, Any]) -> Gdpr:
    return Gdpr(
        version=table["version"],
        valid_from=table["valid_from"],
        hours=table["authority_hours"],
        authority_from=Risk[table["authority_from"].upper()],
        subjects_from=Risk[table["subjects_from"].upper()],
        source=table["source"],
    )


def _guidance(table: Mapping[str, Any]) -> Guidance:
    weights = {
        category: Weight[name.upper()]
        for name, categories in table["weights"].items()
        for category in categories
    }
    figures = {key: value for key, value in table.items() if key != "weights"}
    return Guidance(weights=weights, **figures)


def shipped(name: str) -> str:
    """The text of one of the TOML files of this package."""
    return files("incidents.law").joinpath(name).read_text(encoding="utf-8")


@cache
def shipped_book() -> Book:
    """The tables that come with the product."""
    return read_book(shipped("gdpr.toml"), shipped("guidance.toml"))
