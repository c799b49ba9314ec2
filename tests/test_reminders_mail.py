"""What a reminder says is true when it leaves, and holds no word of the case."""

import re

from clockwork import HOUR, MONDAY
from sqlalchemy import select

from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Entry
from notifications import post
from notifications.models import Mail, Reminder

SAM, CLEO = "sam", "cleo"
LEFT = "h left to tell the authority"


def rows(step):
    return db.session.scalars(select(Reminder).where(Reminder.step == step)).all()


def test_a_mail_that_waited_for_its_server_says_what_is_true_when_it_leaves(
    case, worker, smtp_sink, clock
):
    incident = case(aware=MONDAY)
    worker.at(MONDAY + 36 * HOUR)
    smtp_sink.stop()
    assert worker.at(MONDAY + 48 * HOUR) == []
    smtp_sink.start()

    found = worker.at(MONDAY + 55 * HOUR)

    assert found == [(one, f"[{incident.reference}] 17 {LEFT}", "10:07") for one in (CLEO, SAM)]
    assert [row.late for row in rows("-24")] == [True, True]


def test_a_mail_that_waited_until_all_was_settled_does_not_leave(
    case, worker, smtp_sink, staff_user, clock
):
    incident = case(aware=MONDAY, decided=(True, False))
    smtp_sink.stop()
    worker.at(MONDAY + 36 * HOUR)
    duties.meet(incident.duties[0], now(), "Reference 4711", staff_user, now())
    other = post.queue_mail("test", "karim@customer.example", "A test", "Hello", now())
    db.session.commit()
    smtp_sink.start()
    clock.move_to(MONDAY + 37 * HOUR)

    post.deliver()

    assert [mail.recipients for mail in smtp_sink.mails] == [("karim@customer.example",)]
    rows = db.session.scalars(select(Mail).where(Mail.kind == "reminder")).all()
    assert {(row.state, row.content) for row in rows} == {("cancelled", None)}
    assert other.state == "sent"


def test_a_reminder_speaks_the_language_of_its_reader(case, worker, smtp_sink, controller_user):
    case(aware=MONDAY)
    controller_user.language = "fr"
    db.session.commit()
    worker.at(MONDAY + 48 * HOUR)

    words = {mail.recipients[0]: mail.message for mail in smtp_sink.mails}
    french = words["cleo@training.example"]
    assert "notifier à l’autorité" in french["Subject"]
    assert "(UTC+01:00), Europe/Paris" in french.get_content() and "jeudi" in french.get_content()
    assert "Thursday" in words["sam@training.example"].get_content()


def test_a_reminder_says_what_is_due_by_when_and_why_and_no_word_of_the_case(
    case, worker, smtp_sink, report, staff_user
):
    report.story = "CANARY words"
    incident = case("CANARY title", aware=MONDAY)
    incident.summary = incident.data = incident.people = "CANARY words"
    other = case("CANARY other")
    db.session.commit()
    worker.at(MONDAY + 36 * HOUR)

    mail = next(mail for mail in smtp_sink.mails if incident.reference in mail.message["Subject"])
    words = mail.message.get_content()
    assert "CANARY" not in mail.raw.decode()
    assert f"/incidents/{incident.reference}/decision" in words
    assert "Thursday 26 November 2026, 10:07 (UTC+01:00), Europe/Paris" in words
    assert "GDPR Art. 33(1)" in words
    assert f"[{other.reference}] Say when we became aware" in words  # the other clocks
    assert mail.message["Auto-Submitted"] == "auto-generated"


def test_the_other_clocks_stand_the_worst_first(case, worker, smtp_sink, clock):
    clock.move_to(MONDAY - 80 * HOUR)
    late, unaware = case(aware=now()), case()
    clock.move_to(MONDAY - 60 * HOUR)
    soon = case(aware=now())
    clock.move_to(MONDAY)
    this = case(aware=MONDAY - 36 * HOUR)
    clock.move_to(MONDAY + 1 * HOUR)
    calm = case(aware=now())
    worker.at(MONDAY + 2 * HOUR)

    mail = next(one for one in smtp_sink.mails if this.reference in one.message["Subject"])
    others = mail.message.get_content().partition("most pressing first")[2]
    assert re.findall(r"BR-2026-\d+", others) == [
        one.reference for one in (late, soon, unaware, calm)
    ]


def test_the_story_tells_what_was_reminded_of(case, worker, staff):
    incident = case(aware=MONDAY)
    worker.at(MONDAY + 48 * HOUR)

    page = staff.get(f"/incidents/{incident.reference}").text
    assert "Reminder to tell the authority, sent to 2 people" in page
    entries = select(Entry).where(Entry.verb.like("reminder.sent%"))
    assert [row.verb for row in db.session.scalars(entries)] == [
        "reminder.sent_late",  # half time, at hour 36
        "reminder.sent",
    ]
