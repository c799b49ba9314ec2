"""SQLite has one writer at a time; those of one process wait in line for it, and all get there."""

import threading
import time
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from incidents.db import Turn, db


@pytest.fixture
def writer(app):
    """Opens connections that do not wait within SQLite itself."""
    engine = db.engine

    @contextmanager
    def opened():
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.rollback()
            yield connection

    db.session.rollback()
    return opened


def test_writers_of_one_process_wait_for_each_other(writer):
    done = []

    def write(number):
        with writer() as connection:
            for _ in range(20):
                connection.execute(text("UPDATE organisation SET version = version + 1"))
                connection.commit()
        done.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(6))
    with writer() as connection:
        assert connection.scalar(text("SELECT version FROM organisation")) == 121


def test_a_writer_that_waited_too_long_is_told_and_holds_up_nobody(writer, monkeypatch):
    with writer() as first, writer() as second:
        first.execute(text("UPDATE organisation SET name = 'First'"))
        monkeypatch.setattr("incidents.db.PATIENCE", 0.05)
        with pytest.raises(OperationalError):
            second.execute(text("UPDATE organisation SET name = 'Second'"))
        first.rollback()
        second.rollback()
        second.execute(text("UPDATE organisation SET name = 'Second'"))
        second.commit()


def test_writers_have_their_turns_in_the_order_in_which_they_came():
    turn, had = Turn(), []
    assert turn.take(0)

    def wait(name):
        assert turn.take(60)
        had.append(name)
        turn.give()

    waiting = [threading.Thread(target=wait, args=(number,)) for number in range(4)]
    for number, thread in enumerate(waiting):
        thread.start()
        while len(turn._line) <= number:
            time.sleep(0.001)
    turn.give()
    again = turn.take(60)  # whoever had it and asks once more comes after those who waited
    had.append("again")
    for thread in waiting:
        thread.join(60)
    assert again and had == [0, 1, 2, 3, "again"]


def test_who_gives_up_waiting_stands_in_nobodys_way():
    turn = Turn()
    assert turn.take(0) and not turn.take(0.01)
    turn.give()
    assert turn.take(0)
