"""Passing on the news that reporters hear of their case, once its hour is over."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from incidents.actions import news, reports
from incidents.db import db, now
from incidents.intake import Draft
from incidents.models import News
from notifications import answers, placing, thread
from notifications.acknowledge import KIND
from notifications.jobs import periodic
from notifications.models import Mail

_HOUR = timedelta(hours=1)
# Mails that go out without anybody having written them: one an hour to one address, all together.
_BY_ITSELF = (KIND, "news")


@periodic(30)
def pass_on(limit: int = 100) -> int:
    """Pass on what is due; commits after each. Returns how many. Safe beside another."""
    at = now()
    due = select(News.id).where(News.state == "waiting", News.goes_at <= at)
    numbers = db.session.scalars(due.order_by(News.goes_at, News.id).limit(limit)).all()
    db.session.commit()
    told = 0
    for number in numbers:
        told += pass_one(number, at)
        db.session.commit()
    return told


def pass_one(number: int, at: datetime) -> bool:
    """Pass on one piece of news, or put it off while its address had a mail within the hour.

    No commit. Returns whether it went.
    """
    row = db.session.get_one(News, number)
    report = row.report
    if report.contact and _written_to(report.contact_key, at):
        row.goes_at = at + _HOUR
        return False
    claim = update(News).where(News.id == number, News.state == "waiting", News.goes_at <= at)
    if db.session.execute(claim.values(state="sent").returning(News.id)).scalar() is None:
        return False
    db.session.refresh(row)
    if not news.reachable(report):
        row.state = "withheld"
        return False
    text = row.text or words(row.kind, row)
    draft = Draft("staff", f"news:{row.uid}", text.encode(), text, report.language)
    reports.add_message(report, draft, at, by="worker", direction="out")
    if report.contact and report.contact.strip().casefold() not in placing.own_addresses():
        answers.tell(report, text, at)
    return True


def words(kind: str, row: News) -> str:
    """What the template says, in the language of its reporter."""
    return thread.words(kind, row.report)[1].strip()


def _written_to(address_key: str | None, at: datetime) -> bool:
    mails = select(func.count()).where(Mail.address_key == address_key, Mail.kind.in_(_BY_ITSELF))
    return bool(db.session.scalar(mails.where(Mail.made_at > at - _HOUR)))
