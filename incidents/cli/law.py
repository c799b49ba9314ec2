"""`flask law assess` and `flask law deadline`: the law at the command line, JSON out."""

import json
from datetime import datetime
from typing import Any, NoReturn, TextIO
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup

from incidents import law as rules
from incidents.db import now
from incidents.law import clock
from incidents.law.moments import BadMoment, NoZone, read_moment

law = AppGroup("law", help="What the law asks after a breach.")

MOST_BYTES = 1_000_000


@law.command("assess", with_appcontext=False)
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day whose law is asked. Default: today.",
)
def assess_command(file: TextIO, on: datetime | None) -> None:
    """Judge the facts in FILE (JSON, or - for standard input) and print the answer as JSON.

    Facts that are wrong are named on standard error with what is allowed; exit 2.
    """
    try:
        mapping = json.loads(_read(file), object_pairs_hook=_each_once)
    except (ValueError, RecursionError) as error:
        refuse(f"This is no JSON: {_place(error)} Give one JSON object of facts.")
    try:
        facts = rules.Facts.from_json(mapping)
    except rules.BadFacts as error:
        refuse(str(error))
    answer = rules.assess(facts, (on or now()).date())
    _print(answer.as_json())


@law.command("deadline", with_appcontext=False)
@click.option("--aware", required=True, help="When the controller became aware: ISO 8601, zoned.")
@click.option("--country", default="FR", show_default=True, help="Where the authority sits.")
def deadline_command(aware: str, country: str) -> None:
    """Print by when the authority must be told (GDPR Art. 33(1)), and how that comes about."""
    try:
        seat = rules.authority(country.upper())
    except KeyError as error:
        refuse(f"--country: {error.args[0]}")
    zone = ZoneInfo(seat.zone)
    try:
        aware_at = read_moment(aware)
    except NoZone as error:
        refuse(f"--aware: {error.at_home(zone)}")
    except BadMoment as error:
        refuse(f"--aware: {error}")
    ends = clock.two_working_days(aware_at, zone, seat.code)
    _print(
        {
            "aware": _local(aware_at, zone),
            "target": _local(clock.target(aware_at), zone),
            "legal_limit": _local(clock.legal_limit(aware_at), zone),
            "hours": clock.hours_allowed(aware_at),
            "country": seat.code,
            "zone": seat.zone,
            "derivation": [step.english() for step in clock.derivation(aware_at, zone)],
            "art_3_5_note": {
                "text": clock.note_3_5(aware_at, zone, seat.code).english(),
                "part_day": _local(ends[0], zone) if ends else None,
                "full_day": _local(ends[1], zone) if ends else None,
            },
        }
    )


def _read(file: TextIO) -> str:
    text = file.read(MOST_BYTES + 1)
    if len(text) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES} characters.")
    return text


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object. ValueError if a key comes twice: which of the two is true?"""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a fact is given twice.")
    return dict(pairs)


def _place(error: Exception) -> str:
    """Where the JSON broke, without repeating what it holds: it may be about people."""
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}."
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text."
    return f"{error}" if isinstance(error, ValueError) else "it is nested too deeply."


def _local(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).isoformat()


def _print(answer: dict[str, Any]) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def refuse(why: str) -> NoReturn:
    """Say on standard error why nothing was done, and end with 2."""
    click.echo(why, err=True)
    raise SystemExit(2)
