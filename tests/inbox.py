"""A mailbox on a real server, as the settings page keeps it, and mails to put into it."""

import pytest
from sqlalchemy import select

from incidents.db import db
from incidents.models import Report
from notifications.models import Server
from notifications.reading.child import reader


@pytest.fixture(scope="module")
def reading_child():
    yield
    reader.close()


@pytest.fixture
def inbox_user(dovecot):
    return dovecot.user()


@pytest.fixture
def inbox(app, dovecot, inbox_user):
    """The mailbox as the settings page keeps it."""
    return set_up(dovecot, inbox_user)


@pytest.fixture
def drop(dovecot, inbox_user):
    """Put mails into the mailbox: drop("one", "two")."""

    def drop(*stories):
        for story in stories:
            dovecot.deliver(inbox_user, letter(story))

    return drop


def set_up(dovecot, user):
    """The mailbox of a user of the server, in the settings."""
    mailbox = Server(
        uid="a" * 16,
        direction="in",
        host=dovecot.host,
        port=dovecot.port,
        security="none",
        username=user,
        sender="breach@training.example",
    )
    mailbox.password = dovecot.password
    db.session.add(mailbox)
    db.session.commit()
    return mailbox


def letter(story):
    name = story.split()[0]
    return (
        f"From: {name}@customer.example\r\nMessage-ID: <{name}@customer.example>\r\n"
        f"Subject: {name}\r\n\r\n{story}\r\n"
    ).encode()


def stories():
    """What the reports say; leaves no transaction open, since SQLite has one writer."""
    db.session.rollback()
    found = [report.story for report in db.session.scalars(select(Report).order_by(Report.id))]
    db.session.rollback()
    return found
