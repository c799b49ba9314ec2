"""A company with one letter to many people, approved and started: what every measurement needs.

    python -m benchmarks.stage FOLDER --people 10000 [--database URL]

The only file here, with `ours.py`, that knows how the application makes a letter. What a person
does on pages is done by the same verbs.
"""

import argparse
import os
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask

from app import create_app
from benchmarks.people import LANGUAGES, write_csv
from incidents import schema, settings
from incidents.actions import cases, duties
from incidents.again import Proof
from incidents.db import db, now
from incidents.models import Organisation, User
from notifications import notices, runs
from notifications.models import Notice, NoticeText, Server
from notifications.recipients import imports, listing

ROOT = Path(__file__).parent.parent
SENDER = "privacy@training.example"
# argon2id of "correct horse battery staple" with the cheapest parameters.
PASSWORD = "$argon2id$v=19$m=8,t=1,p=1$jxS3SeMw5nd9vd/x+S/IcQ$wDmxGHtajceO8+MbXq8E/w"
FACTS = {
    "incident_type": "misdirected_email",
    "breach_types": ["confidentiality"],
    "confidentiality_loss": "confirmed",
    "data_categories": ["identity", "email_address"],
}


def application(folder: Path, database: str | None = None, **more: str) -> Flask:
    """The application on an instance folder, whatever the environment says of Tocsin."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
    if database:
        env["TOCSIN_DATABASE_URL"] = database
    return create_app(settings.load(ROOT, env | more, folder.absolute()))


def found(app: Flask) -> User:
    """An empty database with the organisation and its controller. Commits."""
    schema.bring_up_to_date(app)
    served = Organisation(id=1, name="Example Training", controller="Ada Exemplar", set_up=True)
    served.contact, served.languages, served.language = SENDER, list(LANGUAGES), "en"
    served.postal_address, served.website = (
        "1 Example Street, 75001 Paris",
        "https://training.example",
    )
    controller = User(
        email="cleo@training.example",
        name="Cleo",
        role="controller",
        password=PASSWORD,
        active=True,
        fs_uniquifier="controller-cleo".ljust(32, "x"),
        created_at=now(),
    )
    db.session.add_all(
        [served, controller, Server(direction="out", security="none", sender=SENDER)]
    )
    db.session.commit()
    return controller


def letter(controller: User) -> Notice:
    """An incident with the duty to tell people, and the letter with its words. Commits."""
    incident = cases.open_incident("A list of course accounts was read", controller, now())
    incident.facts = dict(FACTS)
    duties.open_duty(incident, "subjects", controller, now())
    db.session.commit()
    notice = notices.draft(incident, incident.duties[-1], controller, now())
    texts = {text.language: text for text in notice.texts}
    for language in LANGUAGES:
        words = (Path(__file__).parent / "letters" / f"{language}.txt").read_text("utf-8")
        subject, _, body = words.partition("\n\n")
        if language not in texts:
            texts[language] = NoticeText(language=language)
            notice.texts.append(texts[language])
        texts[language].subject, texts[language].body = subject, body
    db.session.commit()
    return notice


def invite(notice: Notice, file: Path, controller: User) -> int:
    """Put everybody of a CSV on the list. Commits."""
    with file.open("rb") as source:
        # Here and now, however large: what is measured begins after it.
        look = imports.Look(source, listing.known(notice), large=file.stat().st_size + 1)
        row = imports.upload(notice, file.name, look, controller, now())
    db.session.commit()
    count = imports.confirm(row, controller, now())
    db.session.commit()
    return count


def start(notice: Notice, controller: User, port: int = 1) -> None:
    """Approve and start. The outgoing server is on `port` of this machine. Commits."""
    server = db.session.query(Server).filter_by(direction="out").one()
    server.host, server.port = "127.0.0.1", port
    db.session.commit()
    notices.approve(
        notice,
        notices.fingerprint(notice).hash,
        controller,
        now(),
        Proof(controller.id, "password"),
    )
    db.session.commit()
    runs.start(notice, controller, now())
    db.session.commit()


def aim(port: int, connections: int) -> None:
    """Let letters go to `port` of this machine, over so many connections. Commits."""
    values: dict[str, Any] = {"host": "127.0.0.1", "port": port, "next_try_at": None}
    if hasattr(Server, "connections"):
        values["connections"] = connections
    db.session.query(Server).filter_by(direction="out").update(values)
    db.session.commit()


def prepare(folder: Path, count: int, database: str | None = None) -> dict[str, float]:
    """The whole of it in an empty folder. Returns the seconds of import and approval."""
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(folder / "people.csv", count)
    app = application(folder, database)
    with app.app_context():
        controller = found(app)
        notice = letter(controller)
        begun = time.perf_counter()
        invited = invite(notice, folder / "people.csv", controller)
        assert invited == count
        imported = time.perf_counter()
        start(notice, controller)
        done = time.perf_counter()
        db.session.remove()
        db.engine.dispose()
    return {"import": imported - begun, "approve": done - imported}


def socket_url(folder: Path, name: str) -> str:
    """The URL of a database of the cluster whose socket is in a folder."""
    return f"postgresql+psycopg://postgres@/{name}?host={quote(str(folder))}"


def main() -> None:
    """Prepare, and say how long it took."""
    words = argparse.ArgumentParser()
    words.add_argument("folder", type=Path)
    words.add_argument("--people", type=int, default=10_000)
    words.add_argument("--database")
    options = words.parse_args()
    took = prepare(options.folder, options.people, options.database)
    print(
        f"{options.people} people imported in {took['import']:.1f} s, "
        f"approved and started in {took['approve']:.1f} s"
    )


if __name__ == "__main__":
    main()
