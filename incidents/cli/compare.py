"""`flask law compare`: stored cases judged by another day's law, one line for each difference."""

import json
import tomllib
from collections.abc import Iterator
from datetime import datetime
from typing import TextIO

import click
from sqlalchemy import select

from incidents import elsewhere, schema
from incidents.cli.law import MOST_BYTES, law, refuse
from incidents.db import db
from incidents.law import Facts
from incidents.law.book import Book, read_book, shipped, shipped_book
from incidents.law.comparison import Difference, compare, problems
from incidents.law.regimes import FILES, Regime, read_regimes, shipped_regimes
from incidents.models import Incident

PAGE = 100


@law.command("compare")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    help="The day whose law is compared with that of each case's own day.",
)
@click.option(
    "--tables",
    type=click.File("r", encoding="utf-8"),
    help="A TOML file of tables to be added, such as a law that is only proposed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
def compare_command(on: datetime, tables: TextIO | None, as_json: bool) -> None:
    """Judge every stored case by the law of another day and list what comes out otherwise.

    Changes nothing. A case's own day is that of awareness, else that of its opening.
    """
    if schema.current() is None:
        refuse("There is no database yet, so no case to compare. Start Tocsin once first.")
    book, rows = _tables(tables)
    found, cases = [], 0
    for incident in _incidents():
        cases += 1
        own_day = (incident.aware_at or incident.opened_at).date()
        facts, profile = Facts.from_json(incident.facts), elsewhere.profile(incident)
        for one in compare(facts, profile, own_day, on.date(), book, rows):
            if as_json:
                found.append(_row(incident, one))
            else:
                click.echo(f"{incident.reference} {one}")
                found.append({})
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{cases} cases, {len(found)} differences")


def _row(incident: Incident, one: Difference) -> dict[str, object]:
    own_day = (incident.aware_at or incident.opened_at).date()
    return {"incident": incident.reference, "own_day": own_day.isoformat(), **one.as_json()}


def _incidents() -> Iterator[Incident]:
    """All incidents by their number, a page at a time."""
    after = 0
    while True:
        query = select(Incident).where(Incident.id > after).order_by(Incident.id).limit(PAGE)
        page = list(db.session.scalars(query))
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].id
        db.session.rollback()  # holds no transaction, and forgets the page


def _tables(file: TextIO | None) -> tuple[Book, tuple[Regime, ...]]:
    """The shipped tables, with those of a file added."""
    if file is None:
        return shipped_book(), shipped_regimes()
    try:
        text = file.read(MOST_BYTES)
        if lacking := problems(tomllib.loads(text)):
            raise ValueError(lacking[0])
        book = read_book(shipped("gdpr.toml"), shipped("guidance.toml"), text)
        return book, read_regimes(*(shipped(name) for name in FILES), text)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        refuse(f"--tables: this is no table of laws: {error}")
