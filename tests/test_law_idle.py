"""A question that is folded away as idle cannot change a duty, whatever else turns out."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from incidents.law import assess, shipped_book
from incidents.law.idle import ALWAYS_ASKED, CERTAIN, idle
from incidents.law.unknowns import open_weighed
from tests.test_law_order import FACTS, TODAY, values

GUIDANCE = shipped_book().on(TODAY).guidance


@settings(max_examples=250, deadline=None)
@given(FACTS, st.data())
def test_an_idle_question_changes_no_duty_whatever_all_others_turn_out_to_be(facts, draw):
    folded = idle(facts, GUIDANCE)
    if not folded:
        return
    key = draw.draw(st.sampled_from(sorted(folded)))
    others = {
        other: draw.draw(values(other)) for other in open_weighed(facts) if draw.draw(st.booleans())
    }
    full = replace(facts, **others)

    one, other = (
        assess(replace(full, **{key: draw.draw(values(key))}), TODAY).outcome for _ in range(2)
    )

    assert one == other


@settings(max_examples=100, deadline=None)
@given(FACTS)
def test_all_that_weighs_is_idle_once_the_result_is_certain_and_something_is_asked_till_then(facts):
    answer = assess(facts, TODAY)
    asked = [key for key in open_weighed(facts) if key not in ALWAYS_ASKED]
    folded = idle(facts, GUIDANCE)

    if answer.risk_low == answer.risk_high:
        assert folded == dict.fromkeys(asked, CERTAIN)
    elif not set(open_weighed(facts)) & set(ALWAYS_ASKED):
        assert set(folded) < set(asked)
