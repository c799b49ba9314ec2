"""What a returned mail says of each address, in the dialects that mail systems speak.

Every mail here is made for the test; the shared set of real ones is at the end.
"""

import json
from pathlib import Path

import pytest
from returns import DIALECTS, SYSTEM, notice, read, report, status

from notifications import returned
from notifications.reading.child import Reader

SHARED = Path(__file__).parent.parent.parent / "shared" / "mail" / "bounces"


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"),
    [
        (status("5.1.1", "550 5.1.1 <ada@shop.example>: User unknown"), "hard", "userunknown"),
        (status("5.1.1"), "hard", "userunknown"),
        (status("5.1.2", "550 Host unknown"), "hard", "hostunknown"),
        (status("5.1.6", "550 5.1.6 recipient no longer on server"), "hard", "hasmoved"),
        (status("5.1.10", "556 5.1.10 domain returned Null MX"), "hard", "notaccept"),
        (status("5.2.2", "552 5.2.2 mailbox full"), "soft", "mailboxfull"),
        (status("5.1.1", "550 5.1.1 Refused due to recipient preferences"), "soft", "filtered"),
        (status("5.1.8", "501 5.1.8 Sender address rejected"), "soft", "rejected"),
        (status("5.7.1", "550 5.7.1 Message rejected as spam by content filtering"), "soft", None),
        (status("5.7.26", "550 5.7.26 fails DMARC authentication"), "soft", "authfailure"),
        (
            status("5.7.1", "554 5.7.1 Client host rejected: cannot find your hostname"),
            "soft",
            None,
        ),
        (status("5.0.0", "550 user unknown"), "soft", "filtered"),
        (status("5.3.4", "552 5.3.4 message size exceeds fixed limit"), "soft", "mesgtoobig"),
        (status("4.4.1", "connect to shop.example: Connection timed out"), "delayed", "expired"),
        (status("4.4.7"), "delayed", "expired"),
        (status("4.2.2", "452 4.2.2 over quota", "delayed"), "delayed", "mailboxfull"),
        (status("2.1.5", "250 2.1.5 Ok", "delivered"), "delivered", "delivered"),
        (status("5.1.1", "procmail: Couldn't create a file", kind="x-unix"), "soft", "mailererror"),
        (status("5.4.6", "554 5.4.6 Too many hops"), "soft", "networkerror"),
        (status("5.1.1", "550 5.1.1 shop.example loops back to myself"), "soft", "networkerror"),
        (status("5.5.3", "send it multiple times to fewer people"), "soft", "toomanyconn"),
    ],
)
def test_the_fields_say_whether_an_address_is_lost_or_a_letter(fields, outcome, reason):
    ((recipient, found, why),) = read(report(fields))

    assert (recipient, found) == ("ada@shop.example", outcome)
    assert reason in (why, None)


def test_each_address_of_a_report_has_its_own_row():
    two = status("5.1.1") + "\nFinal-Recipient: rfc822; bob@shop.example\nAction: delayed\n"

    assert [row[:2] for row in read(report(two))] == [
        ("ada@shop.example", "hard"),
        ("bob@shop.example", "delayed"),
    ]


@pytest.fixture(scope="module")
def patient():
    """A reader in a process of its own, as it reads all mail; with time for a busy machine."""
    reader = Reader(seconds=40)
    yield reader
    reader.close()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_is_written_for_people_is_understood(dialect):
    text, outcome = DIALECTS[dialect]

    assert [row[:2] for row in read(notice(text))] == [("ada@shop.example", outcome)]


def test_a_warning_is_never_final_and_giving_up_is():
    (waits,) = returned.parse(notice(DIALECTS["postfix waits"][0])).rows
    (ended,) = returned.parse(notice(DIALECTS["exim gives up"][0])).rows

    assert (waits.outcome, waits.final) == ("delayed", False)
    assert (ended.outcome, ended.final) == ("delayed", True)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 <ada@shop.example>... User unknown", "hard"),
        ("250 2.1.5 <ada@shop.example>... ok\n  DATA\n  354 go on\n  554 5.7.1 a virus", "soft"),
        ("250 2.1.5 <ada@shop.example>... ok\n  DATA\n  354 go on\n  554 no thanks", "soft"),
    ],
)
def test_what_a_server_took_before_it_refused_is_no_delivery(answer, outcome):
    text = (
        "It had permanent errors.\n\n  MAIL From:<us@training.example>\n  250 2.1.0 Sender ok\n"
        f"  RCPT To:<ada@shop.example>\n  {answer}\n"
    )
    assert [row[:2] for row in read(notice(text))] == [("ada@shop.example", outcome)]


def test_a_notice_that_it_was_delivered_is_no_failure():
    text = "Your message has been delivered to the following recipients:\n\nada@shop.example\n"
    raw = notice(text, "Delivered: Hi")

    assert read(raw) == [("ada@shop.example", "delivered", "delivered")]


def test_a_warning_in_the_subject_weighs_more_than_the_text():
    text = (
        "This was delivered to these recipients:\n\nada@shop.example: Network error on its hosts\n"
    )
    raw = notice(text, "Delivery status notification: warning")

    assert [row[:2] for row in read(raw)] == [("ada@shop.example", "delayed")]


def test_the_header_that_lists_the_failed_decides():
    more = "X-Failed-Recipients: ada@shop.example, bob@shop.example\n"
    text = "Write to help@relay.example.\n\n  ada@shop.example\n    Unrouteable address\n"

    assert [row[:2] for row in read(notice(text, more=more))] == [
        ("ada@shop.example", "hard"),
        ("bob@shop.example", "soft"),
    ]


def test_a_complaint_names_whose_it_is_or_nobody():
    raw = (
        "From: feedback@provider.example\nSubject: Abuse report\nContent-Type: multipart/report; "
        "report-type=feedback-report; boundary=x\n\n--x\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: abuse\nUser-Agent: Some/1\n{}\n--x--\n"
    )
    named = raw.format("Original-Rcpt-To: ada@shop.example\n").encode()

    assert read(named) == [("ada@shop.example", "complaint", "feedback")]
    assert read(raw.format("").encode()) == [(None, "complaint", "feedback")]


def test_a_sending_service_tells_in_json():
    told = {
        "notificationType": "Bounce",
        "bounce": {
            "bouncedRecipients": [
                {"emailAddress": "ada@shop.example", "action": "failed", "status": "5.1.1"}
            ]
        },
    }
    raw = f"From: no-reply@sns.example\nSubject: Notification\n\n{json.dumps(told)}\n".encode()

    assert read(raw) == [("ada@shop.example", "hard", "userunknown")]


def test_a_return_that_a_gateway_passed_on_is_read():
    inner = report(status("5.1.1")).decode()
    raw = (
        f"{SYSTEM}Subject: Returned mail: User unknown\n"
        f"Content-Type: multipart/mixed; boundary=o\n\n"
        f"--o\n\n----- The following addresses had errors -----\n--o\nContent-Type: message/rfc822"
        f"\n\n{inner}\n--o--\n"
    )
    assert read(raw.encode())[0][:2] == ("ada@shop.example", "hard")


@pytest.mark.parametrize(
    "raw",
    [
        b"a@" * 300_000,
        b"<a@b.example>: user unknown mailbox full 550 5.1.1\n" * 30_000,
        b"delivery to " * 100_000,
        b"<" * 400_000,
        b"\r" * 500_000,
        b"5.1.1" * 200_000,
        b"unknown mailbox " * 60_000,
        b"host a[1]: no such " * 50_000,
        b"550 a\n" * 100_000,
        b"a@b.example\n" * 50_000,
        b"mail to a" * 60_000,
        b"reason: " * 70_000,
        b"\n \n" * 200_000,
        b"\xe7\x94\xa8\xe6\x88\xb7" * 90_000,
        b'{ "eventType": ' * 40_000,
        b"Final-Recipient: rfc822; a@b.example\nAction: failed\n\n" * 20_000,
        b'{"notificationType":' + b"[" * 200_000,
    ],
)
@pytest.mark.parametrize("kind", [b"", b"Content-Type: text/html\n"])
def test_no_mail_makes_the_parser_give_up(raw, kind, patient):
    """Hundredths of a second, where the square of the length would take minutes."""
    mail = SYSTEM.encode() + b"Subject: failure notice\n" + kind + b"\n" + raw

    assert patient.read(mail, 0).trouble is None


def test_the_command_prints_one_line_and_always_succeeds(run):
    for raw, is_bounce in ((report(status("5.1.1")), True), (b"", False), (b"\xff\0", False)):
        result = run("mail", "bounce", input=raw)

        assert result.exit_code == 0
        told = json.loads(result.stdout)
        assert told["is_bounce"] is is_bounce
        assert all(
            list(row) == ["recipient", "outcome", "status", "reason"] for row in told["rows"]
        )


@pytest.mark.skipif(not SHARED.exists(), reason="the shared returns are not here")
def test_real_returns_are_understood():
    rows = found = right = others = lost = 0
    for name, expected in json.loads((SHARED / "expected.json").read_text()).items():
        got = list(returned.parse((SHARED / name).read_bytes()).rows)
        for row in expected:
            same = [r for r in got if row["recipient"] in (r.recipient, None)]
            best = next((r for r in same if r.outcome == row["outcome"]), same[0] if same else None)
            outcome = best.outcome if best else None
            rows, found, right = rows + 1, found + bool(best), right + (outcome == row["outcome"])
            others += row["outcome"] != "hard"
            lost += row["outcome"] != "hard" and outcome == "hard"
            assert not (row["outcome"] == "delayed" and outcome in ("hard", "soft")), name

    assert found >= 0.97 * rows
    assert right >= 0.93 * rows
    assert lost <= 0.01 * others
