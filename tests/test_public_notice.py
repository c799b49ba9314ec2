"""People told in public: a page of ours, from its first day to its last."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from babel.dates import format_date
from letters import FACTS, proof_of
from sqlalchemy import select

from incidents import audit
from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Assessment, Decision, Entry, Organisation
from incidents.refusal import Refused
from notifications import notices
from notifications.channels import asked, press, public
from tests.conftest import PASSWORD

HOUR = timedelta(hours=1)


@pytest.fixture
def wanted(told, controller_user):
    """The incident, its decision asking for a notice to the public."""
    judged = Assessment(
        incident=told,
        at=now(),
        on=now().date(),
        law_version="test",
        facts=dict(FACTS),
        result={"subjects": {"channel": "public", "exemption": "34(3)(c)"}},
    )
    decision = Decision(
        incident=told,
        assessment=judged,
        at=now(),
        by=controller_user,
        authority=True,
        subjects=True,
        departs=False,
    )
    db.session.add(decision)
    db.session.commit()
    return told


@pytest.fixture
def drafted(english, wanted, controller_user):
    duty = next(one for one in wanted.duties if one.kind == "subjects")
    row = public.draft(wanted, duty, controller_user, now(), "en", None)
    db.session.commit()
    return row


@pytest.fixture
def approved(drafted, controller_user):
    at = now()
    public.set_dates(drafted, at - HOUR, at + 24 * HOUR, controller_user, at)
    notices.approve(
        drafted, notices.fingerprint(drafted).hash, controller_user, at, proof_of(controller_user)
    )
    db.session.commit()
    return drafted


@pytest.fixture
def published(approved, controller_user):
    public.publish(approved, controller_user, now())
    db.session.commit()
    return approved


def page_of(notice, language=""):
    return f"/notices/public/{notice.public_id}{language and '/' + language}"


def test_a_decision_that_names_the_article_asks_for_a_public_notice(wanted, told):
    assert asked(wanted).public and asked(wanted).rule == "GDPR Art. 34(3)(c)"
    wanted.decisions[-1].assessment.result = {"subjects": {"channel": "direct"}}
    assert not asked(wanted).public


def test_it_needs_its_dates_and_all_its_texts_before_it_is_approved(drafted, controller_user):
    with pytest.raises(Refused) as refused:
        notices.approve(drafted, "", controller_user, now(), proof_of(controller_user))
    assert refused.value.missing == ["Dates: from when to when the page stands"]
    part = drafted.groups[0].texts[0]
    part.body = part.body.replace("# What this may mean for you", "# Other things")
    with pytest.raises(Refused) as refused:
        notices.approve(drafted, "", controller_user, now(), proof_of(controller_user))
    assert any("The likely consequences" in fault for fault in refused.value.missing)


def test_a_change_of_its_dates_voids_the_approval(approved, controller_user):
    assert notices.is_approved(approved)
    approved.shown_until += HOUR
    db.session.flush()
    assert not notices.is_approved(approved)
    with pytest.raises(Refused):
        public.publish(approved, controller_user, now())


def test_nobody_finds_it_before_it_is_published_and_its_day_has_come(
    approved, client, controller_user
):
    assert client.get(page_of(approved)).status_code == 404
    public.publish(approved, controller_user, now())
    approved.shown_from = now() + HOUR
    db.session.commit()
    assert client.get(page_of(approved)).status_code == 404
    assert "What happened" not in client.get("/notices/public").text


def test_its_pages_say_where_it_stands_and_nothing_of_letters(published, controller):
    own = f"/notices/{published.uid}"
    page = controller.get(own).text
    assert "<h1>The notice is public</h1>" in page and "See what was published" in page
    assert "Go on to publishing" not in page + controller.get(f"{own}/approve").text
    answer = controller.get(f"{own}/progress")
    assert (answer.status_code, answer.location) == (302, f"{own}/published")


def test_everybody_reads_what_was_approved_word_for_word(published, client):
    title = published.texts[0].subject
    answer = client.get(page_of(published, "en"))
    assert answer.status_code == 200 and "noindex" not in str(answer.headers)
    assert "What happened" in answer.text and 'lang="en"' in answer.text
    assert "{" not in re.sub(r"(?s)<(script|style).*?</\1>", "", answer.text)
    # It greets nobody, and calls itself what it is.
    assert "Hello" not in answer.text and "None" not in answer.text
    assert "Nothing in this notice is" in answer.text and "This letter" not in answer.text
    # Settings that change later do not change what was approved.
    db.session.get(Organisation, 1).controller = "Somebody Else"
    published.texts[0].body = "changed behind the back"
    db.session.commit()
    again = client.get(page_of(published)).text
    assert "changed behind" not in again and "What happened" in again
    assert client.get(page_of(published, "xx")).status_code == 404
    assert title.split("{")[0].strip()[:10] in client.get("/notices/public").text


def test_the_duty_is_met_by_it_when_its_day_has_come(published):
    duty = published.duty
    assert duty.is_open
    public.keep()
    assert duty.met_at is not None and published.approval in duty.proof
    assert "34(3)(c)" in duty.proof and audit.verify().broken_at is None


def test_where_each_person_must_be_told_the_page_does_not_meet_the_duty(published):
    published.incident.decisions[-1].assessment.result = {"subjects": {"channel": "direct"}}
    db.session.commit()
    public.keep()
    assert published.duty.is_open


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "pt"])
def test_the_article_is_named_only_where_the_decision_rests_on_it(
    published, client, controller, language
):
    page, house = public.page(published), db.session.get(Organisation, 1)
    page.texts[language] = page.texts["en"]

    def said():
        shown = client.get(page_of(published, "en")).text
        kept = controller.get(f"/notices/{published.uid}/published").text
        return "Published on" in shown, "34(3)(c)" in shown, "34(3)(c)" in kept

    article = re.compile(r"34\W.*\b3\b.*\bc\b")
    assert article.search(press.text(page, language, house)) and said() == (True, True, True)
    # Each person must be told: the notice stands beside the letters, and claims no more.
    published.incident.decisions[-1].assessment.result = {"subjects": {"channel": "direct"}}
    db.session.commit()
    assert not article.search(press.text(page, language, house))
    assert said() == (True, False, False)


def test_it_stands_from_its_publication_where_its_first_moment_was_over_by_then(
    approved, client, controller_user, monkeypatch
):
    """A page that was published on Friday for "from Thursday on" told nobody on Thursday."""
    later = now() + 23 * HOUR
    public.publish(approved, controller_user, later)
    db.session.commit()
    monkeypatch.setattr(public, "now", lambda: later)
    public.keep()
    assert approved.duty.met_at == later == approved.stands_from
    zone = ZoneInfo(db.session.get(Organisation, 1).time_zone)
    day = format_date(later.astimezone(zone).date(), "d MMMM y", locale="en")
    assert f"Published on {day} under" in client.get(page_of(approved, "en")).text
    house = db.session.get(Organisation, 1)
    head = press.text(public.page(approved), "en", house).split("\n\n")[0]
    assert head.endswith(day)


def test_nobody_reads_that_it_stood_there_when_it_was_withdrawn_before(
    approved, client, controller_user
):
    approved.shown_from = now() + HOUR
    notices.approve(
        approved,
        notices.fingerprint(approved).hash,
        controller_user,
        now(),
        proof_of(controller_user),
    )
    public.publish(approved, controller_user, now())
    public.withdraw(approved, "Too early.", controller_user, now())
    db.session.commit()
    assert client.get(page_of(approved)).status_code == 404


def test_after_its_end_the_page_says_that_it_stood_there(published, client, monkeypatch):
    later = now() + 48 * HOUR
    monkeypatch.setattr(public, "now", lambda: later)
    public.keep()
    assert published.state == "done"
    answer = client.get(page_of(published))
    assert answer.status_code == 410 and answer.headers["X-Robots-Tag"] == "noindex"
    assert "stood here" in answer.text and "What happened" not in answer.text


def test_a_withdrawn_page_says_so_and_the_duty_is_open_again(published, client, controller_user):
    public.keep()
    with pytest.raises(Refused):
        public.withdraw(published, " ", controller_user, now())
    public.withdraw(published, "A figure was wrong.", controller_user, now())
    db.session.commit()
    answer = client.get(page_of(published))
    assert answer.status_code == 410 and "withdrawn" in answer.text
    assert published.duty.is_open


def test_only_the_controller_publishes_and_withdraws(approved, staff_user, staff):
    with pytest.raises(Refused):
        public.publish(approved, staff_user, now())
    assert staff.post(f"/notices/{approved.uid}/published").status_code == 403
    assert staff.post(f"/notices/{approved.uid}/withdraw").status_code == 403


def test_the_file_has_the_hash_and_the_words(published):
    entry = db.session.scalar(select(Entry).where(Entry.verb == "notice.published"))
    assert entry.detail["hash"] == published.approval
    assert "What happened" in entry.detail["texts"]["en"][1]


def test_the_press_gets_plain_words_and_a_tagged_page(published, controller):
    page = public.page(published)
    served = db.session.get(Organisation, 1)
    words = press.text(page, "en", served)
    assert words.startswith("Example Training\n") and "34(3)(c)" in words
    assert public.address(published, "en") in words and "What happened" in words
    _, said = page.texts["en"]
    assert all(line.lstrip("#-0123456789. ") in words for line in said.splitlines())  # unbroken
    assert press.as_pdf(page, "en", served) == press.as_pdf(page, "en", served)
    answer = controller.get(f"/notices/{published.uid}/press/en.pdf")
    assert answer.data.startswith(b"%PDF-") and b"StructTreeRoot" in answer.data


def test_the_controller_goes_the_whole_way_on_the_pages(english, wanted, controller, client):
    page = controller.get(f"/incidents/{wanted.reference}/notices").text
    assert "The law asks for a notice to the public" in page and "34(3)(c)" in page
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page)
    data = {"written_in": "en"} | ({"key": key[1]} if key else {})
    answer = controller.post(f"/incidents/{wanted.reference}/notices/public", data=data)
    uid = re.search(r"/notices/([0-9a-f]{16})/dates", answer.location)[1]
    day = (now() - HOUR).date().isoformat()
    dates = {"start": [day, "00:01"], "end": ["2199-01-01", "10:00"]}
    assert controller.post(f"/notices/{uid}/dates", data=dates).status_code == 302
    for place in ("", "/text/en", "/check", "/approve", "/published"):
        assert controller.get(f"/notices/{uid}{place}").status_code == 200
    seen = re.search(
        r'name="seen"[^>]*value="([^"]+)"', controller.get(f"/notices/{uid}/approve").text
    )
    form = {"seen": seen[1], "sure": "y", "password": PASSWORD}
    approved = controller.post(f"/notices/{uid}/approve", data=form, follow_redirects=True).text
    assert "Nothing is public yet" in approved and "this list" not in approved
    assert controller.post(f"/notices/{uid}/published").status_code == 422
    assert controller.post(f"/notices/{uid}/published", data={"sure": "y"}).status_code == 302
    shown = controller.get(f"/notices/{uid}/published").text
    assert "The notice is public" in shown and "For the press" in shown
    link = re.search(r"/notices/public/[0-9a-f]{16}", shown)[0]
    assert client.get(link).status_code == 200


def test_the_duty_that_a_page_has_met_is_not_met_twice(published, controller_user):
    duties.withdraw(published.duty, "not needed", controller_user, now())
    db.session.commit()
    public.keep()
    assert published.duty.met_at is None
