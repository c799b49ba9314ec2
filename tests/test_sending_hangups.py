"""A server that hangs up holds up nobody, costs at most one letter, and is not run against."""

from collections import Counter

import pytest
from servers import DROP, HANG
from test_sending_wire import Sent


@pytest.mark.parametrize("number", [0, 5])
def test_a_person_at_whose_name_the_server_hangs_up_holds_up_nobody(faulty, tmp_path, number):
    faulty.hated = f"p{number}@"
    sent = Sent(tmp_path, faulty.port, 12)
    assert sent.states == {"sent": 11, "lost": 1, "back": 0} and sent.wire.failure is None
    assert sent.outcomes[number].state == "lost"


def test_four_such_people_in_a_row_hold_up_nobody(faulty, tmp_path):
    faulty.hated = ("p2@", "p3@", "p4@", "p5@")
    sent = Sent(tmp_path, faulty.port, 12)
    assert sent.states == {"sent": 8, "lost": 4, "back": 0} and sent.wire.failure is None


def test_a_server_that_hangs_up_at_everybody_is_asked_a_few_times_only(faulty, tmp_path):
    faulty.hated = "p"
    Sent(tmp_path, faulty.port, 60)
    assert faulty.connections <= 7


def test_two_such_people_one_after_the_other_do_not_come_first_for_ever(faulty, tmp_path):
    faulty.hated = "p"
    sent = Sent(tmp_path, faulty.port, 12)
    assert sent.states == {"lost": 1, "back": 11} and sent.wire.failure


@pytest.mark.parametrize("fault", [DROP, "421 4.3.2 closing"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_hangs_up_between_letters_gets_them_on_another(faulty, tmp_path, step, fault):
    """As those do that take so many letters a connection."""
    faulty.fault = lambda s, _c, time: fault if s == step and time == 3 else None
    sent = Sent(tmp_path, faulty.port, 7)
    assert sent.states == {"sent": 7, "back": 0}
    assert faulty.connections == 4 and len(faulty.kept) == 7


@pytest.mark.parametrize("fault", [DROP, HANG, "421 closing"])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_a_server_that_takes_nothing_ends_the_round_and_costs_at_most_one(
    faulty, tmp_path, step, fault
):
    faulty.fault = lambda s, _c, _t: fault if s == step else None
    sent = Sent(tmp_path, faulty.port, 7)
    assert sent.states == {"lost": 1, "back": 6}
    assert sent.wire.failure and faulty.kept == []


def test_a_server_that_takes_fewer_connections_gets_fewer(faulty, tmp_path):
    faulty.fault = lambda s, c, _t: "421 too many" if s == "greeting" and c > 2 else None
    sent = Sent(tmp_path, faulty.port, 90, connections=8)
    assert sent.states == {"sent": 90, "back": 0}


def test_every_tenth_connection_dropped_loses_nobody(faulty, tmp_path):
    faulty.fault = lambda s, c, time: DROP if (s, time) == ("MAIL", 4 if c % 10 else 1) else None
    open_still = set(range(60))
    for _ in range(5):  # rounds, as a worker makes them: what was lost is due again
        sent = Sent(tmp_path, faulty.port, open_still, connections=3)
        assert set(sent.states) <= {"sent", "lost", "back"}, "nobody is in doubt or failed"
        open_still -= {n for n, outcome in sent.outcomes.items() if outcome.state == "sent"}
        if not open_still:
            break
    assert Counter(faulty.kept) == Counter(f"p{n}@b.example" for n in range(60))
