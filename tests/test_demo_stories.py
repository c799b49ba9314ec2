"""The stories of the demonstration read true on whichever day they are told."""

from datetime import UTC, datetime, timedelta

import pytest

from incidents.law import Facts, target
from notifications.demo import building
from notifications.demo.judgement import facts_of
from notifications.demo.letters import people
from notifications.demo.plot import Plot, read

WEEK = [
    datetime(2026, 11, 23, hour, 7, tzinfo=UTC) + timedelta(days=day)
    for day in range(7)
    for hour in (0, 8, 23)
]
STORIES = building.stories()


@pytest.mark.parametrize("now", WEEK, ids=lambda now: f"{now:%a-%H}")
def test_every_story_happens_in_its_order_and_before_it_is_told(now):
    plot = Plot(now, post=None)
    for _language, words in STORIES:
        at = {name: plot.moment(text) for name, text in words["at"].items()}
        noticed = plot.moment(words["noticed"])
        began = plot.moment(words["began"]) if "began" in words else noticed
        decided = [plot.moment(one["at"]) for one in words.get("decision", ())]
        order = [began, noticed, at.get("aware", noticed), *decided, at.get("closed", now)]
        assert order == sorted(order), words["title"]
        assert max(at.values()) < now, words["title"]
        if "told" in at:
            assert min(decided) < at["told"], words["title"]
            late = at["told"] > target(at["aware"])
            assert late is ("authority_late" in words), words["title"]


def test_every_story_is_told_in_the_vocabulary_of_the_law():
    plot = Plot(WEEK[0], post=None)
    for _language, words in STORIES:
        Facts.from_json(facts_of(words, plot))  # raises BadFacts, naming the field


def test_no_story_is_told_twice():
    titles = [words["title"] for _language, words in STORIES]
    summaries = {words["summary"] for _language, words in STORIES}
    assert len(set(titles)) == len(titles) == len(summaries)


def test_a_list_of_people_names_nobody_twice():
    lines = people(240, "fr").decode().split()
    addresses = [line for line in lines if "@" in line]
    assert len(set(addresses)) == 240


def test_the_queue_holds_reports_of_every_door_in_both_languages():
    for language in building.LANGUAGES:
        rows = read(f"stories/queue.{language}.toml")["report"]
        assert {row["source"] for row in rows if "aside" not in row} == {"web", "mail", "staff"}
        assert any("aside" in row for row in rows)
