"""Kill sweep of the public form: the web server dies at every system call while a report comes
in; then it is started again, and the reporter presses the button again, or gives up.

    python -m benchmarks.sweep.form [--quick] [--minutes 10]
"""

import argparse
import hashlib
import os
import random
import shutil
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from waitress import create_server

from benchmarks import stage, tools
from benchmarks.browser import Browser, NoReceipt, Way
from benchmarks.reporters import free_port
from benchmarks.sweep import calls, kill, reports_checker
from benchmarks.sweep.kill import Blow, Child
from benchmarks.sweep.reports_checker import Sending
from benchmarks.sweep.total import Total
from incidents import serving, uploads
from incidents.db import db

NAMES = ("sent", "promised", "kept", "lost", "doubles", "cut", "orphans", "unlogged", "open_words")
CALLS = tuple(call for call in kill.CALLS if call not in ("sendmsg", "rename"))
WORDS = "xylophone-quagmire"  # in every story; must stand nowhere in the clear
FILE = 700_000  # bytes: enough that the server puts it on disk while it comes in


def web(folder: Path, port: int) -> Callable[[], Callable[[], None]]:
    """The web server, made ready; as app.py serves it, without the worker."""

    def prepare() -> Callable[[], None]:
        app = stage.application(folder, TOCSIN_PORT=str(port))
        with app.app_context():
            db.session.execute(db.text("SELECT 1"))
            db.session.remove()
        app.test_client().get("/report")  # what is loaded at the first request is loaded
        server = create_server(
            app,
            host="127.0.0.1",
            port=port,
            threads=4,
            max_request_body_size=uploads.ceiling(app.config["SETTINGS"].request_limit),
        )
        serving.prepare(server)
        return server.run

    return prepare


class Scene:
    """An empty house, copied for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.prepared = folder / "prepared"
        self.prepared.mkdir()
        app = stage.application(self.prepared)
        with app.app_context():
            stage.found(app)
            db.session.remove()
            db.engine.dispose()

    def fresh(self) -> Path:
        """A copy."""
        scene = self.folder / "scene"
        shutil.rmtree(scene, ignore_errors=True)
        shutil.copytree(self.prepared, scene)
        return scene

    def run(self, blow: Blow, patient: bool) -> tuple[int, bool, reports_checker.Verdict]:
        """One reporter and one blow. Exit status of the server, whether it was hit, the verdict."""
        scene, port = self.fresh(), free_port()
        way, sha256 = reporter(port)
        server = Child(web(scene, port), scene / "log")
        server.attach(blow)
        server.go()
        attempt(way)
        # The death of a traced process is known a little later than its broken lines.
        end = time.monotonic() + (0.2 if way.receipt else 1.0)
        while server.alive and time.monotonic() < end:
            time.sleep(0.01)
        status = 0
        if server.alive:
            server.kill()
            server.ended(10)
            hit = "error" in blow.what and server.was_hit
        else:
            status, hit = server.ended(10), True
        if way.receipt is None and patient:
            server = Child(web(scene, port), scene / "log")
            server.go()
            for _ in range(3):
                if attempt(way):
                    break
            server.kill()
            server.ended(10)
        promised = way.receipt is not None
        verdict = reports_checker.check(scene, [Sending(sha256, promised)], WORDS.encode())
        if patient and not promised:
            verdict.lost += 1
            verdict.words.append("the reporter was never given a receipt")
        return status, hit, verdict


def reporter(port: int, timeout: float = 20) -> tuple[Way, str]:
    """Somebody with a story and a file that nobody else has."""
    content = b"\x89PNG\r\n\x1a\n" + os.urandom(FILE)
    story = f"{WORDS}: I saw the invoices of other people."
    way = Way(Browser(port, timeout), story, [("screen.png", content)])
    return way, hashlib.sha256(content).hexdigest()


def attempt(way: Way) -> bool:
    """Go as far as the line holds. Whether there is a receipt."""
    try:
        way.go()
    except (NoReceipt, OSError):
        return False
    return True


def under_load(scene: Scene, until: float, reporters: int = 20) -> Total:
    """Killed at random moments while 20 reporters are on their way, each of whom presses again
    until there is a receipt."""
    total = Total(f"public form, {reporters} reporters, killed at random moments", NAMES)
    chance = random.Random(5)
    kills = 0
    while time.monotonic() < until - 10:
        folder, port = scene.fresh(), free_port()
        ways = [reporter(port) for _ in range(reporters)]
        over = threading.Event()
        threads = [threading.Thread(target=_insist, args=(way, over)) for way, _ in ways]
        for thread in threads:
            thread.start()
        for strike in range(8):  # the last server is left alone
            server = Child(web(folder, port), folder / "log")
            server.go()
            if strike < 7:
                time.sleep(chance.uniform(0.05, 0.8))
                kills += server.alive
                server.kill()
                server.ended(10)
                if all(way.receipt for way, _ in ways):
                    break
        end = time.monotonic() + 60  # on a crowded machine the servers before took longer than that
        while time.monotonic() < end and not all(way.receipt for way, _ in ways):
            time.sleep(0.05)
        over.set()
        for thread in threads:
            thread.join(30)
        server.kill()
        server.ended(10)
        sendings = [Sending(sha256, way.receipt is not None) for way, sha256 in ways]
        verdict = reports_checker.check(folder, sendings, WORDS.encode())
        verdict.lost += sum(not one.promised for one in sendings)
        total.take(verdict, -9, "random moments")
    total.killed = kills
    total.line()
    return total


def _insist(way: Way, over: threading.Event) -> None:
    while not over.is_set() and not attempt(way):
        time.sleep(0.1)
        if way.answer is not None and way.answer.status >= 400:
            way.answer = None


def main() -> int:
    """Sweep and print; 1 when anything was bad."""
    words = argparse.ArgumentParser(prog="benchmarks.sweep.form")
    words.add_argument("--quick", action="store_true")
    words.add_argument("--minutes", type=float, default=12)
    options = words.parse_args()
    socket.setdefaulttimeout(60)
    span = 60 * options.minutes
    begun = time.monotonic()
    with tools.folder() as folder:
        scene = Scene(folder)
        totals = calls.sweep(
            "public form",
            lambda blow: scene.run(blow, blow.number % 3 > 0),
            NAMES,
            begun + 0.75 * span,
            options.quick,
            CALLS,
        )
        totals.append(under_load(scene, begun + span))
    return 1 if sum(total.bad for total in totals) else 0


if __name__ == "__main__":
    raise SystemExit(main())
