"""By hand: what the controller sees is what is approved; nobody else approves."""

import re

import pytest
from bs4 import BeautifulSoup
from letters import text_of

from incidents.db import db, now
from incidents.models import Entry, Organisation
from notifications import compose, notices
from notifications.models import Mail, NoticeText, Recipient
from notifications.recipients import listing
from notifications.recipients.person import Person
from tests.conftest import PASSWORD


def seen(page):
    return re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)[1]


def test_the_controller_approves_what_the_page_shows(controller, ready):
    url = f"/notices/{ready.uid}/approve"
    page = controller.get(url).text
    assert "Approve this letter to 2 people" in page
    assert "Security incident concerning your personal data" in page
    data = {"seen": seen(page)}
    assert controller.post(url, data=data).status_code == 422  # not ticked
    assert controller.post(url, data=data | {"sure": "y", "password": PASSWORD}).status_code == 302
    assert ready.state == "approved"
    assert "Exactly this text and this list are approved" in controller.get(url).text


def test_a_change_while_the_controller_reads_is_shown_instead_of_approved(
    controller, ready, staff_user
):
    url = f"/notices/{ready.uid}/approve"
    data = {"seen": seen(controller.get(url).text), "sure": "y", "password": PASSWORD}
    listing.add(ready, "kim@example.org", None, "en", staff_user, now())
    db.session.commit()
    answer = controller.post(url, data=data)
    assert answer.status_code == 409 and ready.state == "draft"
    assert "has changed since this page was shown" in answer.text
    assert "Approve this letter to 3 people" in answer.text


def test_after_a_wrong_password_the_page_opens_where_it_is_asked_again(
    controller, ready, staff_user
):
    url = f"/notices/{ready.uid}/approve"
    first = BeautifulSoup(controller.get(url).text, "html.parser")
    (form,) = first.select("form:has(#password)")
    place = form["action"].partition("#")[2]
    data = {"seen": seen(str(first)), "sure": "y", "password": "not it"}
    page = BeautifulSoup(controller.post(url, data=data).text, "html.parser")
    (there,) = page.select(f"#{place}")
    assert there.select(".summary a[href='#password']") and there.select("#password")
    listing.add(ready, "kim@example.org", None, "en", staff_user, now())
    db.session.commit()
    page = BeautifulSoup(
        controller.post(url, data=data | {"password": PASSWORD}).text, "html.parser"
    )
    (there,) = page.select(f"#{place}")
    assert "has changed since" in there.text and not there.select("#password")


def test_what_is_missing_is_named_and_there_is_no_button(controller, notice, staff_user):
    listing.add(notice, "ada@example.org", None, "fr", staff_user, now())
    db.session.commit()
    page = controller.get(f"/notices/{notice.uid}/approve").text
    assert "It cannot be approved yet" in page and "Approve this letter" not in page
    said = BeautifulSoup(page, "html.parser").select_one(".notice.warning li").text
    assert said.startswith("French: Everything written and translated.") and "[[" in said[60:]


def test_a_text_that_nobody_gets_is_not_asked_for(staff, notice, staff_user):
    url = f"/notices/{notice.uid}"
    assert "Finish the text" not in staff.get(url).text  # first: to whom
    listing.add(notice, "ada@example.org", None, "en", staff_user, now())
    db.session.commit()
    page = BeautifulSoup(staff.get(url).text, "html.parser")
    texts = [row.text for row in page.select("dl.facts > div") if "Text in" in row.text]
    assert "nobody on the list gets it" in texts[1] and "missing" not in texts[1]


def test_the_letter_that_people_get_is_read_before_one_for_nobody(staff, notice, staff_user):
    listing.add(notice, "ada@example.org", None, "fr", staff_user, now())
    db.session.commit()
    page = BeautifulSoup(staff.get(f"/notices/{notice.uid}/check").text, "html.parser")
    heads = [head.text for head in page.select("h2") if ": " in head.text]
    assert heads == ["French: one person", "English: nobody on the list gets it"]


def test_a_setting_that_changed_later_is_shown_as_a_void_approval(controller, ready):
    url = f"/notices/{ready.uid}/approve"
    controller.post(
        url, data={"seen": seen(controller.get(url).text), "sure": "y", "password": PASSWORD}
    )
    db.session.get(Organisation, 1).contact = "other@training.example"
    db.session.commit()
    page = controller.get(url).text
    assert "The approval does not hold any more" in page and "Approve this letter" in page


@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_do_not_approve(staff, ready, method):
    assert getattr(staff, method)(f"/notices/{ready.uid}/approve").status_code == 403


def test_a_stranger_sees_nothing_of_a_letter(client, ready):
    person = db.session.query(Recipient).first().uid
    for path in ("", "/text/en", "/people", "/check", "/approve", f"/preview/{person}"):
        assert client.get(f"/notices/{ready.uid}{path}").status_code == 302


def test_a_letter_begins_with_the_decision_and_not_before(staff, incident, told):
    url = f"/incidents/{told.reference}/notices"
    assert "Draft the letter" in staff.get(url).text
    answer = staff.post(f"{url}/new", data={"written_in": "en"})
    assert re.fullmatch(r"/notices/[0-9a-f]{16}/people", answer.location)
    assert "Letter 1" in staff.get(url).text


def test_without_a_decision_the_page_says_where_it_is_taken(staff, incident):
    url = f"/incidents/{incident.reference}/notices"
    page = staff.get(url).text
    assert "A letter needs a decision first" in page
    assert f'href="/incidents/{incident.reference}/decision"' in page
    assert staff.post(f"{url}/new", data={"written_in": "en"}).status_code == 409


def test_words_are_saved_and_checked_without_losing_any(staff, notice):
    url, text = f"/notices/{notice.uid}/text/en", text_of(notice, "en")
    data = {
        "subject": "A subject",
        "body": "Only this {nom}\r\nline",
        "version": notices.seen_of(text),
    }
    looked = staff.post(url, data=data | {"look": "1"})
    assert "Only this {nom}" in looked.text and "{nom} is no placeholder" in looked.text
    assert text.subject != "A subject"
    assert staff.post(url, data=data).status_code == 302
    assert (text.subject, text.body) == ("A subject", "Only this {nom}\nline")


def test_the_text_that_most_people_get_opens_first(staff, notice, staff_user):
    url = f"/notices/{notice.uid}/text"
    french = {"Accept-Language": "fr"}
    assert staff.get(url, headers=french).location == f"{url}/fr"  # nobody yet: the reader's own
    for name, language in (("ada", "en"), ("bob", "en"), ("eve", "fr")):
        listing.add(notice, f"{name}@example.org", None, language, staff_user, now())
    db.session.commit()
    page = BeautifulSoup(
        staff.get(f"/notices/{notice.uid}/people", headers=french).text, "html.parser"
    )
    (go_on,) = page.select("a.button.primary")
    assert staff.get(go_on["href"], headers=french).location == f"{url}/en"


def test_a_claim_leads_to_the_fact_that_does_not_bear_it_out(staff, notice):
    url = f"/notices/{notice.uid}/text/en"
    data = {"subject": "A subject", "body": "Your data was made public.", "look": "1"}
    page = BeautifulSoup(staff.post(url, data=data).text, "html.parser")
    (link,) = page.select(".checks a")
    place, _, fact = link["href"].partition("#")
    assert (place, fact) == (f"/incidents/{notice.incident.reference}/decision", "public_exposure")
    (question,) = BeautifulSoup(staff.get(place).text, "html.parser").select(f"#{fact}")
    assert question.select("input[type=radio]")


def test_a_stale_edit_is_refused_and_both_versions_are_shown(staff, notice):
    url, text = f"/notices/{notice.uid}/text/en", text_of(notice, "en")
    version = notices.seen_of(text)
    staff.post(url, data={"subject": "Theirs", "body": "Their words", "version": version})
    answer = staff.post(url, data={"subject": "Mine", "body": "My words", "version": version})
    assert answer.status_code == 409
    assert "Their words" in answer.text and "My words" in answer.text
    assert db.session.get(NoticeText, text.id).body == "Their words"
    fresh = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)[1]
    again = {"subject": "Mine", "body": "My words", "version": fresh}
    assert staff.post(url, data=again).status_code == 302
    assert db.session.get(NoticeText, text.id).body == "My words"


def test_a_text_that_is_too_long_comes_back_whole(staff, notice):
    url, text = f"/notices/{notice.uid}/text/en", text_of(notice, "en")
    body = "word " * 5000
    answer = staff.post(url, data={"subject": "x", "body": body, "version": notices.seen_of(text)})
    assert answer.status_code == 422 and body.strip() in answer.text


def test_a_letter_is_read_as_one_person_gets_it_and_the_reading_is_logged(staff, ready):
    person = db.session.query(Recipient).filter_by(language="en").first()
    page = staff.get(f"/notices/{ready.uid}/preview/{person.uid}").text
    assert "Hello Ada Byron," in page and "ada@example.org" in page
    entry = db.session.query(Entry).filter_by(verb="list.person_read").one()
    assert entry.detail["person"] == person.uid and "example.org" not in str(entry.detail)


def test_who_has_no_address_is_shown_as_told_on_paper_and_not_by_mail(staff, ready):
    person = db.session.query(Recipient).first()
    person.person = Person("", "Ada Byron", "en", postal="2 Lane")
    db.session.commit()
    page = staff.get(f"/notices/{ready.uid}/preview/{person.uid}").text
    assert "Hello Ada Byron," in page and "no e-mail address on the list" in page
    assert "mail programs" not in page and "As plain text" not in page


def test_a_postal_address_of_several_lines_reads_as_one_in_a_sentence(ready):
    db.session.get(Organisation, 1).postal_address = "1 Lane,\n\n75011 Paris"
    assert compose.values(ready)["postal_address"] == "1 Lane, 75011 Paris"


def test_nothing_typed_becomes_markup(staff, ready, controller_user):
    text = text_of(ready, "en")
    text.body += "\n<script>alert(1)</script> {{7*7}}"
    person = db.session.query(Recipient).first()
    person.person = person.person._replace(name="<img src=x onerror=alert(1)>")
    db.session.commit()
    for path in ("text/en", "check", f"preview/{person.uid}"):
        answer = staff.get(f"/notices/{ready.uid}/{path}")
        assert "<script>alert" not in answer.text and "<img" not in answer.text
        assert (
            "{{7*7}}" in answer.text
            and "'unsafe-inline'" not in answer.headers["Content-Security-Policy"]
        )


def test_a_person_is_found_by_the_whole_address_and_it_stays_out_of_the_url(staff, ready):
    url = f"/notices/{ready.uid}/check"
    person = db.session.query(Recipient).first()
    answer = staff.post(url, data={"address": "ADA@example.org"})
    assert answer.location == f"/notices/{ready.uid}/preview/{person.uid}"
    assert "not on the list" in staff.post(url, data={"address": "eve@example.org"}).text


def test_a_test_goes_to_whoever_asks_and_to_nobody_else(controller, controller_user, ready):
    assert controller.post(f"/notices/{ready.uid}/test").status_code == 302
    [mail] = db.session.query(Mail).all()
    assert (mail.kind, mail.to, mail.notice_id) == ("test", controller_user.email, ready.id)
    assert mail.content["subject"].startswith("[Test] Security incident")
    assert "Hello Cleo," in mail.content["text"] and "<p>Hello Cleo,</p>" in mail.content["html"]
    assert {row.state for row in db.session.query(Recipient)} == {"queued"}
