"""What may go now and what may not, between the books and the wire."""

from notifications.relay import Outcome
from notifications.sending.tray import HELD, Ready, Tray

SENT, FAILED = Outcome("sent", "250 ok"), Outcome("failed", "550 no")
REFUSED = Outcome("refused", "550 5.7.1 blocked")


def letters(count, notice=1):
    return [Ready(number, notice, 1, b"", b"") for number in range(count)]


def test_letters_go_in_order_and_one_that_comes_back_goes_next():
    tray = Tray()
    first, second, third = letters(3)
    tray.add([first, second, third])
    assert tray.take() is first and tray.take() is second
    tray.back(second)
    assert [tray.take(), tray.take(), tray.take()] == [second, third, None]


def test_of_a_paused_run_nothing_goes_that_comes_back_or_arrives_late():
    tray = Tray()
    first, second = letters(2)
    other, late = letters(1, notice=2) + letters(1)
    tray.add([first, other])
    assert tray.take() is first
    tray.keep([2])
    tray.back(first)
    tray.add([late])
    assert [tray.take(), tray.take()] == [other, None]
    assert tray.collect() == [(first, HELD), (late, HELD)]
    tray.keep([1, 2])
    tray.add([second])
    assert tray.take() is second


def test_a_limit_per_minute_spreads_the_letters_evenly():
    now = [100.0]
    tray = Tray(per_minute=30, clock=lambda: now[0])
    tray.add(letters(100))
    given = 0
    while now[0] < 160:
        given += tray.take() is not None
        now[0] += 0.25
    assert given == 30
    assert tray.take() is not None and 0 < tray.wait() <= 2


def test_a_pause_of_the_network_is_not_made_up_for_by_a_flood():
    now = [0.0]
    tray = Tray(per_minute=60, clock=lambda: now[0])
    tray.add(letters(100))
    now[0] = 50.0
    assert [tray.take() is not None for _ in range(4)] == [True, True, False, False]


def test_ten_refused_in_a_row_or_one_refusal_of_us_stop_that_run_only():
    for outcomes in ([FAILED] * 10, [REFUSED]):
        tray = Tray()
        tray.add(letters(20) + letters(1, notice=2))
        for outcome in outcomes:
            tray.done(tray.take(), outcome)
        other = tray.take()
        assert other.notice == 2 and tray.take() is None
        results = tray.collect()
        assert [outcome for _, outcome in results] == outcomes + [HELD] * (20 - len(outcomes))
        assert tray.held == {1}


def test_a_letter_taken_over_between_refusals_lets_the_run_go_on():
    tray = Tray()
    tray.add(letters(21))
    for outcome in [FAILED] * 9 + [SENT] + [FAILED] * 9:
        tray.done(tray.take(), outcome)
    assert tray.take() is not None


def test_a_run_that_was_stopped_goes_on_when_it_is_let():
    tray = Tray()
    tray.add(letters(2))
    tray.done(tray.take(), REFUSED)
    assert tray.take() is None
    tray.free({1})
    tray.add(letters(1))
    assert tray.take() is not None and not tray.held


def test_what_was_not_begun_can_be_taken_back():
    tray = Tray()
    tray.add(letters(2) + letters(3, notice=2))
    tray.keep({2})
    assert [(letter.notice, outcome) for letter, outcome in tray.collect()] == [(1, HELD)] * 2
    assert len(tray) == 3
    tray.keep(())
    assert len(tray.collect()) == 3 and tray.take() is None


def test_a_closed_tray_gives_nothing_and_everything_back():
    tray = Tray()
    tray.add(letters(2))
    taken = tray.take()
    tray.close()
    tray.back(taken)
    tray.add(letters(1, notice=2))
    assert tray.take() is None
    assert [outcome for _, outcome in tray.collect()] == [HELD] * 3
