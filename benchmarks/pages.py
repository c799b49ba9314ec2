"""How long the page of an incident takes while its letters are being sent, against an idle house.

    python -m benchmarks.pages [--people 200000]

One process serves and sends, as `python app.py` does. Asked: p95 at most 3 times idle.
"""

import argparse
import http.client
import sqlite3
import time
from pathlib import Path

from flask.sessions import SecureCookieSessionInterface

from benchmarks import stage, tools
from benchmarks.engines import Place, engines
from benchmarks.reporters import percentile, server
from incidents.db import db, now
from incidents.models import Incident, User
from notifications import runs
from notifications.models import Notice

LEAST = 200  # page views of each measurement


def prepared(place: Place) -> tuple[str, str]:
    """Pause the run, so that the house is idle at first. Returns the path of the incident's page
    and a cookie of the controller."""
    app = stage.application(place.folder, place.database)
    with app.app_context():
        controller = db.session.query(User).one()
        notice = db.session.query(Notice).one()
        runs.pause(notice, controller, now())
        db.session.commit()
        incident = db.session.query(Incident).one()
        signer = SecureCookieSessionInterface().get_signing_serializer(app)
        assert signer is not None
        identity = controller.fs_uniquifier
        at = int(now().timestamp())
        session = {
            "began": at,
            "seen": at,
            "_user_id": identity,
            "_fresh": True,
            "fs_cc": "set",
            "fs_paa": now().timestamp(),
        }
        with app.test_request_context():
            path = app.url_for("incidents.show", ref=incident.reference)
        db.session.remove()
        db.engine.dispose()
    return path, f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps(session)}"


def resume(place: Place) -> None:
    """Let the run go on, as the controller does by the button."""
    app = stage.application(place.folder, place.database)
    with app.app_context():
        notice = db.session.query(Notice).one()
        runs.resume(notice, db.session.query(User).one(), now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


def views(port: int, path: str, cookie: str, seconds: float) -> list[float]:
    """Ask for the page again and again; seconds of each."""
    out = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(out) < LEAST:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        begun = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        answer = connection.getresponse()
        body = answer.read()
        out.append(time.perf_counter() - begun)
        connection.close()
        assert answer.status == 200, (answer.status, answer.getheader("Location"), body[:300])
        time.sleep(0.02)
    return out


def sent(folder: Path) -> int:
    """How many letters have left."""
    connection = sqlite3.connect(folder / "tocsin.db", timeout=30)
    try:
        statement = "SELECT count(*) FROM recipient WHERE state = 'sent'"
        return connection.execute(statement).fetchone()[0]
    finally:
        connection.close()


def main() -> None:
    """Measure and print."""
    words = argparse.ArgumentParser(prog="benchmarks.pages")
    words.add_argument("--people", type=int, default=200_000)
    words.add_argument("--seconds", type=float, default=10)
    options = words.parse_args()
    tools.say(f"pages: {tools.machine()}; {options.people:,} people, SQLite, one process")
    with tools.folder() as folder, engines(folder, ("sqlite",)) as (engine,):
        place = engine.prepare(options.people)
        path, cookie = prepared(place)
        with tools.slow_sink() as sink:
            app = stage.application(place.folder)
            with app.app_context():
                stage.aim(sink, 8)
                url = app.config["SETTINGS"].url  # is named in the letters that were approved
                db.session.remove()
                db.engine.dispose()
            with server(place.folder, TOCSIN_URL=url) as port:
                views(port, path, cookie, 1)
                idle = views(port, path, cookie, options.seconds)
                resume(place)
                end = time.monotonic() + 60
                while not sent(place.folder) and time.monotonic() < end:
                    time.sleep(0.1)
                first, begun = sent(place.folder), time.perf_counter()
                busy = views(port, path, cookie, options.seconds)
                rate = (sent(place.folder) - first) / (time.perf_counter() - begun)
                over = sent(place.folder) >= options.people
    for name, found in (("idle", idle), ("while sending", busy)):
        tools.say(
            f"incident page, {name}: median {1000 * percentile(found, 50):.1f} ms, "
            f"p95 {1000 * percentile(found, 95):.1f} ms ({len(found)} views)"
        )
    ratio = percentile(busy, 95) / percentile(idle, 95)
    assert rate > 0, "nothing was sent meanwhile"
    note = "; the run ended meanwhile: take more people" if over else ""
    tools.say(f"p95 while sending {rate:,.0f} letters/s: {ratio:.1f} x idle (asked: 3){note}")


if __name__ == "__main__":
    main()
