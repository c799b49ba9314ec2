"""Whom no mail reached and who was told in another way is not shown as knowing nothing."""

from datetime import datetime, time, timedelta

from sending import PEOPLE

from incidents.db import db, now
from incidents.pages import zone
from notifications import runs
from notifications.channels import paper
from notifications.models import PaperBatch, Recipient
from notifications.recipients.listing import key_of
from notifications.sending import outbox


def missed_one(run_of, smtp_sink):
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 No such user"
    notice = run_of(3)
    outbox.deliver()
    return notice


def test_the_page_of_a_run_says_that_everybody_was_told(
    run_of, smtp_sink, controller, controller_user
):
    notice = missed_one(run_of, smtp_sink)
    url = f"/notices/{notice.uid}/progress"
    assert "These people do not know yet" in controller.get(url).text
    runs.tell_otherwise(notice, "Called at ten.", controller_user, now(), way="phone")
    db.session.commit()

    page = controller.get(url).text
    assert "Everybody was told, some in another way" in page
    assert "do not know yet" not in page and "All 3 letters have left" not in page


def test_how_letters_were_posted_is_left_out_once_it_is_erased(
    run_of, smtp_sink, controller, controller_user, monkeypatch
):
    monkeypatch.setattr("notifications.notices.is_approved", lambda _notice: True)
    notice = missed_one(run_of, smtp_sink)
    paper.prepare(notice, "DIN", controller_user, now())
    batch = db.session.query(PaperBatch).one()
    batch.state, batch.posted_on, batch.posted = "posted", now().date(), None
    db.session.commit()

    page = controller.get(f"/notices/{notice.uid}/otherwise").text
    assert "Posted on" in page and "None" not in page


def test_nobody_is_told_by_a_letter_before_it_was_made(
    run_of, smtp_sink, controller_user, monkeypatch
):
    monkeypatch.setattr("notifications.notices.is_approved", lambda _notice: True)
    notice = missed_one(run_of, smtp_sink)
    late = datetime.combine(now().date(), time(21), zone())
    batch = paper.prepare(notice, "DIN", controller_user, late)
    batch.state = "ready"
    paper.posted(batch, late.date(), "by our office", controller_user, late + timedelta(hours=1))

    told = db.session.query(Recipient).filter_by(address_key=key_of(PEOPLE[1])).one()
    assert told.told_at == late
