"""The page of a run says how it stands and offers what can be done, to whom may do it."""

import pytest
from bs4 import BeautifulSoup
from sending import PEOPLE

from incidents.db import db, now
from incidents.models import Entry
from notifications import runs
from notifications.models import Attempt, Recipient
from notifications.recipients.addresses import masked
from notifications.sending import outbox
from notifications.words import RETURNS


def progress(browser, notice, **query):
    return browser.get(f"/notices/{notice.uid}/progress", query_string=query).text


def press(browser, notice, what, **data):
    return browser.post(f"/notices/{notice.uid}/{what}", data=data, follow_redirects=True)


def row(number=0):
    db.session.expire_all()
    return db.session.query(Recipient).order_by(Recipient.id).all()[number]


def test_one_press_sends_and_the_page_shows_it(run_of, controller, smtp_sink):
    notice = run_of(3, begin=False)
    assert "Send to 3 people now" in progress(controller, notice)
    page = press(controller, notice, "send")
    assert "0 of 3 letters have left" in page.text and "data-refresh" in page.text
    outbox.deliver()
    assert len(smtp_sink.mails) == 3
    page = progress(controller, notice)
    assert "All 3 letters have left" in page and "data-refresh" not in page


def test_a_second_press_starts_nothing_anew(run_of, controller):
    notice = run_of(1, begin=False)
    press(controller, notice, "send")
    page = press(controller, notice, "send")
    assert "it was started already" in page.text
    assert db.session.query(Entry).filter_by(verb="notice.started").count() == 1


@pytest.mark.parametrize("state", ["queued", "sending", "deferred", "in_doubt"])
def test_the_page_calls_no_run_finished_while_a_letter_is_open(run_of, controller, state):
    notice = run_of(2)
    first = row()
    first.state, first.next_try_at = state, None
    row(1).state = "sent"
    db.session.commit()
    runs.finish_what_is_over(now())
    page = progress(controller, notice)
    assert "have left</h1>" not in page and "No letter is on its way any more" not in page
    assert "1 of 2 letters have left" in page


def test_without_a_server_the_page_says_where_to_set_it_up(run_of, controller, relay):
    notice = run_of(1)
    relay.host = ""
    db.session.commit()
    page = progress(controller, notice)
    assert "No outgoing mail server is set up" in page and "/settings/mail/outgoing" in page


def test_those_not_reached_are_listed_masked_with_the_servers_words(run_of, controller, smtp_sink):
    notice = run_of(2)
    smtp_sink.answers[PEOPLE[0]] = f"550 5.1.1 <{PEOPLE[0]}> unknown"
    outbox.deliver()
    page = progress(controller, notice)
    assert "One person was not reached" in page
    assert masked(PEOPLE[0]) in page and "550 5.1.1" in page
    assert PEOPLE[0] not in page


def test_the_failed_ones_are_sent_again_by_one_press(run_of, controller, smtp_sink):
    notice = run_of(2)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 unknown"
    outbox.deliver()
    smtp_sink.answers.clear()
    assert "One letter is queued again." in press(controller, notice, "resend").text
    outbox.deliver()
    assert len(smtp_sink.mails) == 2


def test_the_button_counts_the_letters_it_sends_again_and_nobody_on_paper(
    run_of, controller, controller_user, smtp_sink
):
    notice = run_of(3, begin=False)
    row().state = "paper"
    runs.start(notice, controller_user, now())
    db.session.commit()
    smtp_sink.answers[PEOPLE[1]] = "550 5.1.1 unknown"
    outbox.deliver()
    page = progress(controller, notice)
    assert "2 people were not reached" in page
    assert "Send the failed letter again" in page
    assert "One letter is queued again." in press(controller, notice, "resend").text


def test_telling_people_in_another_way_asks_how_and_keeps_what_was_typed(
    run_of, controller, smtp_sink
):
    notice = run_of(1)
    smtp_sink.answers[PEOPLE[0]] = "550 5.1.1 unknown"
    outbox.deliver()
    assert press(controller, notice, "told", how="").status_code == 422
    long = "x" * 2001
    assert long in press(controller, notice, "told", how=long).text
    assert "Noted in the file" in press(controller, notice, "told", how="By phone").text
    assert notice.duty.met_at is not None


@pytest.mark.parametrize("to", ["sent", "queued"])
def test_a_letter_in_doubt_is_shown_with_its_id_and_settled(run_of, controller, to):
    notice = run_of(2)
    first = row()
    first.state = "in_doubt"
    db.session.commit()
    page = progress(controller, notice)
    assert "Sending is under way" in page and "in doubt</h1>" not in page
    assert first.message_id.strip("<>") in page
    press(controller, notice, f"people/{first.uid}/settle", to=to)
    assert row().state == to


def test_where_only_doubt_is_left_no_letter_is_called_on_its_way(run_of, controller):
    notice = run_of(2)
    for one in db.session.query(Recipient):
        one.state = "in_doubt"
    db.session.commit()
    for page in (progress(controller, notice), controller.get(f"/notices/{notice.uid}").text):
        assert "2 letters are in doubt</h1>" in page


def test_the_pages_of_a_run_under_way_say_what_is_true_of_each_letter(run_of, controller):
    notice = run_of(6)
    for number, state in enumerate(("sent", "sent", "deferred", "in_doubt")):
        row(number).state = state
        db.session.commit()
    heading = BeautifulSoup(progress(controller, notice), "html.parser").h1.text
    assert heading == "Sending is under way"  # no figure that is over with the next letter
    letter = f"/notices/{notice.uid}"
    page = controller.get(letter).text
    assert "Sending is under way</h1>" in page and "2 of 6 letters have left" in page
    press(controller, notice, "pause")
    assert "Sending is paused</h1>" in controller.get(letter).text
    page = progress(controller, notice, state="deferred")
    assert "3 letters wait." in page  # of the one in doubt nobody knows
    assert "once sending goes on" in page and "Next try" not in page
    press(controller, notice, "cancel")
    page = controller.get(letter).text
    assert "Sending was cancelled</h1>" in page and "2 of 6 letters have left" in page
    for place in ("progress", "otherwise"):  # what cancelling leaves to be done is not hidden
        page = controller.get(f"{letter}/{place}").text
        assert "Draft another letter" in page and "Nobody is left" not in page
    assert "3 people were not told by this letter</h1>" in page


def test_when_the_last_letter_has_left_the_page_does_not_wait_for_the_worker_to_say_so(
    run_of, controller
):
    notice = run_of(2)
    for one in db.session.query(Recipient):
        one.state = "sent"
    db.session.commit()
    assert notice.state == "sending"
    assert "All 2 letters have left</h1>" in progress(controller, notice)


def test_reading_one_persons_row_is_noted_in_the_file(run_of, staff, smtp_sink):
    notice = run_of(1)
    outbox.deliver()
    page = staff.get(f"/notices/{notice.uid}/people/{row().uid}").text
    assert PEOPLE[0] in page and "250 2.0.0 kept" in page
    (entry,) = db.session.query(Entry).filter_by(verb="list.person_read").all()
    assert entry.detail["person"] == row().uid


@pytest.mark.parametrize("outcome", RETURNS)
def test_what_came_back_of_a_letter_is_said_at_the_persons_row(run_of, controller, outcome):
    notice = run_of(1)
    tried = Attempt(recipient_id=row().id, at=now(), worker="mailbox", outcome=outcome)
    db.session.add(tried)
    db.session.commit()
    page = controller.get(f"/notices/{notice.uid}/people/{row().uid}")
    chips = BeautifulSoup(page.text, "html.parser").select("table .chip")
    assert [" ".join(chip.text.split()) for chip in chips] == [RETURNS[outcome]]


def test_a_row_is_found_only_with_its_own_letter(run_of, staff):
    run_of(1)
    assert staff.get(f"/notices/{'0' * 16}/people/{row().uid}").status_code == 404


def test_the_page_of_a_letter_says_who_was_told_once_it_is_over(run_of, controller):
    notice = run_of(3)
    row(0).state = row(1).state = row(2).state = "sent"
    notice.state = "done"
    db.session.commit()
    assert "3 people were told</h1>" in controller.get(f"/notices/{notice.uid}").text
    row(1).state = "failed"
    db.session.commit()
    assert "One person was not reached</h1>" in controller.get(f"/notices/{notice.uid}").text


@pytest.mark.parametrize("what", ["send", "pause", "resume", "cancel", "resend", "settle", "told"])
def test_only_the_controller_decides_about_letters(run_of, staff, what):
    notice = run_of(1)
    assert staff.post(f"/notices/{notice.uid}/{what}").status_code == 403
    assert notice.state == "sending"


def test_pause_go_on_and_cancel_have_a_button_each(run_of, controller):
    notice = run_of(2)
    assert "Sending is paused" in press(controller, notice, "pause").text
    assert "Sending is under way" in press(controller, notice, "resume").text
    assert "Sending was cancelled" in press(controller, notice, "cancel").text
    assert row().state == "cancelled"


def test_the_story_of_the_incident_tells_of_the_run(run_of, controller, smtp_sink):
    notice = run_of(1)
    outbox.deliver()
    page = controller.get(f"/incidents/{notice.incident.reference}").text
    assert "Sending of letter 1 began" in page and "Sending of letter 1 ended" in page
