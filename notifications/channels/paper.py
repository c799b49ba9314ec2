"""Letters on paper to those whom no mail reached, or who have no e-mail address.

A batch holds exactly these people, each with a sheet number that stands on the letter and in the
list. Posted, exactly they count as told, and the duty can be met.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, exists, func, insert, literal, select, update

from incidents import pages
from incidents.audit import record
from incidents.db import db
from incidents.intake import one_line
from incidents.models import User
from incidents.pages import organisation
from incidents.refusal import Refused
from notifications import notices, runs
from notifications.channels import made
from notifications.models import MadeFile, Notice, PaperBatch, PaperLetter, Recipient

PART = 250  # letters in one PDF: about 6 s and 200 MB to set
# Where the window of usual envelopes is. NF Z 11-001: on the right; DIN 5008 form B: on the left.
LAYOUTS = ("DIN", "NF")
RIGHT = ("FR", "LU", "MC", "BE")  # countries, by their authority, where it is on the right
READY = ("approved", "sending", "paused", "done")


def likely_layout() -> str:
    """The layout of the organisation's country."""
    return "NF" if organisation().authority[:2] in RIGHT else "DIN"


def waiting(notice: Notice) -> ColumnElement[bool]:
    """Those not reached by mail or otherwise who are in no batch that is still in hand."""
    in_hand = exists().where(
        PaperLetter.recipient_id == Recipient.id,
        PaperLetter.batch_id == PaperBatch.id,
        PaperBatch.state.in_(("making", "ready")),
    )
    return runs.not_told(notice) & ~in_hand


def count(notice: Notice) -> int:
    """How many letters a batch made now would hold."""
    return db.session.scalar(select(func.count(Recipient.id)).where(waiting(notice))) or 0


def prepare(notice: Notice, layout: str, by: User, at: datetime) -> PaperBatch:
    """Have a letter on paper set for everybody who was not reached. No commit.

    Refused for anybody but a controller, and unless the approval stands: paper says what the
    mails say.
    """
    _only_controller(by)
    runs.hold(notice)
    if layout not in LAYOUTS:
        raise Refused(_("Say where the window of your envelopes is."))
    if notice.state not in READY or not notices.is_approved(notice):
        raise Refused(
            _("The text, the list or the sender is not what was approved. Approve it again.")
        )
    last = db.session.scalar(
        select(func.max(PaperBatch.number)).where(PaperBatch.notice_id == notice.id)
    )
    batch = PaperBatch(
        notice=notice, number=(last or 0) + 1, layout=layout, made_at=at, by=by, state="making"
    )
    db.session.add(batch)
    db.session.flush()
    rows = select(
        literal(batch.id), Recipient.id, func.row_number().over(order_by=Recipient.id)
    ).where(waiting(notice))
    columns = [PaperLetter.batch_id, PaperLetter.recipient_id, PaperLetter.number]
    db.session.execute(insert(PaperLetter).from_select(columns, rows.order_by(Recipient.id)))
    batch.people = (
        db.session.scalar(select(func.count()).where(PaperLetter.batch_id == batch.id)) or 0
    )
    if not batch.people:
        raise Refused(_("Nobody is left to be told on paper."))
    parts = -(-batch.people // PART)
    for part in range(1, parts + 1):
        number = f"{part:03d}-of-{parts:03d}" if parts > 1 else "letters"
        name = f"{notice.incident.reference}-letter-{notice.number}-paper-{batch.number}"
        size = min(PART, batch.people - (part - 1) * PART)
        made.ask(notice, "paper", f"{name}-{number}.pdf", by, at, size, batch=batch, part=part)
    _record("paper.prepared", batch, by, at, layout=layout)
    return batch


def people(batch: PaperBatch, part: int | None = None) -> Iterator[tuple[int, Recipient]]:
    """Sheet number and person, in order, of a batch or one part of it; in flat memory."""
    first, last = 1, batch.people
    if part is not None:
        first, last = (part - 1) * PART + 1, min(part * PART, batch.people)
    query = select(PaperLetter.number, Recipient).join(
        Recipient, Recipient.id == PaperLetter.recipient_id
    )
    query = query.where(PaperLetter.batch_id == batch.id).order_by(PaperLetter.number)
    while first <= last:
        until = min(first + PART - 1, last)
        rows = db.session.execute(query.where(PaperLetter.number.between(first, until))).all()
        yield from rows
        first = until + 1


def posted(batch: PaperBatch, on: date | None, how: str | None, by: User, at: datetime) -> int:
    """Write down that the letters of a batch were posted; exactly these people count as told.

    Returns how many. `on`: the day; `how`: by whom, in which way.
    """
    _only_controller(by)
    _hold(batch)
    how = one_line(how, 500)
    if batch.state != "ready":
        raise Refused(_("These letters are not ready, or they were posted already."))
    if on is None or not how:
        raise Refused(_("Say on which day they were posted, and by whom."))
    zone = ZoneInfo(organisation().time_zone)
    if on > at.astimezone(zone).date():
        raise Refused(_("The day lies in the future. Give the day on which they were posted."))
    if on < batch.made_at.astimezone(zone).date():
        raise Refused(_("These letters did not exist on that day yet. Look at the date again."))
    # At noon of that day; on the day they were made, not before they existed.
    when = min(max(datetime.combine(on, time(12), zone), batch.made_at), at)
    words = _("Letter on paper, posted on %(day)s: %(how)s", day=pages.day(on), how=how)
    batch.state, batch.posted_on, batch.posted = "posted", on, how
    _record("paper.posted", batch, by, at, on=on, how=how)
    these = Recipient.id.in_(
        select(PaperLetter.recipient_id).where(PaperLetter.batch_id == batch.id)
    )
    told = runs.tell_otherwise(batch.notice, words, by, at, among=these, way="paper", when=when)
    _forget_files(batch)
    return told


def drop(batch: PaperBatch, by: User, at: datetime) -> None:
    """Forget a batch that is not posted; its people are free for another one."""
    _only_controller(by)
    _hold(batch)
    if batch.state not in ("making", "ready"):
        raise Refused(_("These letters were posted or dropped already."))
    batch.state = "dropped"
    _forget_files(batch)
    _record("paper.dropped", batch, by, at)


def batches(notice: Notice) -> Sequence[PaperBatch]:
    """The batches of a notice, the newest first."""
    query = select(PaperBatch).where(PaperBatch.notice_id == notice.id)
    return db.session.scalars(query.order_by(PaperBatch.number.desc())).all()


def files(batch: PaperBatch) -> Sequence[MadeFile]:
    """Its parts, in order."""
    query = select(MadeFile).where(MadeFile.batch_id == batch.id)
    return db.session.scalars(query.order_by(MadeFile.part)).all()


def by_hand(batch: PaperBatch) -> dict[str, list[int]]:
    """The sheets to complete: "address", which have no whole one; "signs", on which empty boxes
    stand for signs that no font here can show."""
    found: dict[str, list[int]] = {"address": [], "signs": []}
    for file in files(batch):
        wish = file.wish or {}
        for what, numbers in (wish if isinstance(wish, dict) else {"signs": wish}).items():
            found[what] += numbers
    return found


def again(batch: PaperBatch, by: User, at: datetime) -> None:
    """Set its letters once more, under the same sheet numbers: their files failed or are gone."""
    _only_controller(by)
    _hold(batch)
    if batch.state not in ("making", "ready"):
        raise Refused(_("These letters were posted or dropped already."))
    for file in files(batch):
        if file.state in ("failed", "gone"):
            file.state, file.done = "queued", 0
            batch.state = "making"
    made.jobs.wake_after_commit("made.make")


def _ready(file: MadeFile, _at: datetime) -> None:
    """The batch is ready with its last part."""
    unready = select(func.count()).where(
        MadeFile.batch_id == file.batch_id, MadeFile.id != file.id, MadeFile.state != "ready"
    )
    if not db.session.scalar(unready):
        here = update(PaperBatch).where(PaperBatch.id == file.batch_id)
        db.session.execute(here.where(PaperBatch.state == "making").values(state="ready"))


def _forget_files(batch: PaperBatch) -> None:
    for file in files(batch):
        made.drop(file)


def _hold(batch: PaperBatch) -> None:
    db.session.flush()
    db.session.refresh(batch, with_for_update=True)


def _only_controller(by: User) -> None:
    if not by.is_controller:
        raise Refused(_("Only the controller handles letters on paper."))


def _record(verb: str, batch: PaperBatch, by: User, at: datetime, **detail: object) -> None:
    notice = batch.notice
    more = {"notice": notice.uid, "number": notice.number, "batch": batch.number, **detail}
    record(verb, by=by, at=at, incident=notice.incident, people=batch.people, **more)  # type: ignore[arg-type]


made.finished["paper"] = _ready
