"""Machines that answer each other stop at once: two of our own, and robots, over real wires."""

import os
import smtplib
import threading
import time
from dataclasses import replace
from datetime import timedelta
from shutil import copytree

import pytest
import time_machine
from conftest import ROOT

from app import create_app
from incidents import settings
from incidents.db import db, now
from incidents.models import Organisation, Report
from notifications import acknowledge, lmtp, post
from notifications.models import Mail, Server
from notifications.reading.child import reader


class House:
    """One installation: mail leaves it by SMTP to the sink, and reaches it by LMTP."""

    def __init__(self, folder, address, sink):
        env = {key: value for key, value in os.environ.items() if not key.startswith("TOCSIN_")}
        self.address, self.sink = address, sink
        self.app = create_app(settings.load(ROOT, env, folder))
        self.app.config.update(TESTING=True)
        given = self.app.config["SETTINGS"]
        self.app.config["SETTINGS"] = replace(given, lmtp="127.0.0.1:0")
        with self.app.app_context():
            db.session.add(Organisation(id=1, name=address, contact=address, set_up=True))
            out = {"host": sink.host, "port": sink.port, "security": "none", "sender": address}
            db.session.add(Server(direction="out", **out))
            db.session.commit()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=lmtp.serve, args=(self.app, self.stop))
        self.thread.start()
        while not self.app.extensions.get("lmtp"):
            time.sleep(0.01)

    def take(self, raw, sender):
        """Hand a mail to the door of this house."""
        with smtplib.LMTP(*self.app.extensions["lmtp"]) as door:
            door.sendmail(sender, [self.address], raw)

    def work(self):
        """What the worker does in a round."""
        with self.app.app_context():
            acknowledge.pending(now())
            post.deliver(stop=lambda: False)
            db.session.remove()

    def count(self, model):
        with self.app.app_context():
            return db.session.query(model).count()

    def close(self):
        self.stop.set()
        self.thread.join()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def house(blank, tmp_path, smtp_sink):
    """Make an installation: house("breach@ours.example")."""
    made = []

    def make(address):
        folder = copytree(blank, tmp_path / address.replace("@", "-"))
        made.append(House(folder, address, smtp_sink))
        return made[-1]

    yield make
    for one in made:
        one.close()
    reader.close()


def rounds(sink, houses, robots=()):
    """Three rounds, two hours apart: each house works, then what came to the sink is delivered."""
    seen = 0
    for hours in (0, 2, 4):
        with time_machine.travel(now() + timedelta(hours=hours), tick=True):
            for one in houses:
                one.work()
            fresh, seen = sink.mails[seen:], len(sink.mails)
            for mail in fresh:
                for one in houses:
                    if one.address in mail.recipients:
                        one.take(mail.raw, mail.sender)
                for robot in robots:
                    robot(mail)


def test_two_installations_send_each_other_one_mail_at_most(house, smtp_sink):
    """Somebody writes to each of them in the name of the other."""
    ours, theirs = house("breach@ours.example"), house("breach@theirs.example")
    forged = b"From: %s\r\nMessage-ID: <%s@x>\r\nSubject: A leak\r\n\r\nYou lost my data.\r\n"
    ours.take(forged % (b"breach@theirs.example", b"1"), "breach@theirs.example")
    theirs.take(forged % (b"breach@ours.example", b"2"), "breach@ours.example")

    rounds(smtp_sink, [ours, theirs])

    assert len(smtp_sink.to("breach@theirs.example")) == 1
    assert len(smtp_sink.to("breach@ours.example")) == 1
    assert (ours.count(Mail), theirs.count(Mail)) == (1, 1)


@pytest.mark.parametrize(
    "signs",
    [
        "Auto-Submitted: auto-replied\r\nSubject: Re: Your report\r\n",
        "Subject: Out of office\r\n",
        "Precedence: bulk\r\nSubject: Thank you\r\n",
        "In-Reply-To: {theirs}\r\nSubject: Re: {subject}\r\n",  # a robot that hides it is one
    ],
)
def test_a_robot_that_answers_everything_gets_one_mail(house, smtp_sink, signs):
    ours, karim = house("breach@ours.example"), "karim@customer.example"
    ours.take(f"From: {karim}\r\nSubject: A leak\r\n\r\nHelp\r\n".encode(), karim)
    answered = []

    def robot(mail):
        if karim in mail.recipients:
            answered.append(mail)
            head = signs.format(theirs=mail.message["Message-ID"], subject=mail.message["Subject"])
            text = f"From: {karim}\r\nMessage-ID: <{len(answered)}@c>\r\n{head}\r\nI am away.\r\n"
            ours.take(text.encode(), karim)

    rounds(smtp_sink, [ours], [robot])

    assert len(answered) == 1
    assert len(smtp_sink.mails) == 1


def test_a_robot_without_any_sign_gets_one_mail_an_hour(house, smtp_sink):
    """Without any sign and without our token it looks like a person; the limits hold it."""
    ours, robot = house("breach@ours.example"), "robot@customer.example"
    for number in range(8):
        ours.take(f"From: {robot}\r\n\r\nMail {number}\r\n".encode(), robot)

    rounds(smtp_sink, [ours])

    assert ours.count(Report) == 8
    assert len(smtp_sink.mails) == 1
