"""Who is answerable: the organisation's profile and its processors."""

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from incidents.audit import record
from incidents.db import db
from incidents.intake import clean, one_line
from incidents.models import Organisation, Processor, User
from incidents.refusal import Refused


@cache
def shipped() -> dict[str, Any]:
    """The profile that ships, from profile.toml; its processors under "processors"."""
    file = Path(__file__).parent.parent / "profile.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def profile(language: str | None = None) -> Organisation:
    """The organisation's row, made from the shipped profile when there is none yet.

    `language`: that of whoever sets up; letters are written in it when a person's own is not
    known, and the shipped processors are described in it. By default that of the profile.
    """
    row = db.session.get(Organisation, 1)
    if row is None:
        values = {key: value for key, value in shipped().items() if key != "processors"}
        if language in values["languages"]:
            values["language"] = language
        row = Organisation(id=1, postal_address="", website="", set_up=False, **values)
        db.session.add(row)
        own = values["language"]
        db.session.add_all(
            Processor(name=one["name"], service=one["service"][own], data=one["data"][own])
            for one in shipped()["processors"]
        )
        db.session.flush()
    return row


def change(changes: dict[str, Any], by: User, at: datetime) -> list[str]:
    """Change the profile; the file keeps old and new. Returns the names of what changed."""
    row = profile()
    changes = _clean(changes)
    old = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    new = {name: value for name, value in changes.items() if old[name] != value}
    if new:
        record("organisation.changed", by=by, at=at, old={name: old[name] for name in new}, new=new)
    return list(new)


def save_processor(
    row: Processor | None, values: dict[str, Any], by: User, at: datetime
) -> Processor:
    """Add a processor, or change one."""
    values = _clean(values)
    if not one_line(values.get("name")):
        raise Refused(_("Give the name of the service provider."))
    row = row or Processor()
    old = {key: getattr(row, key) for key in values}
    for key, value in values.items():
        setattr(row, key, value)
    db.session.add(row)
    db.session.flush()
    record("processor.saved", by=by, at=at, processor=row.id, old=old, new=values)
    return row


def _clean(values: dict[str, Any]) -> dict[str, Any]:
    """Texts made safe to keep; what is no text stays as it is."""
    return {
        name: clean(value) or "" if isinstance(value, str) else value
        for name, value in values.items()
    }
