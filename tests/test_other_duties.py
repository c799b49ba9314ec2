"""The page of other duties: what is asked is kept, what follows is shown, with its source."""

from datetime import UTC, datetime, timedelta

import pytest
from bs4 import BeautifulSoup

from incidents import answers, audit
from incidents.actions import cases, clients
from incidents.db import db, now
from incidents.models import Entry
from incidents.refusal import Refused

AWARE = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
STOLEN = {
    "incident_type": "exfiltration",
    "confidentiality_loss": "confirmed",
    "exfiltration": "confirmed",
    "malicious": True,
    "protection": "none",
    "data_categories": ["identity", "health"],
    "special_category": True,
    "identifiable": "direct",
    "recipient_known": False,
}


@pytest.fixture
def url(incident):
    incident.facts, incident.aware_at, incident.noticed_at = STOLEN, AWARE, AWARE
    db.session.commit()
    return f"/incidents/{incident.reference}/duties-elsewhere"


def page(browser, url):
    answer = browser.get(url)
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def law(soup, code):
    return soup.select_one(f"#law-{code}").get_text(" ", strip=True)


def keep(browser, url, incident, **answers):
    return browser.post(url, data={"version": incident.version, **answers})


def test_what_is_answered_is_kept_and_what_is_open_is_not_kept_as_no(staff, url, incident):
    answer = keep(
        staff, url, incident, world=["GB"], eea=["FR"], telecom="no", insured="", size="small"
    )

    assert answer.status_code == 302
    assert incident.scope == {"places": {"FR": None, "GB": None}, "telecom": False, "size": "small"}
    assert audit.verify().broken_at is None


def test_a_place_brings_up_its_number_and_its_law(staff, url, incident):
    keep(staff, url, incident, world=["US-TX"], places_complete="yes")
    assert "Tell the people" in law(page(staff, url), "us-tx")
    assert "How many people live there?" not in law(page(staff, url), "us-ca")

    keep(staff, url, incident, world=["US-TX"], places_complete="yes", **{"people_US-TX": "1,250"})

    assert incident.scope["places"] == {"US-TX": 1250}
    assert "Tell the authority: as soon as practicable" in law(page(staff, url), "us-tx")


def test_a_number_that_is_none_is_refused_and_shown_again(staff, url, incident):
    keep(staff, url, incident, world=["US-TX"])

    answer = keep(staff, url, incident, world=["US-TX"], **{"people_US-TX": "a few"})

    assert answer.status_code == 400
    assert 'value="a few"' in answer.text
    assert incident.scope["places"] == {"US-TX": None}


def test_the_complaint_for_the_insurance_has_its_own_clock(staff, url, incident):
    keep(staff, url, incident, insured="yes")
    assert "from the moment you knew of the attack" in law(page(staff, url), "fr-insurance")

    keep(staff, url, incident, insured="yes", stamps_attack=["2026-11-19", "22:15"])

    assert incident.scope["stamps"] == {"attack": "2026-11-19T21:15:00+00:00"}
    assert "Sunday 22 November 2026, 22:15" in law(page(staff, url), "fr-insurance")
    assert incident.aware_at == AWARE


def test_the_company_answers_a_laws_own_question(staff, url, incident):
    keep(staff, url, incident, world=["IN"])
    assert "Find out" in law(page(staff, url), "in-cert")

    keep(staff, url, incident, world=["IN"], **{"own_in-cert": "no"})

    assert incident.scope["own"] == {"in-cert": False}
    assert not page(staff, url).select_one("#law-in-cert ul")


def test_what_the_form_does_not_ask_any_more_is_not_lost(staff, url, incident):
    incident.scope = {"nis2_entity": False, "nis2_significant": True, "own": {"ca": True}}
    db.session.commit()

    keep(staff, url, incident, nis2_entity="no", own_ca="yes")

    assert incident.scope["nis2_significant"] is True
    assert incident.scope["own"] == {"ca": True}


def test_an_older_page_is_refused_and_what_was_typed_stays(staff, url, incident, staff_user):
    seen = incident.version
    cases.edit(incident, {"title": "Another title"}, staff_user, now())
    db.session.commit()

    answer = staff.post(url, data={"version": seen, "world": ["NZ"], "telecom": "yes"})

    assert answer.status_code == 409
    soup = BeautifulSoup(answer.text, "html.parser")
    assert soup.select_one('input[name=world][value="NZ"]').has_attr("checked")
    assert not incident.scope


def test_every_law_stands_beside_its_citation_and_how_sure_it_is(staff, url):
    soup = page(staff, url)

    rows = soup.select("article[id^=law-]")
    assert len(rows) > 20
    for row in rows:
        assert row.select_one("cite").get_text(strip=True), row["id"]
        assert "source" in row.get_text() or "memory" in row.get_text(), row["id"]


def test_several_countries_name_the_lead_authority(staff, url, incident):
    assert "Art. 55, 56(1)" not in page(staff, url).select_one("#result").get_text()

    keep(staff, url, incident, eea=["FR", "BE"])

    result = page(staff, url).select_one("#result").get_text(" ", strip=True)
    assert "CNIL" in result and "Art. 55, 56(1)" in result


def test_the_decision_page_lists_what_other_laws_ask(controller, url, incident):
    incident.scope = {"places": {"ZA": 4}, "places_complete": True}
    db.session.commit()

    text = page(controller, f"/incidents/{incident.reference}/decision").select_one("#elsewhere")

    assert "South Africa" in text.get_text() and "POPIA s. 22" in text.get_text()
    assert text.select_one("a")["href"].startswith(url)


def test_the_decision_page_says_on_which_answers_a_result_rests(controller, url, incident):
    soup = page(controller, f"/incidents/{incident.reference}/decision")

    for verdict in soup.select(".verdict"):
        assert verdict.select_one("cite a")["href"].startswith("https://")
    people = soup.select(".verdict")[1]
    links = [link["href"] for link in people.select("details a") if link["href"].startswith("#")]
    assert "#data_categories" in links
    assert all(soup.select(link) for link in links), "each leads to its question"
    assert "Name, Health" in people.get_text()


def test_five_changes_are_shown_and_the_rest_folded(controller, incident):
    soup = page(controller, f"/incidents/{incident.reference}/decision")
    heading = next(h for h in soup.select("h3") if h.get_text() == "What would change this")
    shown = heading.find_next_sibling("dl")

    assert len(shown.select("dt")) == 5
    assert shown.find_next_sibling("details").select("dt")


def test_of_a_list_only_what_is_added_or_taken_away_is_named(app):
    flips = [
        {"fact": "data_categories", "from": was, "to": to, "changes": {"subjects": told}}
        for was, to, told in (
            (["contact", "identity"], ["contact", "health", "identity"], True),
            (["contact", "health"], ["contact"], False),
            ([], ["pseudonym"], False),
        )
    ]
    with app.test_request_context():
        said = [one["how"] for one in answers.flips({"flips": flips})]

    assert said == [
        "“Health” as well: the people must be told.",
        "Without “Health”: the people need not be told.",
        "“Pseudonym” instead of “none”: the people need not be told.",
    ]


def test_a_processor_writes_down_which_clients_were_told(staff, url, incident):
    incident.facts = {**STOLEN, "controller_role": "processor"}
    db.session.commit()

    staff.post(
        f"/incidents/{incident.reference}/clients", data={"names": "Acme\n\n acme \nBeta SA\n"}
    )
    key = incident.clients[1]["id"]
    staff.post(f"/incidents/{incident.reference}/clients/told", data={"client": key})

    assert [one["name"] for one in incident.clients] == ["Acme", "Beta SA"]
    told = datetime.fromisoformat(incident.clients[1]["told_at"])
    assert incident.clients[0]["told_at"] is None and now() - told < timedelta(minutes=5)
    verbs = db.session.scalars(db.select(Entry.verb).order_by(Entry.n)).all()
    assert verbs[-3:] == ["client.added", "client.added", "client.told"]
    assert "Beta SA" in staff.get(f"/incidents/{incident.reference}").text
    again = told.isoformat()
    staff.post(f"/incidents/{incident.reference}/clients/told", data={"client": key})
    assert incident.clients[1]["told_at"] == again


def test_clients_that_cannot_be_kept_are_refused(incident, staff, staff_user):
    with pytest.raises(Refused, match="longer than"):
        clients.add(incident, ["x" * 201], staff_user, now())
    with pytest.raises(Refused, match="more than"):
        clients.add(incident, map(str, range(1001)), staff_user, now())
    with pytest.raises(Refused, match="not on the list"):
        clients.tell(incident, "nobody", staff_user, now())
    incident.stage = "closed"
    with pytest.raises(Refused, match="closed"):
        clients.add(incident, ["Acme"], staff_user, now())
    db.session.rollback()
    url = f"/incidents/{incident.reference}/clients"
    assert staff.post(url, data={"names": " "}).status_code == 400
    assert "x" * 201 in staff.post(url, data={"names": "x" * 201}).text


def test_the_texts_for_both_ways_stand_in_both_languages(staff, url, incident):
    soup = page(staff, url)

    for name in ("tell_controllers", "ask_processor"):
        for language, cited in (("en", "GDPR"), ("fr", "RGPD")):
            text = soup.select_one(f"#{name}-{language}").get_text()
            assert cited in text and incident.reference in text
            assert "privacy@training.example" in text
            assert soup.select_one(f'[data-copy="{name}-{language}"]')


def test_the_page_is_whole_in_french(staff, url, incident):
    keep(staff, url, incident, world=["GB", "BR"], insured="yes", nis2_entity="yes")
    staff.post("/language", data={"language": "fr", "next": "/"})

    text = page(staff, url).select_one("#result").get_text(" ", strip=True)

    assert "Royaume-Uni" in text and "jours ouvrables" in text
    assert "%(" not in text
