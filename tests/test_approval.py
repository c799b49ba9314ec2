"""What is approved is exactly what was shown: these words, these people, this sender."""

import pytest
from letters import part_of, proof_of, text_of

from incidents.actions import duties
from incidents.db import db, now
from incidents.models import Entry, Organisation
from incidents.refusal import Refused, Stale
from notifications import notices
from notifications.models import Recipient, Server
from notifications.recipients import listing
from notifications.recipients.person import Person


def approve(notice, by, seen=None):
    notices.approve(notice, seen or notices.fingerprint(notice).hash, by, now(), proof_of(by))
    db.session.commit()


def verbs():
    return [entry.verb for entry in db.session.query(Entry).order_by(Entry.n)]


def test_a_complete_letter_with_people_is_approved_and_the_file_has_its_hash(
    ready, controller_user
):
    approve(ready, controller_user)
    assert ready.state == "approved" and ready.approved_by is controller_user
    assert notices.is_approved(ready)
    entry = db.session.query(Entry).filter_by(verb="notice.approved").one()
    settings = entry.detail["settings"]
    assert settings["organisation"]["contact"] == "privacy@training.example"
    assert entry.detail == {
        "settings": settings,
        "notice": ready.uid,
        "hash": ready.approval,
        "people": 2,
        "languages": {"en": 2},
        "proof": "password",
    }


def test_only_the_controller_approves(ready, staff_user):
    with pytest.raises(Refused):
        approve(ready, staff_user)
    assert not notices.is_approved(ready)


def test_a_letter_to_nobody_is_refused(english, notice, controller_user):
    with pytest.raises(Refused) as refused:
        approve(notice, controller_user)
    assert refused.value.missing == ["People: the list is empty"]


def test_a_letter_that_lacks_a_part_is_refused_and_the_part_is_named(ready, controller_user):
    part = part_of(ready, "en")
    part.body = part.body.replace("# What this may mean for you", "# Other things")
    with pytest.raises(Refused) as refused:
        approve(ready, controller_user)
    [named] = refused.value.missing
    assert named.startswith("English: The likely consequences.")
    assert "# What this may mean for you" in named


def test_a_letter_without_a_duty_any_more_is_refused(ready, controller_user):
    duties.withdraw(ready.duty, "not needed", controller_user, now())
    with pytest.raises(Refused):
        approve(ready, controller_user)


def test_a_letter_without_a_sender_is_refused(ready, controller_user):
    db.session.get(Organisation, 1).contact = ""
    with pytest.raises(Refused) as refused:
        approve(ready, controller_user)
    assert any("in Settings" in text for text in refused.value.missing)


def test_a_text_that_nobody_gets_may_stay_unfinished(notice, controller_user):
    listing.add(notice, "ada@example.org", "Ada", "en", controller_user, now())
    approve(notice, controller_user)
    assert "[[" in text_of(notice, "fr").body and notices.is_approved(notice)


def test_a_text_that_one_person_gets_must_be_finished(notice, controller_user):
    listing.add(notice, "ada@example.org", "Ada", "fr", controller_user, now())
    with pytest.raises(Refused) as refused:
        approve(notice, controller_user)
    assert all(text.startswith("French: ") for text in refused.value.missing)


CHANGES = {
    "a word": lambda notice: setattr(text_of(notice, "en"), "body", "other"),
    "the part of a group": lambda notice: setattr(part_of(notice, "en"), "body", "other"),
    "the subject": lambda notice: setattr(text_of(notice, "en"), "subject", "other"),
    "a name": lambda notice: setattr(person(notice), "person", Person("ada@example.org", "Eve")),
    "a language": lambda notice: setattr(person(notice), "language", "fr"),
    "an address": lambda notice: setattr(person(notice), "address_key", b"0" * 16),
    "a group": lambda notice: setattr(person(notice), "group", 1),
    "two people swapped": lambda notice: swap(*db.session.query(Recipient).all()),
    "a person less": lambda notice: db.session.delete(person(notice)),
    "the organisation": lambda _: setattr(db.session.get(Organisation, 1), "name", "Other"),
    "the contact": lambda _: setattr(db.session.get(Organisation, 1), "contact", "x@y.example"),
    "the authority": lambda _: setattr(db.session.get(Organisation, 1), "authority", "BE"),
    "the sender": lambda _: db.session.add(
        Server(direction="out", host="smtp.example", port=25, sender="other@mail.example")
    ),
}


def swap(one, other):
    one.person_sealed, other.person_sealed = other.person_sealed, one.person_sealed


def person(notice):
    return db.session.query(Recipient).filter_by(notice_id=notice.id).first()


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_after_the_approval_voids_it_by_whatever_way(ready, controller_user, change):
    approve(ready, controller_user)
    CHANGES[change](ready)
    db.session.flush()
    assert not notices.is_approved(ready)


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_since_the_page_was_shown_is_not_approved(ready, controller_user, change):
    seen = notices.fingerprint(ready).hash
    CHANGES[change](ready)
    db.session.flush()
    with pytest.raises(Refused):
        approve(ready, controller_user, seen)
    assert ready.approval is None


def test_a_wrong_hash_is_stale_and_not_an_error(ready, controller_user):
    for seen in ("", "é", "0" * 64):
        with pytest.raises(Stale):
            notices.approve(ready, seen, controller_user, now(), proof_of(controller_user))


def test_a_changed_text_puts_the_letter_back_to_draft_and_says_so(ready, controller_user):
    approve(ready, controller_user)
    text = text_of(ready, "en")
    seen = notices.seen_of(text)
    notices.change(text, text.subject, f"{text.body}\nMore.", seen, controller_user, now())
    assert (ready.state, ready.approval, ready.approved_at) == ("draft", None, None)
    assert verbs()[-2:] == ["notice.approval_voided", "notice.text_changed"]


def test_saving_the_same_words_again_keeps_the_approval(ready, controller_user):
    approve(ready, controller_user)
    text = text_of(ready, "en")
    assert not notices.change(
        text, text.subject, text.body, notices.seen_of(text), controller_user, now()
    )
    assert notices.is_approved(ready)


def test_a_changed_list_puts_the_letter_back_to_draft(ready, controller_user):
    approve(ready, controller_user)
    listing.add(ready, "kim@example.org", None, "en", controller_user, now())
    assert ready.state == "draft"
    approve(ready, controller_user)
    listing.remove(person(ready), controller_user, now())
    assert ready.state == "draft" and ready.approval is None


def test_a_letter_on_its_way_is_neither_changed_nor_approved_again(ready, controller_user):
    approve(ready, controller_user)
    ready.state = "sending"
    text = text_of(ready, "en")
    with pytest.raises(Refused):
        notices.change(text, "x", "y", notices.seen_of(text), controller_user, now())
    with pytest.raises(Refused):
        approve(ready, controller_user)
    assert notices.is_approved(ready)


def test_whoever_is_taken_off_and_put_on_again_gets_another_letter(ready, controller_user):
    """Its Message-ID is another one, so it is not what was approved."""
    seen = notices.fingerprint(ready).hash
    first, last = db.session.query(Recipient).order_by(Recipient.id)
    who = first.person
    listing.remove(first, controller_user, now())
    db.session.flush()
    again = listing.add(ready, who.address, who.name, who.language, controller_user, now())
    assert again.id > last.id and notices.fingerprint(ready).hash != seen


def test_an_approval_can_still_be_checked_when_nobody_can_be_read_any_more(ready, controller_user):
    approve(ready, controller_user)
    ready.list_key.key = None
    db.session.commit()
    assert person(ready).address == "-" and notices.is_approved(ready)
