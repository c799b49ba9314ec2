"""Who sent a mail is shown as what our own mail server found of it; junk is set apart, and kept."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from incidents.actions import reports
from incidents.db import db, now
from incidents.models import Report
from notifications import acknowledge, incoming, junk, tokens
from notifications.models import Mail, Server
from notifications.reading.child import reader

OURS = "Authentication-Results: mx.training.example; "


@pytest.fixture(autouse=True, scope="module")
def _child():
    yield
    reader.close()


@pytest.fixture
def mailbox(app):
    db.session.add(
        Server(direction="in", host="mx.training.example", authserv="mx.Training.example")
    )
    db.session.commit()


def taken(*lines, to="", text="I saw a leak."):
    mail = "\n".join([*lines, "From: Ada <ada@shop.example>", f"To: {to}", "", text, ""])
    outcome = incoming.take(mail.encode(), f"test:{len(mail)}", now())
    return outcome, db.session.scalar(select(Report).where(Report.reference == outcome.report))


@pytest.mark.parametrize(
    ("line", "check"),
    [
        (OURS + "dmarc=pass header.from=shop.example", "verified"),
        (OURS + "spf=pass smtp.mailfrom=bounce@mail.shop.example", "verified"),
        (OURS + "dkim=pass (1024 bit; 50%) header.d=shop.example header.s=x", "verified"),
        (OURS + "dkim=pass header.d=evil.example; spf=pass smtp.mailfrom=evil.example", "unknown"),
        (OURS + "dkim=pass header.d=notshop.example", "unknown"),
        (OURS + "dkim=pass header.d=example", "unknown"),
        (OURS + "dmarc=fail (p=none) header.from=shop.example; spf=pass", "failed"),
        (OURS + "spf=fail smtp.mailfrom=shop.example", "failed"),
        (OURS + "none", "unknown"),
        ("Authentication-Results: mx.evil.example; dmarc=pass header.from=shop.example", "unknown"),
        ("Authentication-Results: (mx.training.example;) evil; dmarc=pass", "unknown"),
        ("X-Nothing: 1", "unknown"),
    ],
)
def test_a_sender_is_verified_by_our_own_mail_server_only(mailbox, line, check):
    _, report = taken(line)

    assert report.sender_check == check


def test_the_topmost_line_of_our_server_decides(mailbox):
    _, report = taken(OURS + "dmarc=fail", OURS + "dmarc=pass header.from=shop.example")

    assert report.sender_check == "failed"


def test_without_the_name_of_our_server_nobody_is_verified(app):
    _, report = taken(OURS + "dmarc=pass header.from=shop.example")

    assert report.sender_check == "unknown"


def test_a_page_says_whether_the_sender_was_checked(mailbox, staff):
    _, report = taken(OURS + "dmarc=fail")

    page = staff.get(f"/reports/{report.reference}").text
    assert "did not come from that address" in page


@pytest.mark.parametrize(
    "line",
    [
        "X-Spam-Flag: YES",
        "X-Spam-Status: Yes, score=12.3 required=5.0",
        "X-Rspamd-Action: add header",
        "X-MS-Exchange-Organization-SCL: 6",
    ],
)
def test_junk_is_set_aside_by_a_rule_that_is_shown_and_nobody_is_answered(app, staff, line):
    outcome, report = taken(line)
    acknowledge.pending(now())

    assert (outcome.kind, outcome.stored) == ("report", True)
    assert (report.state, report.mark) == ("set_aside", "junk")
    assert report.aside in [rule.words for rule in junk.RULES]
    assert db.session.scalars(select(Mail)).all() == []
    assert report.aside in staff.get(f"/reports/{report.reference}").text


@pytest.mark.parametrize("line", ["X-Spam-Flag: NO", "X-Spam-Status: No, score=1", "X-Spam: "])
def test_ordinary_mail_is_not_set_aside(app, line):
    _, report = taken(line)

    assert report.state == "new"


def test_junk_that_is_none_is_taken_back_and_answered(app, staff_user):
    _, report = taken("X-Spam-Flag: YES")
    reports.take_back(report, staff_user, now())
    db.session.commit()
    acknowledge.pending(now() + timedelta(minutes=1))

    assert (report.state, report.mark) == ("new", None)
    assert [mail.to for mail in db.session.scalars(select(Mail))] == ["ada@shop.example"]


def test_an_answer_to_our_mail_is_never_junk(app, report):
    token = tokens.reply_token(report.uid)
    outcome, joined = taken("X-Spam-Flag: YES", text=f"My answer. {token}")

    assert (outcome.kind, joined.state) == ("reply", "new")


def test_the_rules_are_shown_to_whoever_sets_the_mailbox_up(controller):
    page = controller.get("/settings/mail/incoming").text

    assert all(rule.words in page for rule in junk.RULES)
