"""What is said on one connection, and what is understood: by words alone, without a network."""

import pytest

from notifications.sending.dialogue import Dialogue, Ended
from notifications.sending.tray import Ready

TEXT = b"Subject: x\r\n\r\nHello\r\n"
GROUP = b"250 2.0.0 Ok: queued as %d\r\n250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End with a dot\r\n"


class Desk:
    """Letters 0, 1, 2 ...; and what became of them."""

    def __init__(self, count):
        self.letters = [
            Ready(n, 1, 1, b"us@a.example", b"p%d@b.example" % n, raw=TEXT) for n in range(count)
        ]
        self.started, self.outcomes = [], {}

    def take(self):
        return self.letters.pop(0) if self.letters else None

    def holds(self, letter):
        return False

    def begun(self, letter):
        self.started.append(letter.id)

    def done(self, letter, outcome):
        self.outcomes[letter.id] = (outcome.state, outcome.answer)


@pytest.fixture
def desk():
    return Desk(3)


@pytest.fixture
def talk(desk):
    """A connection on which the first letter was begun."""
    talk = Dialogue({"pipelining"}, desk)
    talk.go()
    said(talk)
    talk.hear(b"250 ok\r\n250 ok\r\n354 go on\r\n")
    return talk


def said(talk):
    """What it says now; the network takes it."""
    out = bytes(talk.out)
    talk.sent(len(out))
    return out


def test_the_end_of_a_letter_opens_the_next_in_one_write(talk, desk):
    envelope = b"MAIL FROM:<us@a.example>\r\nRCPT TO:<p1@b.example>\r\nDATA\r\n"
    assert said(talk) == TEXT + b".\r\n" + envelope
    talk.hear(GROUP % 7)
    assert desk.outcomes == {0: ("sent", "250 2.0.0 Ok: queued as 7")} and desk.started == [0, 1]


def test_replies_are_understood_the_same_in_whatever_pieces_they_come(desk):
    def after(pieces):
        one = Desk(3)
        talk = Dialogue({"pipelining"}, one)
        talk.go()
        talk.hear(b"250 ok\r\n250 ok\r\n354 go on\r\n")
        talk.sent(len(talk.out))
        for piece in pieces:
            talk.hear(piece)
        return one.outcomes, one.started, bytes(talk.out), talk.idle

    whole = GROUP % 7
    expected = after([whole])
    for at in range(1, len(whole)):
        assert after([whole[:at], whole[at:]]) == expected
    assert after([bytes([byte]) for byte in whole]) == expected
    assert after([b"250-first line\r\n" + whole])[1:] == expected[1:]


@pytest.mark.parametrize(
    ("replies", "first", "second"),
    [
        (b"451 later\r\n250 ok\r\n250 ok\r\n354 go\r\n", ("deferred", "451 later"), None),
        (b"550 no\r\n250 ok\r\n250 ok\r\n354 go\r\n", ("failed", "550 no"), None),
        (
            b"250 ok\r\n250 ok\r\n550 no such\r\n554 no\r\n",
            ("sent", "250 ok"),
            ("failed", "550 no such"),
        ),
        (
            b"250 ok\r\n250 ok\r\n450 greylisted\r\n354 go\r\n",
            ("sent", "250 ok"),
            ("deferred", "450 greylisted"),
        ),
        (
            b"250 ok\r\n550 not you\r\n503 no\r\n503 no\r\n",
            ("sent", "250 ok"),
            ("refused", "550 not you"),
        ),
    ],
)
def test_a_refusal_in_a_group_is_that_letters_alone(talk, desk, replies, first, second):
    said(talk)
    talk.hear(replies)
    assert desk.outcomes == {0: first} | ({1: second} if second else {})
    assert desk.started == ([0] if second else [0, 1])


def test_an_address_refused_before_a_354_is_ended_by_a_lone_dot(talk, desk):
    said(talk)
    talk.hear(b"250 ok\r\n250 ok\r\n550 no such\r\n354 go\r\n")
    assert said(talk).startswith(b".\r\nMAIL FROM:") and desk.started == [0]


def test_stepwise_each_command_waits_for_its_reply(desk):
    talk = Dialogue(set(), desk)
    talk.go()
    assert said(talk) == b"MAIL FROM:<us@a.example>\r\n"
    talk.hear(b"250 ok\r\n")
    assert said(talk) == b"RCPT TO:<p0@b.example>\r\n"
    talk.hear(b"250 ok\r\n")
    assert said(talk) == b"DATA\r\n"
    talk.hear(b"354 go\r\n")
    assert said(talk) == TEXT + b".\r\n"


@pytest.mark.parametrize(
    "words", [b"hello\r\n", b"250 ok\r\n99 what\r\n", b"421 closing\r\n", b"x" * 70_000]
)
def test_what_nobody_understands_ends_the_connection(talk, words):
    said(talk)
    with pytest.raises(Ended):
        talk.hear(words)


def test_a_letter_whose_dot_had_left_is_in_doubt_and_the_next_waits(talk, desk):
    said(talk)
    assert [letter.id for letter in talk.end("gone")] == [1]
    assert desk.outcomes == {0: ("in_doubt", "gone")}


def test_a_letter_whose_dot_had_not_left_is_nobodys(talk, desk):
    talk.sent(len(TEXT))
    assert [letter.id for letter in talk.end("gone")] == [0, 1] and desk.outcomes == {}
