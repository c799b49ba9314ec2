"""Whom a notice to people speaks of: names before addresses, and desks that are recipients."""

import pytest
from returns import notice, read

NAMED = {
    "brackets and a day": (
        "These could not be reached:\n\n      Ada L. (ada@shop.example) on 5/2/2026 5:39 PM\n"
        "            The account does not exist.  <mx.shop.example #5.1.1>\n\n"
        "      Bob M. (bob@shop.example) on 5/2/2026 5:39 PM\n"
        "            The mailbox is full.  <mx.shop.example #5.2.2>\n"
    ),
    "a line of its own": (
        "Delivery has failed to these recipients or groups:\n\nAda L. (ada@shop.example)\n"
        "That address couldn't be found.\n\nBob M. (bob@shop.example)\nThe mailbox is full.\n"
    ),
    "as it stood in the mail": (
        '<"L., Ada" <ada@shop.example>>:\nno mailbox here by that name. (#5.1.1)\n\n'
        "<Bob M. <bob@shop.example>>:\nuser is over quota\n"
    ),
}


@pytest.mark.parametrize("how", NAMED)
def test_each_recipient_is_found_after_its_name(how):
    rows = read(notice(NAMED[how]))

    assert [row[:2] for row in rows] == [
        ("ada@shop.example", "hard"),
        ("bob@shop.example", "soft"),
    ]


def test_a_desk_that_heads_what_is_said_of_it_is_a_recipient():
    text = (
        "<support@shop.example>: host mx said: 550 5.1.1 User unknown\n\n"
        "<help@firm.example>: host mx said: 552 5.2.2 over quota\n"
    )
    assert [row[:2] for row in read(notice(text))] == [
        ("support@shop.example", "hard"),
        ("help@firm.example", "soft"),
    ]


def test_a_desk_alone_is_one_but_not_beside_another():
    alone = "Unable to send to abuse@shop.example\n\n550 No such user\n"
    beside = "<ada@shop.example>: 550 5.1.1 no such user\n\nTo report it:\nsupport@relay.example\n"

    assert [row[0] for row in read(notice(alone))] == ["abuse@shop.example"]
    assert [row[0] for row in read(notice(beside))] == ["ada@shop.example"]
