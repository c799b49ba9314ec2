"""The tables of the law: read in any order, asked by the day, and kept with their source."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from incidents.law import clock
from incidents.law.book import read_book, shipped

PARIS = ZoneInfo("Europe/Paris")
LATER = """
[[gdpr]]
version = "LATER"
valid_from = 2027-01-01
authority_hours = 96
authority_from = "high"
subjects_from = "high"
source = "a test"
"""
EARLY = shipped("guidance.toml").replace("2018-05-25", "2001-01-01").replace("EDPB-2023.1", "OLD")
BOOK = read_book(LATER, shipped("guidance.toml"), EARLY, shipped("gdpr.toml"))
AWARE = datetime(2027, 1, 6, 8, 20, tzinfo=UTC)


def test_tables_may_come_in_any_order_and_each_has_its_day():
    assert BOOK.on(date(2010, 1, 1)).version == "GDPR-2018/OLD"
    assert BOOK.on(date(2026, 12, 31)).version == "GDPR-2018/EDPB-2023.1"
    assert BOOK.on(date(2027, 1, 1)).version == "LATER/EDPB-2023.1"
    assert BOOK.on(date(2027, 1, 1)).gdpr.source == "a test"
    assert BOOK.on(date(1990, 1, 1)).version == "GDPR-2018/OLD", "the first table is asked"


def test_the_derivation_is_by_the_book_that_is_asked_and_in_local_time():
    said = [step.english() for step in clock.derivation(AWARE, PARIS, BOOK)]

    assert said == [
        "The controller became aware at 2027-01-06 09:20 CET (GDPR Art. 33(1)).",
        "96 hours by the clock, weekends and holidays included (until 2027-01-10 09:20 CET).",
        "By Regulation 1182/71 Art. 3(1) and (2)(a) the period begins with the next full hour, "
        "2027-01-06 10:00 CET, and ends at 2027-01-10 10:00 CET. Do not plan by it.",
        "Art. 3(4) moves no end to the next working day: the period is expressed in hours.",
    ]


def test_the_note_on_two_working_days_is_by_the_book_that_is_asked():
    friday = datetime(2027, 1, 8, 16, 30, tzinfo=UTC)
    longer = clock.note_3_5(friday, PARIS, "FR", BOOK).english()

    assert "2027-01-12 18:00 CET counting days begun" in longer
    assert "2027-01-13 00:00 CET counting whole days" in longer
    assert (
        clock.note_3_5(friday, PARIS, "PT", BOOK)
        .english()
        .startswith("The public holidays of PT are not on file")
    )
