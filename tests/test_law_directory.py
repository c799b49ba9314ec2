"""The directory of authorities, and when a closed case may be erased."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from incidents.law import authorities, authority, erase_from

EEA = {
    *("AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI", "FR", "DE", "GR", "HU", "IS", "IE"),
    *("IT", "LV", "LI", "LT", "LU", "MT", "NL", "NO", "PL", "PT", "RO", "SK", "SI", "ES", "SE"),
}


def test_every_country_of_the_eea_has_its_authority_once():
    codes = [one.code for one in authorities()]

    assert {one.code for one in authorities() if one.gdpr} == EEA | {"EU"}
    assert {one.code for one in authorities() if not one.gdpr} == {"CH", "GB"}
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("one", authorities(), ids=lambda one: one.code)
def test_an_authority_says_where_and_in_which_language_it_is_told(one):
    assert one.url.startswith("https://")
    assert one.languages
    assert one.name
    assert one.country_fr
    assert bool(one.note) == bool(one.note_fr)
    assert one.verified <= {"url", "address", "phone", "languages"}
    assert all(getattr(one, field) for field in one.verified)
    ZoneInfo(one.zone)


def test_what_was_not_seen_in_a_source_is_marked_as_unsure():
    cnil = authority("FR")

    assert cnil.is_sure("address")
    assert not cnil.is_sure("complaints")
    assert not authority("PT").is_sure("address")


def test_an_authority_that_is_not_on_file_names_those_that_are():
    with pytest.raises(KeyError, match="Known: AT, BE"):
        authority("US")


@pytest.mark.parametrize(
    ("closed", "months", "first_day"),
    [
        (datetime(2026, 3, 15, 23, 59, tzinfo=UTC), 60, date(2031, 3, 16)),
        (datetime(2026, 3, 15, tzinfo=UTC), 0, date(2026, 3, 16)),
        (datetime(2027, 1, 31, tzinfo=UTC), 1, date(2027, 3, 1)),
        (datetime(2027, 1, 31, tzinfo=UTC), 13, date(2028, 3, 1)),
        (datetime(2026, 12, 31, tzinfo=UTC), 12, date(2028, 1, 1)),
        (datetime(2026, 11, 30, tzinfo=UTC), 1, date(2026, 12, 31)),
        (datetime(2026, 12, 5, tzinfo=UTC), 1, date(2027, 1, 6)),
    ],
)
def test_a_closed_case_may_be_erased_the_day_after_its_last_month(closed, months, first_day):
    assert erase_from(closed, months) == first_day


def test_the_day_of_closing_is_that_of_the_zone_given():
    at = datetime(2026, 3, 15, 23, 30, tzinfo=UTC)

    assert erase_from(at.astimezone(ZoneInfo("Europe/Paris")), 1) == date(2026, 4, 17)


def test_a_period_that_says_no_day_is_refused():
    with pytest.raises(ValueError, match="without zone"):
        erase_from(datetime(2026, 3, 15), 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        erase_from(datetime(2026, 3, 15, tzinfo=UTC), -1)
