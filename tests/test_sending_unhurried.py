"""Who works through letters interrupts nobody, and leaves everything as it was."""

import gc
import os

import pytest

from notifications.sending import unhurried as module
from notifications.sending.unhurried import YOUNG, unhurried


@pytest.fixture
def before():
    policy, often = os.sched_getscheduler(0), gc.get_threshold()
    yield policy, often
    os.sched_setscheduler(0, policy, os.sched_param(0))
    gc.set_threshold(*often)


def test_nobody_is_interrupted_meanwhile_and_all_is_afterwards_as_before(before):
    policy, often = before
    with pytest.raises(ZeroDivisionError), unhurried():
        assert os.sched_getscheduler(0) == os.SCHED_BATCH
        assert gc.get_threshold() == (YOUNG, *often[1:])
        1 / 0  # noqa: B018 - as a round may end
    assert (os.sched_getscheduler(0), gc.get_threshold()) == (policy, often)


def test_a_machine_that_does_not_allow_it_sends_all_the_same(before, monkeypatch):
    def refuses(*_args):
        raise PermissionError(1, "no")

    monkeypatch.setattr(module.os, "sched_setscheduler", refuses)
    with unhurried():
        assert os.sched_getscheduler(0) == before[0]


def test_what_was_there_before_is_not_looked_through_at_the_end_of_a_round(before):
    with unhurried():
        kept = gc.get_freeze_count()
        assert kept > 10_000
    assert gc.get_freeze_count() == kept
