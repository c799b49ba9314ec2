"""Whoever got a letter can check that it is ours; nobody learns who else got one."""

import re

import pytest
from door import shown
from letters import proof_of, text_of

from incidents.db import db, now
from notifications import codes, genuine, notices, post
from notifications.models import Mail, Recipient
from notifications.recipients import listing

ADA = "ada@example.org"


@pytest.fixture
def sent(ready, controller_user):
    """A letter that left, to Ada and Bob; and Ada's row."""
    notices.approve(
        ready, notices.fingerprint(ready).hash, controller_user, now(), proof_of(controller_user)
    )
    ready.state, ready.started_at = "done", now()
    for row in db.session.query(Recipient):
        row.state, row.sent_at = "sent", now()
    db.session.commit()
    return listing.find(ready, ADA)


def answered(client, typed):
    return client.post("/check", data={"code": typed})


def test_a_code_names_its_row_however_it_is_typed_and_a_guess_none(app):
    for number in (1, 2, 77, 10**6, 2**35 - 1):
        code = codes.code(number)
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}", code)
        typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
        assert codes.read(code) == codes.read(typed) == number
    code = codes.code(77)
    for at, sign in enumerate(code):
        for other in set(codes.SIGNS) - {sign}:
            assert sign == "-" or codes.read(code[:at] + other + code[at + 1 :]) is None
    for typed in ("", "x", codes.SAMPLE, code[:-1], code + "2", "é" * 15, "\0" * 200):
        assert codes.read(typed) is None


def test_a_genuine_code_is_told_with_what_every_reader_knows_and_not_to_whom(client, sent):
    answer = answered(client, codes.code(sent.id))
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert "A letter with this code is from us" in answer.text
    assert "Example Training" in answer.text and "Security incident" in answer.text
    assert ADA not in answer.text and "Ada" not in answer.text


def test_an_unknown_and_a_wrong_code_look_alike(client, sent):
    unknown = answered(client, codes.code(10**6)).text
    wrong = answered(client, codes.code(sent.id)[::-1]).text
    assert "We know no letter with this code" in unknown

    def plain(page):
        return re.sub(r'value="[^"]*"', "", page)

    assert plain(unknown) == plain(wrong) == plain(answered(client, "nothing").text)


def test_the_code_of_a_letter_that_never_left_is_unknown(client, ready):
    row = listing.find(ready, ADA)
    assert "We know no letter" in answered(client, codes.code(row.id)).text


def test_the_letter_says_the_code_and_where_to_check_it(sent):
    from notifications import compose

    raw = compose.letter(sent.notice, sent, None).as_bytes().replace(b"=\r\n", b"").decode()
    assert codes.code(sent.id) in raw and "/check" in raw
    assert "{code}" in text_of(sent.notice, "en").body


@pytest.mark.parametrize("purged", [False, True])
def test_only_the_address_itself_is_answered_and_the_page_says_the_same_to_all(
    client, sent, purged
):
    reference = sent.notice.incident.reference
    if purged:
        sent.notice.list_key.key = None
        db.session.commit()
    pages = {}
    for address in ("ADA@example.org", "stranger@example.org"):
        pages[address] = shown(client.post("/check/address", data={"address": address}))
    assert len(set(pages.values())) == 1
    mails = {mail.to.lower(): mail for mail in db.session.query(Mail).filter_by(kind="told")}
    assert sorted(mails) == ["ada@example.org", "stranger@example.org"]
    for mail in mails.values():
        assert not mail.content["text"]
        assert post.freshen["told"](mail, now())
    assert reference in mails[ADA].content["text"] and "Yes." in mails[ADA].content["text"]
    stranger = mails["stranger@example.org"].content["text"]
    assert "No. We have not written" in stranger and reference not in stranger


def test_an_address_is_answered_once_an_hour(client, sent):
    for _ in range(3):
        assert client.post("/check/address", data={"address": ADA}).status_code == 200
    [mail] = db.session.query(Mail).filter_by(kind="told")
    mail.made_at -= genuine.HOUR * 2
    db.session.commit()
    client.post("/check/address", data={"address": ADA})
    assert db.session.query(Mail).filter_by(kind="told").count() == 2


def test_what_is_no_address_gets_no_answer(client, sent):
    assert client.post("/check/address", data={"address": "nobody"}).status_code == 422
    assert db.session.query(Mail).filter_by(kind="told").count() == 0
