"""What servers said of each letter, wherever it is written down."""

from sending import deliver, tried
from sqlalchemy import event, select

from incidents.db import db, now
from notifications import tries
from notifications.models import Attempt, Recipient, Taken
from notifications.models.tries import BLOCK
from notifications.recipients import purge


def test_each_letter_of_a_long_list_finds_its_own_answer(notice):
    at = now()
    rows = range(5, 2 * BLOCK + 7, 3)
    tries.note_taken([(notice.id, row, f"250 queued as {row}") for row in rows], "a", at)
    tries.note_taken([(notice.id, 8, "250 once more")], "b", at)
    db.session.commit()

    found = tries.of(notice.id, [4, 5, BLOCK - 1, *rows[-2:]])
    said = {row: [one.answer for one in ones] for row, ones in found.items()}
    wanted = [5, *rows[-2:], *({BLOCK - 1} & {*rows})]
    assert said == {row: [f"250 queued as {row}"] for row in wanted}
    assert [one.worker for one in tries.of(notice.id, [8])[8]] == ["a", "b"]
    assert tries.of(notice.id + 1, [5]) == {}
    counts = db.session.scalars(select(Taken.count).order_by(Taken.id)).all()
    assert sum(counts) == len(rows) + 1 and len(counts) == 4


def test_what_an_older_version_noted_is_told_too(run_of):
    notice = run_of(1)
    row = db.session.scalar(select(Recipient.id))
    old = Attempt(recipient_id=row, at=now(), worker="old", outcome="sent")
    old.answer = "250 then"
    db.session.add(old)
    db.session.commit()
    deliver()
    assert [(one.outcome, one.answer) for one in tried(0)] == [
        ("sent", "250 then"),
        ("sent", "250 2.0.0 kept"),
    ]
    assert notice.state == "done"


def test_with_the_list_the_words_of_servers_go_and_the_tries_stay(run_of, controller_user):
    notice = run_of(3)
    deliver()
    for _part in purge.forget_answers(notice.list_key):
        pass
    purge.purge(notice.list_key, controller_user, now())
    db.session.commit()
    assert [(one.outcome, one.answer) for one in tried(1)] == [("sent", None)]


def test_the_words_of_a_slow_run_are_forgotten_many_at_a_time(notice):
    for row in range(1200):  # each letter was noted by itself
        tries.note_taken([(notice.id, row, f"250 queued as {row}")], "a", now())
    db.session.commit()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *of: asked.append(of))
    for _part in tries.forget_answers(notice.id):
        pass
    assert len(asked) < 20
    found = tries.of(notice.id, [0, 700, 1199])
    assert [one.answer for ones in found.values() for one in ones] == [None] * 3
