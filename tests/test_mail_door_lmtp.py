"""The door for the company's own mail server: it says "stored" only when a mail is."""

import smtplib
import socket
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from incidents.db import db
from incidents.models import Report
from incidents.settings import BadSetting
from notifications import incoming, lmtp
from notifications.models import Incoming
from notifications.reading.child import reader

MAIL = (
    b"From: Ada <ada@customer.example>\r\nSubject: A leak\r\nMessage-ID: <1@c.example>\r\n\r\n"
    b"I saw it.\r\n"
)


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


@pytest.fixture(params=["tcp", "unix"])
def door(app, tmp_path, request):
    """The door, open; (host, port) or the path of its socket."""
    stop, before = threading.Event(), app.config["SETTINGS"]
    app.extensions.pop("lmtp", None)
    setting = "127.0.0.1:0" if request.param == "tcp" else f"unix:{tmp_path}/lmtp"
    app.config["SETTINGS"] = replace(before, lmtp=setting)
    thread = threading.Thread(target=lmtp.serve, args=(app, stop))
    thread.start()
    while not app.extensions.get("lmtp"):
        time.sleep(0.01)
    yield app.extensions["lmtp"]
    stop.set()
    thread.join()
    app.config["SETTINGS"] = before


def connected(door):
    client = smtplib.LMTP(str(door)) if not isinstance(door, tuple) else smtplib.LMTP(*door)
    client.lhlo = client.ehlo
    return client


def handed_over(door, raw=MAIL, sender="ada@customer.example", to="breach@training.example"):
    with connected(door) as client:
        return client.sendmail(sender, [to], raw)


def stored():
    db.session.rollback()
    count = db.session.scalar(select(func.count()).select_from(Incoming))
    db.session.rollback()  # a test that looks on holds up the door
    return count


def test_what_is_handed_over_is_a_report_with_how_it_came(door):
    handed_over(door)

    db.session.rollback()
    report = db.session.scalars(select(Report)).one()
    assert (report.subject, report.story, report.contact) == (
        "A leak",
        "I saw it.",
        "ada@customer.example",
    )
    assert report.raw.content == (
        b"Return-Path: <ada@customer.example>\r\nDelivered-To: breach@training.example\r\n" + MAIL
    )


def test_a_mail_handed_over_twice_is_one_report(door):
    handed_over(door)
    handed_over(door)

    assert stored() == 1


def test_a_mail_from_nobody_is_never_answered(door):
    handed_over(door, sender="")

    db.session.rollback()
    assert db.session.scalars(select(Report)).one().automatic


def test_a_mail_that_cannot_be_stored_stays_with_the_mail_server(door, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk, pytest.raises(smtplib.SMTPDataError) as refused:
        disk.setattr(incoming, "take", full)
        handed_over(door)
    assert (refused.value.smtp_code, stored()) == (451, 0)
    handed_over(door)
    assert stored() == 1


def test_a_line_without_end_and_strange_bytes_are_taken(door):
    raw = b"From: a@b.example\r\n\r\n" + b"x" * 300_000 + b"\r\n\xff\x00\r\n.\r\n..\r\n"
    handed_over(door, raw)

    db.session.rollback()
    assert db.session.scalars(select(Report)).one().raw.content.endswith(raw)


def test_each_recipient_gets_an_answer(door):
    with connected(door) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("ada@customer.example")
        for to in ("breach@training.example", "privacy@training.example"):
            assert client.rcpt(to)[0] == 250
        assert client.data(MAIL)[0] == 250
        assert client.getreply()[0] == 250
        assert client.noop()[0] == 250
    assert stored() == 1


def test_a_mail_beyond_measure_is_refused_for_each_recipient(door, monkeypatch):
    monkeypatch.setattr(lmtp, "TAKEN", 1000)
    with connected(door) as client:
        client.ehlo_or_helo_if_needed()
        client.mail("ada@customer.example")
        for to in ("breach@training.example", "privacy@training.example"):
            client.rcpt(to)
        assert client.data(MAIL + b"more\r\n" * 1000)[0] == 552
        assert client.getreply()[0] == 552
    assert stored() == 0


def test_of_a_large_mail_the_beginning_is_kept_and_marked(door, monkeypatch):
    monkeypatch.setattr(incoming, "LARGEST", 2000)
    handed_over(door, MAIL + b"more\r\n" * 1000)

    db.session.rollback()
    assert db.session.scalars(select(Report)).one().mark == "oversize"


def test_a_client_that_hangs_up_leaves_nothing_and_holds_up_nobody(door):
    if isinstance(door, tuple):
        with socket.create_connection(door) as line:
            line.sendall(
                b"LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nSub"
            )
    handed_over(door)

    assert stored() == 1


@pytest.mark.parametrize("setting", ["2424", "unix:lmtp", "localhost:x", ":2424", "h:99999"])
def test_a_setting_that_names_no_place_stops_the_start(setting):
    with pytest.raises(BadSetting, match="TOCSIN_LMTP"):
        lmtp.place(setting)


def test_a_door_whose_place_is_taken_opens_when_it_is_free(app, monkeypatch, caplog):
    monkeypatch.setattr(lmtp, "_AGAIN", 0.0)
    holder = socket.create_server(("127.0.0.1", 0))
    setting = f"127.0.0.1:{holder.getsockname()[1]}"
    monkeypatch.setitem(app.config, "SETTINGS", replace(app.config["SETTINGS"], lmtp=setting))
    app.extensions.pop("lmtp", None)
    stop = threading.Event()
    thread = threading.Thread(target=lmtp.serve, args=(app, stop))
    thread.start()
    while "cannot be listened at" not in caplog.text:
        time.sleep(0.01)
    holder.close()
    while not app.extensions.get("lmtp"):
        time.sleep(0.01)
    handed_over(app.extensions["lmtp"])
    stop.set()
    thread.join()

    assert stored() == 1
