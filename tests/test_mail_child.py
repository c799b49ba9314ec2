"""The child that reads mail is replaced when it hangs, dies or grows, and knows no secret."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from notifications.reading.child import MEGABYTE, ROOT, Reader

HEAD = b"From: a@b.example\nSubject: s\n"
FILE_LIMIT = 25 * MEGABYTE


def test_a_child_that_takes_too_long_is_replaced_and_the_mail_is_skimmed():
    reader = Reader(seconds=0.5)
    try:
        reader.read(HEAD + b"\nfirst", FILE_LIMIT)
        stuck = reader.process
        os.kill(stuck.pid, signal.SIGSTOP)  # as a parser that never ends
        second = reader.read(HEAD + b"\nsecond", FILE_LIMIT)
        reader.seconds = 6
        third = reader.read(HEAD + b"\nthird", FILE_LIMIT)
    finally:
        reader.close()

    assert second.trouble == "reading it took too long"
    assert second.get("text").strip() == "second"
    assert (third.trouble, third.get("text")) == (None, "third")
    assert stuck.poll() is not None


def test_a_child_that_was_killed_is_replaced():
    reader = Reader()
    try:
        reader.read(HEAD + b"\nfirst", FILE_LIMIT)
        reader.process.kill()
        reader.process.wait()
        second = reader.read(HEAD + b"\nsecond", FILE_LIMIT)
    finally:
        reader.close()

    assert (second.trouble, second.get("text")) == (None, "second")


class Unlucky(Reader):
    """A reader whose first children are killed as soon as they are asked."""

    def __init__(self, deaths):
        super().__init__()
        self.deaths = deaths

    def _child(self):
        process = super()._child()
        if self.deaths:
            self.deaths -= 1
            process.kill()
            process.wait()
        return process


WITH_FILE = (
    HEAD + b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n"
    b"--x\n\nhello\n--x\nContent-Type: text/csv\n"
    b"Content-Disposition: attachment; filename=a.csv\n\n1,2\n--x--\n"
)


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_child_that_was_killed_over_a_mail_costs_it_no_files_but_one_that_dies_again_does(deaths):
    reader = Unlucky(deaths)
    try:
        reading = reader.read(WITH_FILE, FILE_LIMIT)
    finally:
        reader.close()

    assert "hello" in reading.get("text")
    if deaths == 1:
        assert reading.trouble is None and [f.strip() for f in reading.files] == [b"1,2"]
    else:
        assert reading.trouble == "the reader died over it" and reading.files == []


def test_a_mail_that_needs_too_much_memory_is_skimmed():
    reader = Reader(memory=120 * MEGABYTE)
    try:
        reading = reader.read(HEAD + b"\nhello\n" + b"a" * 100 * MEGABYTE, FILE_LIMIT)
        after = reader.read(HEAD + b"\nafter", FILE_LIMIT)
    finally:
        reader.close()

    assert reading.trouble
    assert "hello" in reading.get("text")
    assert (after.trouble, after.get("text")) == (None, "after")


def test_the_child_knows_no_setting_and_no_secret(monkeypatch):
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "x" * 40)
    fresh = Reader()
    try:
        fresh.read(HEAD + b"\nhi", FILE_LIMIT)
        environment = Path(f"/proc/{fresh.process.pid}/environ").read_bytes()
    finally:
        fresh.close()

    assert b"PATH" in environment
    assert b"TOCSIN" not in environment


def test_the_child_loads_nothing_that_it_does_not_need():
    """It is started again after every mail that kills it, so it must start fast."""
    program = "import sys, notifications.reading.__main__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()

    assert "notifications.reading.letter" in loaded
    assert {"flask", "sqlalchemy", "flufl.bounce"}.isdisjoint(loaded)
