"""What was tried to reach people, wherever it is written down."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from incidents.db import db
from notifications.models import Attempt, Taken
from notifications.models.tries import BLOCK

PART = 500  # rows of letters taken over that are changed together; a slow run has many


class Try(NamedTuple):
    """One try to reach a person; `worker`: who tried; `answer`: the server's words, None once they
    were purged."""

    at: datetime
    outcome: str
    answer: str | None
    worker: str


def note_taken(letters: Sequence[tuple[int, int, str]], worker: str, at: datetime) -> None:
    """Write down letters that a server took over: notice, row, the server's words. No commit."""

    def block(letter: tuple[int, int, str]) -> tuple[int, int]:
        return letter[0], letter[1] // BLOCK

    for (notice, number), some in groupby(sorted(letters), block):
        answers = {str(row): answer for _, row, answer in some}
        taken = Taken(notice_id=notice, block=number, at=at, worker=worker, count=len(answers))
        taken.answers = answers
        db.session.add(taken)


def of(notice: int, rows: Sequence[int]) -> dict[int, list[Try]]:
    """All tries of these letters of one notice, by row, the first first."""
    found: defaultdict[int, list[Try]] = defaultdict(list)
    attempts = select(
        Attempt.recipient_id, Attempt.uid, Attempt.at, Attempt.outcome, Attempt.answer_sealed,
        Attempt.worker,
    )  # fmt: skip
    single = attempts.where(Attempt.recipient_id.in_(rows)).order_by(Attempt.id)
    for row, uid, at, outcome, sealed, worker in db.session.execute(single):
        found[row].append(Try(at, outcome, Attempt.answer.open(sealed, uid), worker))
    together = select(Taken.uid, Taken.at, Taken.answers_sealed, Taken.worker).where(
        Taken.notice_id == notice, Taken.block.in_({row // BLOCK for row in rows})
    )
    wanted = {str(row): row for row in rows}
    for uid, at, sealed, worker in db.session.execute(together):
        answers = Taken.answers.open(sealed, uid)
        for name in wanted.keys() & answers.keys():
            found[wanted[name]].append(Try(at, "sent", answers[name], worker))
    for tries in found.values():
        tries.sort(key=lambda one: one.at)
    return found


def forget_answers(notice: int) -> Iterator[None]:
    """Keep of what servers said when they took letters over no more than whose they took: a part
    with each step, which may be a transaction of its own, since others wait to write. No commit."""
    last, query = 0, select(Taken).where(Taken.notice_id == notice).order_by(Taken.id).limit(PART)
    while rows := db.session.scalars(query.where(Taken.id > last)).all():
        for taken in rows:
            taken.answers = dict.fromkeys(taken.answers)
        db.session.flush()
        last = rows[-1].id
        for taken in rows:  # of a million people all together would take a lot of room
            db.session.expunge(taken)
        yield
