"""Reminders do not stop, and each goes once: by what is due and was not sent, not by the hour."""

from datetime import timedelta

import pytest
from clockwork import HOUR, MONDAY, be_aware, decide, in_order

from incidents import audit
from incidents.actions import cases, duties
from incidents.db import db, now
from incidents.models import Organisation
from notifications import reminders

SAM, CLEO, DORA = "sam", "cleo", "dora"
LEFT, NOW = "h left to tell the authority", "Tell the authority now"
LATE = "h late: tell the authority now"


def duty(incident, kind):
    return next(one for one in incident.duties if one.kind == kind and one.is_open)


def test_ten_hours_without_a_worker_bring_each_missed_reminder_once(
    case, worker, clock, staff_user, controller_user
):
    """The drill: three duties, one clock before its decision, one before awareness, one that is
    met. Hours are counted from Monday; the mails say times in Paris, an hour ahead of UTC."""
    clock.move_to(MONDAY - 20 * HOUR)
    told = case(aware=now())  # due at hour 52
    done = case(aware=now(), decided=(True, False))
    clock.move_to(MONDAY)
    undecided = case(aware=now())  # due at hour 72
    duties.meet(duty(done, "authority"), now(), "Reference 4711", staff_user, now())
    db.session.commit()
    before = worker.hourly(MONDAY, MONDAY + 17 * HOUR)
    clock.move_to(MONDAY + 18 * HOUR)
    decide(told, True, True, controller_user)
    db.session.commit()
    before += worker.hourly(MONDAY + 18 * HOUR, MONDAY + 31 * HOUR)
    clock.move_to(MONDAY + 32 * HOUR)
    unaware = case()
    before += worker.hourly(MONDAY + 32 * HOUR, MONDAY + 40 * HOUR)

    # The worker dies after its round at hour 40, and lives again at half past hour 50.
    back = worker.at(MONDAY + 50.5 * HOUR)
    again = worker.at(MONDAY + 50.55 * HOUR)
    after = worker.hourly(MONDAY + 51 * HOUR, MONDAY + 53 * HOUR)

    first, second = f"[{told.reference}]", f"[{undecided.reference}]"
    assert before == [
        (16, SAM, f"{first} 36 {LEFT}", None),
        (28, CLEO, f"{first} 24 {LEFT}", None),
        (28, SAM, f"{first} 24 {LEFT}", None),
        (36, SAM, f"{second} 36 {LEFT}", None),
        (40, CLEO, f"{first} 12 {LEFT}", None),
        (40, SAM, f"{first} 12 {LEFT}", None),
    ]
    assert back == in_order(
        [
            *((one, f"{first} 1 {LEFT}", "08:07") for one in (SAM, CLEO, DORA)),  # 6 h before
            *((one, f"{first} 1 {LEFT}", "12:07") for one in (SAM, CLEO, DORA)),  # 2 h before
            *((one, f"{second} 21 {LEFT}", "10:07") for one in (SAM, CLEO)),  # 24 h before
            (SAM, f"{first} Tell the people concerned: due for 32 h", "04:07"),
            (
                SAM,
                f"[{unaware.reference}] Say when we became aware: first alert 18 h ago",
                "06:07",
            ),
        ]
    )
    assert again == []
    assert after == [(52, one, f"{first} {NOW}", None) for one in (CLEO, DORA, SAM)]
    assert audit.verify().broken_at is None


def test_a_clock_that_nobody_stops_is_heard_at_each_step_by_ever_more_people(case, worker):
    incident = case(aware=MONDAY)

    found = worker.hourly(MONDAY, MONDAY + 97 * HOUR)

    both, all_three = (CLEO, SAM), (CLEO, DORA, SAM)
    steps = [
        (36, (SAM,), f"36 {LEFT}"),
        (48, both, f"24 {LEFT}"),
        (60, both, f"12 {LEFT}"),
        (66, all_three, f"6 {LEFT}"),
        (70, all_three, f"2 {LEFT}"),
        (72, all_three, NOW),
        (84, all_three, f"12 {LATE}"),
        (96, all_three, f"24 {LATE}"),
    ]
    assert found == [
        (hour, one, f"[{incident.reference}] {words}", None)
        for hour, people, words in steps
        for one in people
    ]


def test_the_decision_changes_nothing_in_what_was_reminded_already(case, worker, controller_user):
    incident = case(aware=MONDAY)
    first = worker.hourly(MONDAY, MONDAY + 48 * HOUR)
    decide(incident, True, False, controller_user)
    db.session.commit()

    assert len(first) == 3
    assert worker.hourly(MONDAY + 48 * HOUR, MONDAY + 59 * HOUR) == []
    assert len(worker.at(MONDAY + 60 * HOUR)) == 2


@pytest.mark.parametrize("end", ["met", "withdrawn", "not_due", "closed_with_it"])
def test_what_is_settled_is_not_heard_of_again(case, worker, staff_user, controller_user, end):
    incident = case(aware=MONDAY, decided=(True, False))
    worker.at(MONDAY + 36 * HOUR)
    one = duty(incident, "authority")
    if end == "met":
        duties.meet(one, now(), "Reference 4711", staff_user, now())
    elif end == "withdrawn":
        duties.withdraw(one, "No personal data after all", controller_user, now())
    elif end == "not_due":
        decide(incident, False, False, controller_user)
    else:
        duties.meet(one, now(), "Reference 4711", staff_user, now())
        incident.stage, incident.closed_at = "closed", now()
    db.session.commit()

    assert worker.hourly(MONDAY + 37 * HOUR, MONDAY + 100 * HOUR) == []


def test_of_what_had_passed_before_anybody_knew_only_the_newest_is_said(case, worker, clock):
    clock.move_to(MONDAY + 50 * HOUR)
    incident = case(aware=MONDAY)

    assert worker.at(MONDAY + 50 * HOUR) == [
        (one, f"[{incident.reference}] 22 {LEFT}", None) for one in (CLEO, SAM)
    ]
    assert worker.hourly(MONDAY + 51 * HOUR, MONDAY + 59 * HOUR) == []


def test_a_clock_that_moved_is_heard_at_its_new_steps(case, worker, clock, staff_user):
    incident = case(aware=MONDAY)
    worker.hourly(MONDAY, MONDAY + 48 * HOUR)
    be_aware(incident, MONDAY + 30 * HOUR, staff_user, why="The log was read wrongly")
    db.session.commit()

    found = worker.hourly(MONDAY + 49 * HOUR, MONDAY + 78 * HOUR)

    assert {hour for hour, *_rest in found} == {66, 78}  # half time, and 24 h before


def test_a_duty_that_was_held_not_due_and_is_due_after_all_brings_no_old_reminders(
    case, worker, clock, controller_user
):
    incident = case(aware=MONDAY, decided=(False, False))
    assert worker.hourly(MONDAY, MONDAY + 55 * HOUR) == []
    decide(incident, True, False, controller_user)
    db.session.commit()

    found = worker.at(MONDAY + 55 * HOUR)

    assert found == [(one, f"[{incident.reference}] 17 {LEFT}", None) for one in (CLEO, SAM)]


def test_a_duty_without_an_hour_is_heard_once_a_day(case, worker):
    incident = case(aware=MONDAY, decided=(False, True))

    found = worker.hourly(MONDAY, MONDAY + 73 * HOUR)

    words = f"[{incident.reference}] Tell the people concerned: due for"
    assert [mail[:2] for mail in found] == [
        (24, SAM),
        (48, CLEO),
        (48, SAM),
        (72, CLEO),
        (72, DORA),
        (72, SAM),
    ]
    assert {mail[2] for mail in found} == {f"{words} {hours} h" for hours in (24, 48, 72)}


def test_an_alert_nags_within_its_first_day_until_somebody_says_when_we_became_aware(
    case, worker, staff_user
):
    incident = case()
    found = worker.hourly(MONDAY, MONDAY + 25 * HOUR)
    be_aware(incident, MONDAY + 1 * HOUR, staff_user)
    db.session.commit()

    words = f"[{incident.reference}] Say when we became aware: first alert"
    assert found == [(12, SAM, f"{words} 12 h ago", None), (24, SAM, f"{words} 24 h ago", None)]
    assert "aware" not in str(worker.hourly(MONDAY + 26 * HOUR, MONDAY + 60 * HOUR))


def test_after_weeks_without_a_worker_what_repeats_does_not_come_by_the_hundred(case, worker):
    case(aware=MONDAY)

    found = worker.at(MONDAY + timedelta(days=40, hours=1))

    named, repeated = 1 + 2 + 2 + 3 + 3 + 3, 6 * 3
    assert len(found) == named + repeated
    assert all(late for *_rest, late in found)
    assert worker.at(MONDAY + timedelta(days=40, hours=2)) == []


def test_a_new_owner_hears_of_the_next_steps_and_not_of_the_old_ones(
    case, worker, staff_user, deputy
):
    incident = case(aware=MONDAY)
    worker.hourly(MONDAY, MONDAY + 48 * HOUR)
    cases.hand_over(incident, deputy, staff_user, now())
    db.session.commit()

    assert worker.at(MONDAY + 49 * HOUR) == []
    assert [mail[0] for mail in worker.at(MONDAY + 60 * HOUR)] == [CLEO, DORA]


def test_whose_account_is_closed_is_not_written_to_and_the_controllers_are(
    case, worker, staff_user
):
    case(aware=MONDAY)
    staff_user.active = False
    db.session.commit()

    assert [mail[0] for mail in worker.at(MONDAY + 36 * HOUR)] == [CLEO]


def test_a_round_with_nothing_to_say_asks_few_questions(case, clock, count_queries):
    for _ in range(12):
        case(aware=MONDAY, decided=(True, True))
    db.session.rollback()
    with count_queries() as seen:
        assert reminders.remind() == 0

    assert seen.n <= 10


def test_without_anybody_to_tell_nothing_is_lost(case, worker, staff_user, controller_user):
    case(aware=MONDAY)
    staff_user.active = controller_user.active = False
    db.session.get(Organisation, 1).deputy_id = None
    db.session.commit()
    assert worker.at(MONDAY + 36 * HOUR) == []
    staff_user.active = True
    db.session.commit()

    assert [mail[0] for mail in worker.at(MONDAY + 37 * HOUR)] == [SAM]
