"""The first draft says what the law asks, in each language, and never what nobody has read."""

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from letters import blocking, text_of, whole

from incidents.actions import duties
from incidents.audit import verify
from incidents.db import db, now
from incidents.law.vocabulary import DATA_CATEGORIES, IncidentType
from incidents.models import Entry, Measure, Organisation, User
from incidents.refusal import Refused
from notifications import compose, notices, wording
from notifications.models import NoticeGroup
from notifications.notices.drafting import words
from notifications.notices.parts import part
from notifications.studio import elements
from notifications.studio.ease import ease

HOSTS = ("training.example", "cnil.fr", "127.0.0.1")


LANGUAGES = ["en", "fr", "de", "es", "pt", "it"]


def redraft(notice, language="en", written_in="en", **facts):
    notice.incident.facts = {**notice.incident.facts, **facts}
    notice.written_in = written_in
    everybody = notice.groups[0]
    everybody.data = notice.incident.facts["data_categories"]
    subject, body = words(notice, language, written_in)
    return subject, wording.with_part(body, part(notice, everybody, language))


def test_a_draft_has_a_text_in_each_language_of_the_organisation(notice):
    assert [text.language for text in notice.texts] == ["en", "fr"]
    assert [entry.verb for entry in db.session.query(Entry)][-1] == "notice.drafted"
    assert verify().broken_at is None


def test_a_draft_needs_an_open_duty_to_the_people(told, controller_user):
    duties.withdraw(told.duties[-1], "not needed", controller_user, now())
    with pytest.raises(Refused):
        notices.draft(told, told.duties[-1], controller_user, now())


def test_the_language_of_the_description_is_that_of_its_words_and_not_of_its_reader(
    staff, staff_user, told
):
    url = f"/incidents/{told.reference}/notices"
    staff_user.language = "fr"
    db.session.commit()
    english = BeautifulSoup(staff.get(url).text, "html.parser").select_one("input[checked]")
    told.summary = "Le fichier de la paie est parti dans un message avec une mauvaise adresse."
    staff_user.language = "en"
    db.session.commit()
    french = BeautifulSoup(staff.get(url).text, "html.parser").select_one("input[checked]")

    assert (english["value"], french["value"]) == ("en", "fr")


def test_a_described_incident_gives_a_text_that_can_be_approved_in_that_language(notice):
    assert blocking(text_of(notice, "en")) == []


def test_what_staff_wrote_must_be_translated_by_a_person(notice):
    body = whole(text_of(notice, "fr"))
    assert "[[À traduire : A file went to twelve people who should not have it.]]" in body
    assert "[[À traduire : Somebody could try a debit.]]" in body
    assert "[[À traduire : We asked for deletion]]" in body
    found = [check for check in notices.checks(text_of(notice, "fr")) if check.listed]
    assert [len(check.listed) for check in found] == [3]
    assert len(blocking(text_of(notice, "fr"))) == 1


def test_the_language_of_the_facts_can_be_said(told, controller_user):
    row = notices.draft(told, told.duties[-1], controller_user, now(), written_in="fr")
    assert "[[" not in whole(text_of(row, "fr"))
    assert "[[Translate: We asked for deletion]]" in text_of(row, "en").body


def test_a_reporters_own_story_is_never_taken_over_as_it_is(told, report, controller_user):
    told.summary = report.story
    row = notices.draft(told, told.duties[-1], controller_user, now())
    for text in row.texts:
        [line] = [line for line in text.body.splitlines() if report.story in line]
        assert line.startswith("[[") and line.endswith("]]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_incident_and_of_data_has_plain_words(notice, language):
    for kind in set(IncidentType) - {IncidentType.OTHER}:
        _, body = redraft(notice, language, language, incident_type=str(kind))
        assert wording.markers(body) == [], kind
    for category in DATA_CATEGORIES:
        _, body = redraft(notice, language, language, data_categories=[category])
        assert wording.markers(body) == [], category


@pytest.mark.parametrize("language", LANGUAGES)
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
    assert any("replace your payment card" in step for step in steps)
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


POLICY = {  # as soon as possible, causes, measures within limits, no fault
    "en": ("as soon as possible", "examining the causes", "within reasonable limits", "fault"),
    "fr": ("dès que possible", "examinons les causes", "dans des limites raisonnables", "faute"),
    "de": ("so bald wie möglich", "untersuchen die Ursachen", "in vertretbarem Rahmen", "Schuld"),
    "es": ("lo antes posible", "examinando las causas", "dentro de límites razonables", "culpa"),
    "pt": (
        "o mais depressa possível",
        "examinar as causas",
        "dentro de limites razoáveis",
        "culpa",
    ),
    "it": ("il prima possibile", "esaminando le cause", "entro limiti ragionevoli", "colpa"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_has_the_words_of_the_policy_and_the_authority(notice, language):
    _, body = redraft(notice, language, language)
    for words_ in POLICY[language]:
        assert words_ in body
    assert "{authority}, {authority_address}, {authority_site}" in body
    assert "{contact}" in body and "{reference}" in body
    assert "{code}" in body and "{check_site}" in body
    assert body.splitlines()[0].rstrip(",:").endswith(" {name}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_draft_in_each_language_has_every_part_and_states_no_assumption(notice, language):
    db.session.get(Organisation, 1).website = "https://training.example"
    notice.incident.measures[0].text = "."
    notice.incident.measures.append(Measure(text=".", due_on=date(2026, 12, 1)))
    by = db.session.get(User, notice.authors[0])
    duties.open_duty(notice.incident, "authority", by, now())
    for kind in IncidentType:
        for sure in ("confirmed", "possible", None):
            facts = {"confidentiality_loss": sure, "exfiltration": sure}
            breach = ["confidentiality", "integrity", "availability"]
            _, body = redraft(
                notice,
                language,
                language,
                incident_type=str(kind),
                breach_types=breach,
                data_categories=list(DATA_CATEGORIES),
                **facts,
            )
            body = re.sub(r"\[\[.*?\]\]", ".", body)
            found = elements.checks(
                "x", body, language, compose.values(notice), HOSTS, notice.incident.facts
            )
            assert [check for check in found if not check.ok] == [], (kind, sure)


def test_all_languages_have_the_same_parts_and_the_same_placeholders(notice):
    shapes = set()
    for language in LANGUAGES:
        _, body = redraft(notice, language, language)
        kinds = ["".join(c for c in line[:2] if c in "#-123456789") for line in body.splitlines()]
        shapes.add((tuple(kinds), tuple(sorted(wording.used(body)))))
    assert len(shapes) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_first_draft_is_easy_to_read(notice, language):
    notice.incident.summary = notice.incident.consequences = None
    notice.incident.measures[0].dropped = True
    _, body = redraft(notice, language, language, data_categories=["credentials", "payment_card"])
    found = ease(re.sub(r"\[\[.*?\]\]", "", body), language)
    assert found.score >= 60, found


def test_each_group_is_told_of_its_own_data_and_what_to_do_about_it(notice):
    for number, data in ((1, ["credentials"]), (2, ["identity", "payment_card", "shoe size"])):
        group = NoticeGroup(uid=f"{number:016}", number=number, data=data, people=1)
        notice.groups.append(group)
    notices.furnish(notice)
    text = text_of(notice, "en")
    first, second = whole(text, 1), whole(text, 2)
    assert "- your password" in first and "payment card" not in first
    assert "- your payment card" in second and "password with us" not in second
    assert "[[Say in plain words which data this is: shoe size]]" in second
    assert "Somebody could try a debit." not in first + second


def test_a_letter_is_drafted_in_one_more_language_for_every_group(notice, controller_user):
    notices.add_language(notice, "de", controller_user, now())
    assert [row.language for row in notice.texts][-1] == "de"
    assert "# Welche Ihrer Daten betroffen sind" in whole(text_of(notice, "de"))
    with pytest.raises(Refused):
        notices.add_language(notice, "de", controller_user, now())
    with pytest.raises(Refused):
        notices.add_language(notice, "tlh", controller_user, now())


def test_braces_headings_and_marks_in_the_facts_stay_harmless(notice):
    notice.incident.summary = "# Sale\nwrite to {evil} [[now]] {{7*7}}"
    _, body = redraft(notice)
    assert wording.unknown(body) == [] and wording.markers(body) == []
    assert "# Sale" not in body and "{{7*7}}" in body
