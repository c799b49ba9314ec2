"""Kill sweep of the mailbox, against a real Dovecot: the worker dies at every system call while
mails are fetched, marked and placed; then it is started again.

    python -m benchmarks.sweep.mailbox [--quick] [--minutes 10]
"""

import argparse
import hashlib
import os
import random
import shutil
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from benchmarks import stage, tools
from benchmarks.sweep import calls, reports_checker
from benchmarks.sweep.kill import Blow, Child
from benchmarks.sweep.reports_checker import Sending
from benchmarks.sweep.total import Total
from incidents.db import db, now
from notifications import incoming, mailbox
from notifications.models import Server
from notifications.reading.child import reader

sys.path.insert(0, str(tools.ROOT / "tests"))
from servers.certificate import make_certificate
from servers.dovecot import Dovecot

NAMES = ("sent", "promised", "kept", "lost", "doubles", "cut", "marked", "orphans",
         "unlogged", "open_words")  # fmt: skip
WORDS = "xylophone-quagmire"
MAILS = 3
LATER = timedelta(minutes=10)  # what a dead worker left behind is taken up after two


def letter(number: int) -> bytes:
    """A mail with a file that no other mail has."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"Customer {number} <customer{number}@client.example>"
    mail["To"] = "breach@training.example"
    mail["Subject"] = f"Invoices of others, {number}"
    mail["Message-ID"] = f"<{os.urandom(8).hex()}@client.example>"
    mail["Date"] = "Mon, 23 Nov 2026 08:00:00 +0000"
    mail.set_content(f"{WORDS}: I see the invoices of other people in my account.\n")
    mail.add_attachment(os.urandom(20_000), "image", "png", filename="screen.png")
    return mail.as_bytes()


def worker(folder: Path) -> Callable[[], Callable[[], None]]:
    """One round of the worker's two jobs, made ready."""

    def prepare() -> Callable[[], None]:
        app = stage.application(folder)

        def work() -> None:
            with app.app_context():
                mailbox.poll()
                incoming.finish(now())
            reader.close()

        return work

    return prepare


def settle(folder: Path) -> None:
    """A worker that lives, some minutes later: rounds until there is nothing left to do."""
    app = stage.application(folder)
    with app.app_context():
        for _ in range(4):
            db.session.query(Server).filter_by(direction="in").update({"next_try_at": None})
            db.session.commit()
            mailbox.poll()
            incoming.finish(now() + LATER)
        db.session.remove()
        db.engine.dispose()
    reader.close()


class Scene:
    """An empty house with a mailbox to read; each run has a mailbox of its own."""

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        self.folder, self.dovecot = folder, dovecot
        self.prepared = folder / "prepared"
        self.prepared.mkdir()
        app = stage.application(self.prepared)
        with app.app_context():
            stage.found(app)
            server = db.session.query(Server).filter_by(direction="in").one_or_none()
            server = server or Server(direction="in")
            server.host, server.port, server.security = dovecot.host, dovecot.port, "none"
            server.username, server.sender = "nobody", "breach@training.example"
            server.password = dovecot.password
            db.session.add(server)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def fresh(self, count: int = MAILS) -> tuple[Path, str, list[bytes]]:
        """A copy of the house, and a mailbox with so many mails."""
        scene, user = self.folder / "scene", self.dovecot.user()
        shutil.rmtree(scene, ignore_errors=True)
        shutil.copytree(self.prepared, scene)
        store = reports_checker.Store(scene)
        store.connection.execute("UPDATE server SET username = ? WHERE direction = 'in'", [user])
        store.connection.commit()
        store.close()
        mails = [letter(number) for number in range(count)]
        for raw in mails:
            self.dovecot.deliver(user, raw)
        return scene, user, mails

    def marked(self, user: str) -> set[str]:
        """SHA-256 of the mails that carry the mark of being read."""
        box = self.dovecot.folder / "mail" / user / "cur"
        found = [file for file in box.glob("*") if "S" in file.name.partition(":2,")[2]]
        return {hashlib.sha256(file.read_bytes()).hexdigest() for file in found}

    def verdict(self, scene: Path, user: str, mails: list[bytes]) -> reports_checker.Verdict:
        """What was marked when the worker died must be stored then; all of it, when all is over."""
        marked = self.marked(user)
        store = reports_checker.Store(scene)
        kept = set(store.whole().values())
        store.close()
        settle(scene)
        shas = [hashlib.sha256(raw).hexdigest() for raw in mails]
        sendings = [Sending(sha256, True) for sha256 in shas]
        verdict = reports_checker.check(scene, sendings, WORDS.encode(), mail=True)
        verdict.promised = len(marked)
        early = marked - kept
        verdict.lost += len(early)
        verdict.words += ["a mail was marked before it was stored"] * bool(early)
        return verdict

    def run(self, blow: Blow) -> tuple[int, bool, reports_checker.Verdict]:
        """One blow. Exit status of the worker, whether it was hit, the verdict."""
        scene, user, mails = self.fresh()
        child = Child(worker(scene), scene / "log")
        child.attach(blow)
        child.go()
        status = child.ended(60)
        return status, child.was_hit, self.verdict(scene, user, mails)


def at_random(scene: Scene, until: float) -> Total:
    """Killed at random moments, again and again, with 40 mails in the box."""
    total = Total("mailbox, 40 mails, killed at random moments", NAMES)
    chance = random.Random(5)
    kills = 0
    while time.monotonic() < until - 10:
        folder, user, mails = scene.fresh(40)
        for _ in range(6):
            child = Child(worker(folder), folder / "log")
            child.go()
            time.sleep(chance.uniform(0.02, 0.8))
            kills += child.alive
            child.kill()
            child.ended(10)
        total.take(scene.verdict(folder, user, mails), -9, "random moments")
    total.killed = kills
    total.line()
    return total


def main() -> int:
    """Sweep and print; 1 when anything was bad."""
    words = argparse.ArgumentParser(prog="benchmarks.sweep.mailbox")
    words.add_argument("--quick", action="store_true")
    words.add_argument("--minutes", type=float, default=12)
    options = words.parse_args()
    binary = shutil.which("dovecot", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if binary is None:
        tools.say("Dovecot is not here (package dovecot-imapd): the mailbox is not swept")
        return 0
    span = 60 * options.minutes
    begun = time.monotonic()
    with tools.folder() as folder:
        dovecot = Dovecot(binary, make_certificate(folder))
        try:
            scene = Scene(folder, dovecot)
            totals = calls.sweep("mailbox", scene.run, NAMES, begun + 0.75 * span, options.quick)
            totals.append(at_random(scene, begun + span))
        finally:
            dovecot.remove()
    return 1 if sum(total.bad for total in totals) else 0


if __name__ == "__main__":
    raise SystemExit(main())
