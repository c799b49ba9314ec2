"""What is unknown or not valid is not always the recipient: then no address is called lost.

And what people and machines send that is no return is taken for none.
"""

import pytest
from no_returns import mails
from returns import ORIGINAL, notice, read, report, status

from notifications import returned

# (code, what the server said): of the sender, the client, the content, or a moment.
ANSWERS = [
    ("5.1.0", "550 5.1.0 <us@training.example>: Sender address rejected: User unknown"),
    ("", "550 Sender verify failed: unknown user us@training.example"),
    ("5.1.8", "553 5.1.8 Domain of sender address us@training.example does not exist"),
    ("5.7.1", "554 5.7.1 Client host rejected: cannot find your hostname, [192.0.2.1]"),
    ("", "550 IP address 192.0.2.1 not found in DNS"),
    ("", "550 invalid HELO name: host not found"),
    ("", "501 Invalid address in MAIL FROM"),
    ("", "550 The From address is not valid"),
    (
        "",
        "550 Requested action not taken: mailbox unavailable. Your network is listed by our filter",
    ),
    ("", "451 user unknown, try again later"),
    ("4.1.1", "450 4.1.1 <ada@shop.example>: unverified address: unknown user"),
    ("", "554 Message refused: attachment name invalid"),
    ("5.6.0", "554 5.6.0 Message header From: address is invalid"),
    ("", "550 Message-ID not valid"),
    ("", "550 SPF: sender domain not found"),
    ("", "550 You are not a member of this list, unknown sender address"),
    ("", "550 Only registered users may write to this address; your address is not known here"),
    ("", "550 user not permitted to receive mail from outside"),
    ("", "554 account of the sender is unknown to this relay"),
    ("", "550 relay not permitted for unknown user"),
    ("", "550 authentication required: unknown user name"),
    ("", "535 5.7.8 user name not valid"),
    ("", "550 Reverse lookup: host name unknown for 192.0.2.1"),
    ("", "421 domain not available at the moment"),
    ("", "550 Mailbox temporarily not available"),
    ("", "550 No such user in our reputation list: message looks like spam"),
    ("", "552 the account is not available: over quota"),
    ("", "554 Recipient server unavailable"),
    ("", "550 Your address is not on this user's list of allowed senders"),
    ("", "550 Recipient does not accept mail from unknown addresses"),
    ("", "550 the recipient rejects mail from invalid domains"),
    ("", "554 5.7.1 unknown recipient policy"),
    ("", "554 5.3.0 user directory not available"),
    ("", "550 address list server could not be found"),
    ("", "451 4.3.0 alias database unavailable; user unknown"),
    ("", "550 content rejected: links to a domain that does not exist"),
    ("", "550 mailbox is not available for this sender"),
    ("", "550 Die Adresse des Absenders ist unbekannt"),
    ("", "550 L'adresse de l'expéditeur est inconnue"),
    ("", "550 La dirección del remitente no existe"),
    ("", "550 Le domaine de l'expéditeur n'existe pas"),
    ("", "550 Absenderdomain existiert nicht"),
    ("", "421 host name lookup failed, not found"),
    ("", "450 mailbox unavailable"),
    ("", "451 Temporary local problem: cannot find user database"),
    ("", "504 Helo: invalid address of the host"),
    ("", "530 Must issue STARTTLS first; account invalid"),
    ("", "535 authentication failed: user not found"),
    ("", "550 mailbox of the recipient is currently unavailable, try later"),
    ("", "550 only members may post; unknown member"),
    ("", "550 sending domain not found"),
    ("5.2.2", "552 5.2.2 user's mailbox not found enough space"),
]


@pytest.mark.parametrize(("code", "said"), ANSWERS)
def test_an_answer_about_something_else_loses_no_address(code, said):
    words = (
        "Your message could not be delivered.\n\n<ada@shop.example>: host mx.shop.example said:\n"
        f"    {said}\n\n{ORIGINAL}"
    )
    for raw in (report(status(code or "5.0.0", said)), notice(words)):
        assert "hard" not in [outcome for _recipient, outcome, _reason in read(raw)]


@pytest.mark.parametrize(
    "said",
    [
        "550 5.1.1 The address ada@shop.example does not exist; check your address book",
        "550 No such user here (ada)",
        "550 5.7.1 invalid recipient ada@shop.example",
    ],
)
def test_an_answer_that_names_the_recipient_as_unknown_still_does(said):
    assert read(report(status("5.0.0", said)))[0][:2] == ("ada@shop.example", "hard")


def test_of_160_mails_that_are_no_returns_none_costs_an_address():
    made = list(mails())
    taken = [(what, returned.parse(raw)) for what, raw in made]

    assert len(made) == 160
    assert [what for what, found in taken if found.is_bounce] == []
    assert [what for what, found in taken if any(row.outcome == "hard" for row in found.rows)] == []
