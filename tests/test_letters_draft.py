"""The first draft says what the law asks, in each language, and never what nobody has read."""

import pytest
from letters import blocking, text_of

from incidents.actions import duties
from incidents.audit import verify
from incidents.db import db, now
from incidents.law.vocabulary import DATA_CATEGORIES, IncidentType
from incidents.models import Entry
from incidents.refusal import Refused
from notifications import notices, wording
from notifications.notices.drafting import words


def redraft(notice, language="en", written_in="en", **facts):
    notice.incident.facts = {**notice.incident.facts, **facts}
    return words(notice, language, written_in)


def test_a_draft_has_a_text_in_each_language_of_the_organisation(notice):
    assert [text.language for text in notice.texts] == ["en", "fr"]
    assert [entry.verb for entry in db.session.query(Entry)][-1] == "notice.drafted"
    assert verify().broken_at is None


def test_a_draft_needs_an_open_duty_to_the_people(told, controller_user):
    duties.withdraw(told.duties[-1], "not needed", controller_user, now())
    with pytest.raises(Refused):
        notices.draft(told, told.duties[-1], controller_user, now())


def test_a_described_incident_gives_a_text_that_can_be_approved_in_that_language(notice):
    assert blocking(text_of(notice, "en")) == []


def test_what_staff_wrote_must_be_translated_by_a_person(notice):
    body = text_of(notice, "fr").body
    assert "[[À traduire: A file went to twelve people who should not have it.]]" in body
    assert "[[À traduire: Somebody could try a debit.]]" in body
    assert "[[À traduire: We asked for deletion]]" in body
    assert len(blocking(text_of(notice, "fr"))) == 3


def test_the_language_of_the_facts_can_be_said(told, controller_user):
    row = notices.draft(told, told.duties[-1], controller_user, now(), written_in="fr")
    assert "[[" not in text_of(row, "fr").body
    assert "[[Translate: We asked for deletion]]" in text_of(row, "en").body


def test_a_reporters_own_story_is_never_taken_over_as_it_is(told, report, controller_user):
    told.summary = report.story
    row = notices.draft(told, told.duties[-1], controller_user, now())
    for text in row.texts:
        [line] = [line for line in text.body.splitlines() if report.story in line]
        assert line.startswith("[[") and line.endswith("]]")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_incident_and_of_data_has_plain_words(notice, language):
    for kind in set(IncidentType) - {IncidentType.OTHER}:
        _, body = redraft(notice, language, language, incident_type=str(kind))
        assert wording.markers(body) == [], kind
    for category in DATA_CATEGORIES:
        _, body = redraft(notice, language, language, data_categories=[category])
        assert wording.markers(body) == [], category


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_not_known_is_asked_for_and_not_made_up(notice, language):
    incident = notice.incident
    incident.summary = incident.consequences = None
    incident.measures[0].dropped = True
    _, body = redraft(notice, language, language, incident_type=None, data_categories=[])
    assert len(wording.markers(body)) == 5


def test_the_advice_follows_the_data(notice):
    _, plain = redraft(notice, data_categories=["food_preference"])
    assert "password with us" not in plain
    _, body = redraft(notice, data_categories=["credentials", "payment_card"])
    steps = body.split("# What you should do now")[1].split("#")[0].strip().splitlines()
    assert steps[0].startswith("1. Change your password with us, and everywhere else")
    assert any("payment card blocked" in step for step in steps)
    assert [step.split(".")[0] for step in steps] == [str(n + 1) for n in range(len(steps))]


def test_a_leak_that_is_only_possible_is_not_told_as_a_fact(notice):
    _, sure = redraft(notice, incident_type="exfiltration", exfiltration="confirmed")
    assert "Someone has copied" in sure
    _, unsure = redraft(
        notice,
        incident_type="exfiltration",
        exfiltration="possible",
        confidentiality_loss="possible",
    )
    assert "Someone may have copied" in unsure


def test_a_draft_has_the_words_of_the_policy_and_the_authority(notice):
    for language, fault in (
        ("en", "no recognition of fault or responsibility"),
        ("fr", "pas une reconnaissance de faute ou de responsabilité"),
    ):
        body = text_of(notice, language).body
        assert fault in body
        assert "{authority}, {authority_address}, {authority_site}" in body
        assert "{contact}" in body and "{reference}" in body
        assert body.splitlines()[0].endswith(" {name},")
    english = text_of(notice, "en").body
    assert "as soon as possible" in english
    assert "examining the causes" in english
    assert "within reasonable limits" in english


def test_braces_headings_and_marks_in_the_facts_stay_harmless(notice):
    notice.incident.summary = "# Sale\nwrite to {evil} [[now]] {{7*7}}"
    _, body = redraft(notice)
    assert wording.unknown(body) == [] and wording.markers(body) == []
    assert "# Sale" not in body and "{{7*7}}" in body
