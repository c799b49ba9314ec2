"""By when the authority must be told: 72 elapsed hours, and what Regulation 1182/71 adds."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from incidents.law import assess, clock, legal_limit, remaining, target
from incidents.law.book import read_book, shipped
from incidents.law.holidays import easter, holidays
from incidents.law.moments import Ambiguous, BadMoment, local_moment, read_moment
from tests.edpb import CASES

PARIS = ZoneInfo("Europe/Paris")

# Worked by hand in Europe/Paris: aware, target, limit by Art. 3(1), (2)(a), and the end if
# Art. 3(5) applied, counting days begun, and whole days. "=" is the limit itself.
WORKED = [
    ("2026-06-02T09:12+02:00", "06-05 09:12", "06-05 10:00", "=", "="),
    ("2026-04-03T16:30+02:00", "04-06 16:30", "04-06 17:00", "04-08 00:00", "04-09 00:00"),
    ("2026-04-29T15:40+02:00", "05-02 15:40", "05-02 16:00", "=", "05-05 00:00"),
    ("2026-04-30T17:05+02:00", "05-03 17:05", "05-03 18:00", "05-05 00:00", "05-06 00:00"),
    ("2026-05-13T18:00+02:00", "05-16 18:00", "05-16 19:00", "=", "05-19 00:00"),
    ("2026-05-22T16:30+02:00", "05-25 16:30", "05-25 17:00", "05-27 00:00", "05-28 00:00"),
    ("2026-07-10T18:15+02:00", "07-13 18:15", "07-13 19:00", "=", "07-16 00:00"),
    ("2026-07-11T09:00+02:00", "07-14 09:00", "07-14 10:00", "07-16 00:00", "07-16 00:00"),
    ("2026-03-27T10:20+01:00", "03-30 11:20", "03-30 12:00", "=", "04-01 00:00"),
    ("2026-10-23T10:20+02:00", "10-26 09:20", "10-26 10:00", "=", "10-28 00:00"),
    ("2026-12-22T12:17+01:00", "12-25 12:17", "12-25 13:00", "=", "="),
    ("2026-12-23T11:45+01:00", "12-26 11:45", "12-26 12:00", "=", "12-29 00:00"),
    ("2026-12-24T16:50+01:00", "12-27 16:50", "12-27 17:00", "12-29 00:00", "12-30 00:00"),
    ("2026-12-31T09:00+01:00", "01-03 09:00", "01-03 10:00", "01-05 00:00", "01-06 00:00"),
    ("2026-11-23T09:59+01:00", "11-26 09:59", "11-26 10:00", "=", "="),
    ("2026-11-23T10:00+01:00", "11-26 10:00", "11-26 11:00", "=", "="),
    ("2026-10-25T02:30+02:00", "10-28 01:30", "10-28 02:00", "=", "="),
    ("2026-10-25T02:30+01:00", "10-28 02:30", "10-28 03:00", "=", "="),
]


def local(moment: datetime) -> str:
    return moment.astimezone(PARIS).strftime("%m-%d %H:%M")


@pytest.mark.parametrize(("aware", "due", "limit", "begun", "whole"), WORKED)
def test_a_worked_example_comes_out(aware, due, limit, begun, whole):
    aware_at = read_moment(aware)

    ends = clock.two_working_days(aware_at, PARIS, "FR")

    assert local(target(aware_at)) == due
    assert local(legal_limit(aware_at)) == limit
    assert local(ends[0]) == (limit if begun == "=" else begun)
    assert local(ends[1]) == (limit if whole == "=" else whole)


def test_the_target_is_72_elapsed_hours_whatever_the_zone_of_awareness():
    aware = datetime(2026, 3, 28, 12, 0, tzinfo=PARIS)

    assert target(aware) - aware.astimezone(UTC) == timedelta(hours=72)
    assert target(aware).tzinfo is UTC


def test_the_limit_is_at_most_an_hour_after_the_target():
    aware = datetime(2026, 6, 2, 9, 0, tzinfo=UTC)

    for minutes in range(0, 120, 7):
        gap = legal_limit(aware + timedelta(minutes=minutes)) - target(
            aware + timedelta(minutes=minutes)
        )
        assert timedelta(0) < gap <= timedelta(hours=1)


def test_what_remains_is_negative_once_it_is_late():
    due = datetime(2026, 6, 5, 7, 12, tzinfo=UTC)

    assert remaining(due, due - timedelta(hours=3)) == timedelta(hours=3)
    assert remaining(due, due + timedelta(minutes=1)) == -timedelta(minutes=1)


@pytest.mark.parametrize("ask", [target, legal_limit, lambda at: remaining(at, at)])
def test_a_time_without_zone_is_refused(ask):
    with pytest.raises(ValueError, match="without zone"):
        ask(datetime(2026, 6, 2, 9, 12))  # noqa: DTZ001


def test_the_french_holidays_are_those_of_the_labour_code():
    assert sorted(holidays("FR", 2026)) == [
        date(2026, *day)
        for day in (
            (1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25),
            (7, 14), (8, 15), (11, 1), (11, 11), (12, 25),
        )
    ]  # fmt: skip
    assert {date(2027, 3, 29), date(2027, 5, 6), date(2027, 5, 17)} < holidays("FR", 2027)


def test_easter_falls_on_the_sundays_that_the_church_has_kept():
    kept = "1954-04-18 1981-04-19 2000-04-23 2008-03-23 2011-04-24 2018-04-01 2019-04-21 2020-04-12"
    coming = (
        "2024-03-31 2025-04-20 2026-04-05 2027-03-28 2038-04-25 2049-04-18 2076-04-19 2100-03-28"
    )

    for day in map(date.fromisoformat, f"{kept} {coming}".split()):
        assert easter(day.year) == day


def test_a_day_that_begins_where_the_period_ends_is_not_in_it():
    aware = read_moment("2026-06-05T23:10+02:00")  # until Tuesday 00:00: only Monday is begun

    assert local(clock.two_working_days(aware, PARIS, "FR")[0]) == "06-10 00:00"


def test_the_derivation_says_how_the_deadline_comes_about():
    steps = " ".join(
        step.english() for step in clock.derivation(read_moment("2026-10-23T10:20+02:00"), PARIS)
    )

    assert "72 hours" in steps
    assert "2026-10-26 09:20 CET" in steps
    assert "clocks change" in steps
    assert "Art. 3(4)" in steps


def test_the_derivation_keeps_quiet_about_clocks_that_do_not_change():
    steps = clock.derivation(read_moment("2026-06-02T09:12+02:00"), PARIS)

    assert "clocks change" not in " ".join(step.english() for step in steps)


def test_the_note_on_two_working_days_names_both_readings_as_disputed():
    note = clock.note_3_5(read_moment("2026-04-30T17:05+02:00"), PARIS, "FR").english()

    assert "disputed" in note
    assert "2026-05-05 00:00" in note
    assert "2026-05-06 00:00" in note


def test_the_note_says_when_two_working_days_change_nothing():
    note = clock.note_3_5(read_moment("2026-06-02T09:12+02:00"), PARIS, "FR").english()

    assert "change nothing" in note


def test_a_day_that_ends_with_the_period_is_a_whole_day():
    ends = clock.two_working_days(read_moment("2026-06-20T23:30+02:00"), PARIS, "FR")

    assert [local(end) for end in ends] == ["06-24 00:00", "06-24 00:00"]
    assert local(legal_limit(read_moment("2026-06-20T23:30+02:00"))) == "06-24 00:00"


def test_a_period_that_begins_at_midnight_counts_that_day_whole():
    aware = read_moment("2026-06-04T23:10+02:00")  # Friday counts whole, Monday is the second

    assert local(clock.two_working_days(aware, PARIS, "FR")[1]) == "06-09 00:00"


def test_a_country_whose_holidays_are_not_on_file_is_not_guessed():
    aware = read_moment("2026-06-02T09:12+02:00")

    assert clock.two_working_days(aware, PARIS, "PT") is None
    assert "not on file" in clock.note_3_5(aware, PARIS, "PT").english()


def test_a_proposed_law_of_96_hours_is_data_alone():
    omnibus = """
        [[gdpr]]
        version = "OMNIBUS"
        valid_from = 2027-01-01
        authority_hours = 96
        authority_from = "high"
        subjects_from = "high"
        source = "a test"
    """
    book = read_book(omnibus, shipped("gdpr.toml"), shipped("guidance.toml"))
    before, after = datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
    paper_backup = next(facts for name, facts in CASES.items() if name.startswith("02"))

    assert target(before, book) - before == timedelta(hours=72)
    assert target(after, book) - after == timedelta(hours=96)
    assert legal_limit(after, book) - after == timedelta(hours=97)
    ends = clock.two_working_days(after, PARIS, "FR", book)
    assert ends and ends[0] >= legal_limit(after, book)
    assert assess(paper_backup, before.date(), book).authority.duty
    then = assess(paper_backup, after.date(), book)
    assert (then.authority.duty, then.authority.certain) == (False, True)
    assert then.law_version.startswith("OMNIBUS/")
    assert target(after) - after == timedelta(hours=72), "what ships is the law of today"


def test_a_local_time_that_comes_twice_asks_which():
    with pytest.raises(Ambiguous, match=r"02:30:00\+02:00 or 2026-10-25T02:30:00\+01:00") as asked:
        read_moment("2026-10-25T02:30[Europe/Paris]")

    first, second = asked.value.choices
    assert second - first == timedelta(hours=1)
    assert first == read_moment("2026-10-25T02:30+02:00")


def test_a_local_time_that_does_not_exist_is_refused():
    with pytest.raises(BadMoment, match="02:30 does not exist"):
        local_moment(datetime(2026, 3, 29, 2, 30), PARIS)  # noqa: DTZ001


def test_any_other_local_time_is_one_moment():
    assert read_moment("2026-10-25 03:00[Europe/Paris]") == read_moment("2026-10-25T02:00Z")
    assert read_moment("2026-03-29T03:00[Europe/Paris]") == read_moment("2026-03-29T01:00Z")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-10-24T10:00", "without zone"),
        ("2026-10-24", "no date and time"),
        ("yesterday", "no date and time"),
        ("", "no date and time"),
        ("2026-13-40T10:00Z", "no date and time"),
        ("0001-01-01T00:00+14:00", "no date and time"),
        ("9999-12-31T23:00-12:00", "no date and time"),
        ("2026-10-24T10:00[Mars/Crater]", "no time zone"),
        ("2026-10-24T10:00[../../etc/passwd]", "no date and time"),
    ],
)
def test_what_names_no_moment_is_refused_with_an_example(text, why):
    with pytest.raises(BadMoment, match=why):
        read_moment(text)


def test_the_period_begins_with_the_full_hour_to_the_microsecond():
    aware = datetime(2026, 6, 2, 7, 12, 34, 567, tzinfo=UTC)

    assert clock.period_begins(aware) == datetime(2026, 6, 2, 8, tzinfo=UTC)
    assert target(aware) == datetime(2026, 6, 5, 7, 12, 34, 567, tzinfo=UTC)


def test_every_moment_comes_out_in_utc():
    moment = read_moment("2026-06-02T09:12+02:00")
    ends = clock.two_working_days(moment, PARIS, "FR")

    assert {one.tzinfo for one in (moment, target(moment), *ends)} == {UTC}


@pytest.mark.parametrize("blank", [" ", "\n", "\r\n"])
def test_a_moment_of_blanks_without_end_is_refused_like_any_other(blank):
    """Read in one pass: two parts of a pattern that both took blanks took minutes over these."""
    with pytest.raises(BadMoment):
        read_moment(f"2026-10-24{blank * 200_000}x")
