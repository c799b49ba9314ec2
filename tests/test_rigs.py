"""The rigs of `make bench` and `make sweep` still run, and their checkers see what is planted."""

import os
import sys

import pytest

from benchmarks import sink
from benchmarks.people import people
from benchmarks.sweep.letters_checker import check
from benchmarks.verify import Arrived, dump, faults
from incidents.db import db
from notifications import jobs
from notifications.sending import outbox

PEOPLE = list(people(3))


def uid(number):
    return f"{number:016x}"


def mail(number, **other):
    person = PEOPLE[number]
    parts = tuple(f"{form} {person.name}" for form in ("text", "html"))
    values = {"recipients": (person.address,), "to": person.address, "parts": parts}
    values["message_id"] = f"<l-{uid(number)}-0-ab@training.example>"
    return Arrived(**{"complete": True, **values, **other})


ALL = [mail(number) for number in range(3)]
SENT = {uid(number): "sent" for number in range(3)}


def judged(rows=SENT, mails=ALL, notice="done", answered=SENT, allowed=0):
    return check(rows, notice, answered, mails, PEOPLE, allowed)


def test_a_run_in_which_all_went_well_has_no_fault():
    verdict = judged()
    assert (verdict.bad, verdict.sent, verdict.in_doubt) == (0, 3, 0)
    assert faults(ALL, PEOPLE) == []


def test_the_checker_finds_a_planted_loss():
    assert judged(mails=ALL[:2]).lost == 1
    assert judged(rows=dict(list(SENT.items())[:2])).missing == 1
    assert (
        judged(rows=SENT | {uid(1): "queued"}, mails=[ALL[0], ALL[2]], notice="sending").stuck == 1
    )
    assert faults(ALL[:2], PEOPLE) == [f"no mail to {PEOPLE[2].address}"]


def test_a_text_that_was_cut_off_counts_as_lost():
    assert judged(mails=[*ALL[:2], mail(2, complete=False)]).lost == 1


def test_the_checker_finds_a_planted_double():
    assert judged(mails=[*ALL, ALL[1]]).copies == 1
    assert len(faults([*ALL, ALL[1]], PEOPLE)) == 2  # two mails, and one Message-ID twice


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipients": (PEOPLE[1].address,)},
        {"recipients": (PEOPLE[0].address, PEOPLE[1].address)},
        {"to": PEOPLE[1].address},
        {"parts": (f"text {PEOPLE[0].name}", "html Somebody")},
        {"message_id": "<other@training.example>"},
    ],
    ids=["envelope", "two", "to", "name", "id"],
)
def test_the_checker_finds_a_planted_wrong_recipient(wrong):
    assert judged(mails=[mail(0, **wrong), *ALL[1:]]).wrong >= 1


def test_more_in_doubt_than_connections_is_found():
    rows = dict.fromkeys(SENT, "in_doubt")
    verdict = judged(rows=rows, notice="sending", answered=(), allowed=2)
    assert (verdict.in_doubt, verdict.doubt_taken, verdict.excess, verdict.bad) == (3, 3, 1, 1)
    assert judged(rows=rows, notice="done", answered=(), allowed=3).unfinished == 1


def test_a_letter_without_the_servers_answer_is_found():
    assert judged(answered=list(SENT)[:2]).silent == 1


def test_our_sender_and_the_rigs_sink_understand_each_other(run_of, relay, tmp_path, monkeypatch):
    notice = run_of(3)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    from benchmarks import tools

    with tools.slow_sink(commit=0.001, dump=tmp_path / "dump") as port:
        relay.port = port
        db.session.commit()
        outbox.deliver()
    mails = dump(tmp_path / "dump")
    assert [one.recipients for one in mails] == [(one.to,) for one in mails]
    assert len({one.message_id for one in mails}) == 3
    assert (notice.state, sink.END) == ("done", b"\r\n.\r\n")


def test_a_forked_worker_keeps_its_name():
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, f"{jobs.name()} {jobs.name()}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    first, second = os.read(reading, 1000).decode().split()
    assert first == second != jobs.name()
