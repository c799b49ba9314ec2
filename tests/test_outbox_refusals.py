"""Whoever was not reached stands open; and a server that refuses us is asked no further."""

import pytest
from filing import answers
from flask_babel import force_locale
from sending import PEOPLE, claim_one, deliver, entries, mark_one, row, states
from sqlalchemy import select

from incidents.db import db, now
from incidents.refusal import Refused
from notifications import notices, returns, runs
from notifications.models import Recipient
from notifications.recipients import listing
from notifications.recipients.person import Person
from notifications.relay import Outcome


def test_a_refused_person_fails_alone_and_keeps_the_duty_open(run_of, smtp_sink):
    notice = run_of(3)
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 no such user"
    deliver()
    assert states(notice) == ["sent", "failed", "sent"]
    assert notice.state == "done" and runs.missed(notice) == 1
    assert notice.duty.met_at is None
    assert row(1).answer == "550 5.1.1 no such user"


def test_only_the_failed_ones_are_sent_again_under_the_same_id(run_of, smtp_sink, controller_user):
    notice = run_of(3)
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 no such user"
    deliver()
    del smtp_sink.answers[PEOPLE[1]]

    assert runs.resend_failed(notice, controller_user, now()) == 1
    db.session.commit()
    assert notice.state == "sending"
    deliver()

    assert len(smtp_sink.mails) == 3
    (again,) = smtp_sink.to(PEOPLE[1])
    assert again.message["Message-ID"] == row(1).message_id
    assert notice.state == "done" and notice.duty.met_at is not None


def test_people_told_in_another_way_meet_the_duty(run_of, smtp_sink, controller_user):
    notice = run_of(2)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 no such user"
    deliver()
    with pytest.raises(Refused):
        runs.tell_otherwise(notice, "  ", controller_user, now())
    assert runs.tell_otherwise(notice, "By phone, by Cleo", controller_user, now()) == 1
    db.session.commit()
    assert states(notice) == ["failed", "sent"] and row(0).told == "By phone, by Cleo"
    assert notice.duty.met_at is not None
    assert entries("notice.told_otherwise")[0]["how"] == "By phone, by Cleo"


def test_the_authority_is_told_how_many_people_the_letters_told(run_of, smtp_sink, controller_user):
    notice = run_of(3)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 no such user"
    deliver()
    assert not answers(notice.incident)["informed_count"].arises  # not everybody yet
    again = notices.draft(notice.incident, notice.duty, controller_user, now())
    listing.add(again, PEOPLE[1], None, "en", controller_user, now())
    runs.tell_otherwise(notice, "By phone, by Cleo", controller_user, now())
    db.session.commit()
    told = answers(notice.incident)
    assert (told["informed"].answer, told["informed_count"].answer) == (
        "Yes, they have been told",
        "3",
    )
    with force_locale("fr"):  # the language of the reader of the page is none of the form's
        assert "Letter 1 to 3 people" in answers(notice.incident)["informed_means"].answer
    again.started_at = now()
    (row,) = db.session.scalars(select(Recipient).where(Recipient.notice_id == again.id))
    row.state = "sent"
    assert answers(notice.incident)["informed_count"].answer == "3"  # whom two letters told is one


def test_a_deferred_letter_keeps_the_run_open_until_it_has_left(run_of, smtp_sink, later):
    notice = run_of(2)
    smtp_sink.answers[PEOPLE[0]] = "450 4.2.1 greylisted"
    deliver()
    assert (notice.state, states(notice)) == ("sending", ["deferred", "sent"])
    assert deliver().total == 0
    del smtp_sink.answers[PEOPLE[0]]
    later(minutes=2)
    deliver()
    assert (notice.state, states(notice)) == ("done", ["sent", "sent"])


def test_a_letter_is_given_up_after_five_days(run_of, smtp_sink):
    notice = run_of(1)
    row(0).attempts = 33
    db.session.commit()
    smtp_sink.answers[PEOPLE[0]] = "450 4.2.1 later"
    deliver()
    assert states(notice) == ["failed"]


def test_ten_refusals_in_a_row_pause_the_run(run_of, smtp_sink):
    notice = run_of(12)
    smtp_sink.answers |= dict.fromkeys(PEOPLE, "554 5.7.1 blocked")
    deliver()
    assert (notice.state, notice.pause_reason) == ("paused", "refusals")
    assert states(notice) == ["failed"] * 10 + ["queued"] * 2


def test_refusals_with_letters_between_them_do_not_pause_the_run(run_of, smtp_sink):
    notice = run_of(12)
    bad = [one for one in PEOPLE if one != PEOPLE[5]]
    smtp_sink.answers |= dict.fromkeys(bad, "550 5.1.1 no such user")
    deliver()
    assert notice.state == "done" and states(notice).count("failed") == 11


def test_a_refusal_of_the_sender_pauses_the_run_and_fails_nobody(
    run_of, relay, smtp_sink, controller_user
):
    notice = run_of(3)
    smtp_sink.answers |= dict.fromkeys(PEOPLE, "550 5.1.8 sender domain not found")
    deliver()
    assert (notice.state, notice.pause_reason) == ("paused", "sender")
    assert states(notice) == ["queued"] * 3
    smtp_sink.answers.clear()
    runs.resume(notice, controller_user, now())
    db.session.commit()
    assert deliver().sent == 3


def test_a_letter_that_comes_back_opens_the_duty_again(run_of):
    notice = run_of(1)
    deliver()
    assert notice.duty.met_at is not None
    runs.came_back(notice, now())
    db.session.commit()
    assert notice.duty.is_open


def test_a_letter_that_comes_back_before_we_noted_that_it_left_stays_failed(run_of):
    notice = run_of(1)
    number = claim_one(now())
    said = {"recipient": PEOPLE[0], "outcome": "hard", "status": "5.1.1", "reason": "nobody"}
    returned = {"rows": [{**said, "said": "nobody", "final": True}]}
    returns.apply([("letter", row(0).uid)], returned, now())
    mark_one(number, Outcome("sent", "250 kept"), now())
    db.session.commit()
    assert states(notice) == ["failed"]


def test_the_command_fails_when_a_letter_failed(run_of, run, smtp_sink):
    run_of(1)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 no such user"
    result = run("mail", "send")
    assert (result.output, result.exit_code) == ("0 sent, 1 failed\n", 1)


def test_a_letter_that_cannot_be_written_holds_up_nobody(run_of, smtp_sink):
    notice = run_of(2)
    broken = row(0)
    broken.person = Person("not\nan address")
    notice.approval = notices.fingerprint(notice).hash
    db.session.commit()
    deliver()
    assert states(notice) == ["failed", "sent"]
    assert len(smtp_sink.mails) == 1


def test_what_came_back_is_told_in_words_where_the_controller_looks(run_of, controller):
    notice = run_of(1)
    deliver()
    said = {"recipient": PEOPLE[0], "outcome": "hard", "status": "5.2.2", "reason": "full"}
    returned = {"rows": [{**said, "said": "552 5.2.2 over quota", "final": True}]}
    returns.apply([("letter", row(0).uid)], returned, now())
    db.session.commit()
    case, letter = f"/incidents/{notice.incident.reference}", f"/notices/{notice.uid}"
    text = controller.get(f"{case}/decision", headers={"Accept-Language": "fr"}).text
    assert "De nouveau à faire" in text and "Une lettre est revenue." in text
    assert "Voir les lettres" in text and "Rédiger les lettres" not in text
    for page in (f"{letter}/people/{row(0).uid}", f"{letter}/progress?state=failed", case):
        assert "The mailbox is full." in controller.get(page).text
    notice.duty.met_at = now()
    db.session.commit()
    assert "Due again" not in controller.get(f"{case}/decision").text
