"""What a worker was about to do outlives the worker, and is believed as far as it may be."""

import os
import subprocess
import sys

import pytest
from conftest import ROOT

from notifications.sending import journal
from notifications.sending.journal import Journal, left


def found(folder):
    out = []
    for one in left(folder):
        out.append((one.lease, one.reliable, dict(one.steps)))
    return out


def written(folder, lease="host:1:ab/0"):
    """A journal as a worker leaves it that dies."""
    one = Journal(folder, lease)
    one.begun(1, 1)
    one.begun(2, 4)
    one.taken(1, 1, "250 2.0.0 Ok: queued as 4F")
    one.begun(3, 1)
    one.answered(3, 1)
    one.flush()
    return one


def die(one):
    os.close(one._file)


def test_of_each_letter_the_last_step_is_known(tmp_path):
    die(written(tmp_path))
    assert found(tmp_path) == [
        (
            "host:1:ab/0",
            True,
            {
                (1, 1): ("taken", "250 2.0.0 Ok: queued as 4F"),
                (2, 4): ("begun", ""),
                (3, 1): ("answered", ""),
            },
        )
    ]


def test_a_living_worker_keeps_its_journal_to_itself(tmp_path):
    one = written(tmp_path)
    assert found(tmp_path) == []
    die(one)
    assert len(found(tmp_path)) == 1


def test_of_books_that_are_closed_or_whose_worker_was_killed_nothing_is_left(tmp_path):
    with journal.books(tmp_path, "a/1"), journal.books(tmp_path, "b/1"):
        (tmp_path / "c_1.books").touch()
        assert found(tmp_path) == []
        assert {path.name for path in tmp_path.iterdir()} == {"a_1.books", "b_1.books"}
    assert list(tmp_path.iterdir()) == []


def test_a_killed_process_leaves_its_steps(tmp_path):
    code = (
        "import os, signal, pathlib, sys\n"
        "from notifications.sending.journal import Journal\n"
        "one = Journal(pathlib.Path(sys.argv[1]), 'x')\n"
        "one.begun(7, 2); one.flush()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], cwd=ROOT, check=False)
    assert found(tmp_path) == [("x", True, {(7, 2): ("begun", "")})]


def test_after_a_power_cut_what_it_does_not_say_is_not_believed(tmp_path, monkeypatch):
    die(written(tmp_path))
    monkeypatch.setattr(journal, "boot_id", lambda: "another")
    ((_, reliable, steps),) = found(tmp_path)
    assert not reliable and steps[1, 1][0] == "taken"


def test_where_nothing_names_the_boot_it_is_not_believed_either(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "BOOT", tmp_path / "none")
    die(written(tmp_path))
    ((lease, reliable, _),) = found(tmp_path)
    assert (lease, reliable) == ("host:1:ab/0", False)


def test_a_line_that_was_not_written_whole_does_not_count(tmp_path):
    one = written(tmp_path)
    os.write(one._file, b"t 2 4 250")
    die(one)
    ((_, _, steps),) = found(tmp_path)
    assert steps[2, 4] == ("begun", "")


def test_each_claim_of_a_row_is_an_attempt_of_its_own(tmp_path):
    """What stands there of an earlier one says nothing about a later one."""
    one = written(tmp_path)
    one.settled([1])
    one.begun(1, 2)
    one.flush()
    die(one)
    ((_, _, steps),) = found(tmp_path)
    assert steps[1, 1][0] == "taken" and steps[1, 2] == ("begun", "") and (1, 3) not in steps


def test_a_journal_of_an_older_version_is_not_believed(tmp_path):
    """Its lines had no attempt: "t 7 250 ok" would be the 250th."""
    path = tmp_path / "old.journal"
    path.write_text(f"tocsin {journal.boot_id()} host:1:ab/0\nc 7\nb 7\nt 7 250 ok\n")
    assert found(tmp_path) == [("host:1:ab/0", False, {})]


def test_what_is_settled_makes_room_and_what_is_open_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "LIMIT", 1000)
    one = Journal(tmp_path, "x")
    one.begun(0, 1)
    for number in range(1, 500):
        one.begun(number, 1)
        one.taken(number, 1, "250 ok")
        one.flush()
        one.settled([number])
        assert one.path.stat().st_size < 1100
        assert found(tmp_path) == []  # still its own
    die(one)
    assert found(tmp_path)[0][2][0, 1] == ("begun", "")


def test_an_address_in_an_answer_is_not_written_down(tmp_path):
    one = Journal(tmp_path, "x")
    one.taken(1, 1, "250 2.1.5 <ada@people.example> ok")
    one.flush()
    assert b"ada" not in one.path.read_bytes()
    assert one.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("settled", [False, True])
def test_in_good_order_nothing_is_left_lying_about(tmp_path, settled):
    """Not even for letters that were claimed and of which nothing was noted."""
    Journal(tmp_path, "x").close(settled)
    assert bool(list(tmp_path.iterdir())) is not settled
