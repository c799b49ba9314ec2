"""Whatever a server or a network does, each letter has one clear outcome, and none goes twice."""

import os
import socket
import subprocess
import time
from collections import Counter
from types import SimpleNamespace

import pytest
from servers import DROP, HANG, Faulty, free_port, make_certificate, need

from notifications.relay import Relay, Unreachable, opened
from notifications.sending.journal import Journal, left
from notifications.sending.line import Line
from notifications.sending.tray import HELD, Ready, Tray
from notifications.sending.wire import Wire

TEXT = b"Subject: x\r\n\r\n" + (b"y" * 70 + b"\r\n") * 20


def letters(numbers):
    return [Ready(n, 1, 1, b"us@a.example", b"p%d@b.example" % n, raw=TEXT) for n in numbers]


class Books:
    """Who gives out the letters, and closes once it heard of each."""

    waiting = gone = False

    def __init__(self, tray, count):
        self.turns = 0
        self.tray, self.count = tray, count
        self.outcomes, self.back = {}, []
        self.silent, self._open = os.pipe()
        self.end = time.monotonic() + 20

    def fileno(self):
        return self.silent

    def hear(self):
        raise AssertionError("nothing was said")

    def tell(self):
        self.turns += 1
        for letter, outcome in self.tray.collect():
            if outcome is HELD:
                self.back.append(letter.id)
            else:
                self.outcomes[letter.id] = outcome
        if len(self.outcomes) + len(self.back) == self.count:
            self.tray.close()
        assert time.monotonic() < self.end, "it never ended"

    def close(self):
        os.close(self.silent)
        os.close(self._open)


class Sent:
    """What came of sending so many letters, or those with these numbers: outcomes by number,
    and what was given back."""

    def __init__(self, tmp_path, port, which, connections=1, per_minute=None, kind=Books, **more):
        numbers = range(which) if isinstance(which, int) else sorted(which)
        quick = {"connect_timeout": 2, "answer_timeout": 0.5, "final_timeout": 0.5}
        values = {"security": "none", **quick, **more}
        relay = Relay("127.0.0.1", port, connections=connections, **values)
        tray, self.journal = Tray(per_minute), Journal(tmp_path, "test/1")
        self.books = books = kind(tray, len(numbers))
        self.wire = Wire(relay, tray, self.journal, books)
        tray.add(letters(numbers))
        self.wire.run(opened(relay))
        tray.close()
        books.tell()
        books.close()
        self.outcomes, self.back = books.outcomes, books.back
        assert sorted([*self.outcomes, *self.back]) == list(numbers), "each exactly once"
        self.states = Counter(one.state for one in self.outcomes.values())
        self.states["back"] = len(self.back)

    def told(self, faulty):
        """The letters that the server has, by what we know of them."""
        return [self.outcomes[int(to[1 : to.index("@")])].state for to in faulty.kept]


@pytest.mark.parametrize("connections", [1, 4])
def test_all_letters_arrive_whole_and_once(faulty, tmp_path, connections):
    sent = Sent(tmp_path, faulty.port, 40, connections)
    assert sent.states == {"sent": 40, "back": 0}
    assert Counter(to for to, _ in faulty.taken) == Counter(f"p{n}@b.example" for n in range(40))
    assert {text for _, text in faulty.taken} == {TEXT}
    assert (faulty.connections == 1) is (connections == 1)


@pytest.mark.parametrize("code", [450, 451, 452])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "."])
def test_a_4xx_defers_that_letter_and_marks_none_failed(faulty, tmp_path, step, code):
    faulty.fault = lambda s, _c, time: f"{code} 4.2.1 later" if (s, time) == (step, 2) else None
    sent = Sent(tmp_path, faulty.port, 5)
    assert sent.states == {"sent": 4, "deferred": 1, "back": 0}
    assert sent.outcomes[1].answer == f"{code} 4.2.1 later"
    assert faulty.connections == 1 and len(faulty.kept) == 4


@pytest.mark.parametrize("code", [550, 552, 553, 554])
@pytest.mark.parametrize("step", ["RCPT", "DATA", "."])
def test_a_5xx_for_a_person_fails_that_person_and_the_others_go_on(faulty, tmp_path, step, code):
    faulty.fault = lambda s, _c, time: f"{code} 5.1.1 no" if (s, time) == (step, 2) else None
    sent = Sent(tmp_path, faulty.port, 5)
    assert sent.states == {"sent": 4, "failed": 1, "back": 0}
    assert sent.outcomes[1].answer == f"{code} 5.1.1 no"


def test_a_5xx_for_the_sender_begins_no_other_letter(faulty, tmp_path):
    faulty.fault = lambda s, _c, _t: "550 5.7.1 blocked" if s == "MAIL" else None
    sent = Sent(tmp_path, faulty.port, 30)
    assert sent.states["refused"] in (1, 2) and sent.states["failed"] == 0
    assert faulty.kept == []


def test_a_refused_address_that_is_still_asked_for_a_text_gets_no_empty_mail(tmp_path):
    """RFC 2920: DATA may be answered by 354 though no address was taken."""
    faulty = Faulty(pipelining=True)
    faulty.fault = lambda s, _c, time: "550 no" if s == "RCPT" and time == 2 else None
    try:
        sent = Sent(tmp_path, faulty.port, 4)
    finally:
        faulty.stop()
    assert sent.states == {"sent": 3, "failed": 1, "back": 0}
    assert [text for to, text in faulty.taken if to == "p1@b.example"] in ([], [b""])


@pytest.mark.parametrize("fault", [DROP, HANG])
def test_an_answer_that_never_comes_leaves_that_one_letter_in_doubt(faulty, tmp_path, fault):
    faulty.fault = lambda s, c, time: fault if (s, c, time) == (".", 1, 3) else None
    sent = Sent(tmp_path, faulty.port, 7)
    assert sent.states == {"sent": 6, "in_doubt": 1, "back": 0}
    assert Counter(sent.told(faulty)) == {"sent": 6, "in_doubt": 1}


def test_a_server_that_answers_no_text_puts_two_in_doubt_and_not_all(faulty, tmp_path):
    faulty.fault = lambda s, _c, _t: DROP if s == "." else None
    sent = Sent(tmp_path, faulty.port, 30)
    assert sent.states["in_doubt"] == 2 and sent.states["sent"] == 0
    assert sent.wire.failure


def test_a_421_to_a_whole_text_was_not_taken_over(faulty, tmp_path):
    faulty.fault = lambda s, c, time: "421 later" if (s, c, time) == (".", 1, 2) else None
    sent = Sent(tmp_path, faulty.port, 5)
    assert sent.states == {"sent": 4, "deferred": 1, "back": 0}


@pytest.mark.parametrize("cut", [60, 700, 2_000])
def test_a_text_that_did_not_leave_whole_is_in_nobodys_hands(faulty, proxy, tmp_path, cut):
    """Cut in an envelope, in a text, and later: what is not in doubt is not there."""
    proxy.cut = cut
    sent = Sent(tmp_path, proxy.port, 6)
    assert sent.states["in_doubt"] <= sent.states.total()
    assert set(sent.told(faulty)) <= {"sent", "in_doubt"}


def test_a_wire_that_falls_silent_is_given_up_in_time(faulty, proxy, tmp_path):
    calls = []

    def fault(step, _connection, time):
        calls.append(step)
        proxy.deaf = calls.count(".") == 3
        return

    faulty.fault = fault
    sent = Sent(tmp_path, proxy.port, 6)
    assert sent.states["in_doubt"] >= 1 and sent.states["sent"] >= 2
    assert set(sent.told(faulty)) <= {"sent", "in_doubt"}


def test_a_slow_answer_is_waited_for_at_rest_though_the_next_letter_is_due(faulty, tmp_path):
    faulty.fault = lambda step, _c, _t: HANG if step == "." else None
    sent = Sent(tmp_path, faulty.port, 2, per_minute=60_000)
    assert sent.states["in_doubt"] and sent.books.turns < 60  # a thousand a second, once


def test_when_nobody_listens_any_more_the_last_answer_is_waited_for_at_rest(faulty, tmp_path):
    books, heard = [], []

    class Leaves(Books):
        def __init__(self, *args):
            super().__init__(*args)
            books.append(self)

        def hear(self):
            heard.append(os.read(self.silent, 1))
            self.gone = True
            self.tray.close()

        def close(self):
            os.close(self.silent)

    def fault(step, _connection, _time):
        if step == ".":
            os.close(books[0]._open)
            return HANG
        return None

    faulty.fault = fault
    sent = Sent(tmp_path, faulty.port, 1, kind=Leaves)
    assert sent.states == {"in_doubt": 1, "back": 0} and heard == [b""]


def test_bytes_that_make_no_reply_win_no_time():
    ours, theirs = socket.socketpair()
    tray = Tray()
    tray.add(letters([1]))
    with ours, theirs:
        line = Line(SimpleNamespace(sock=ours, esmtp_features={}), tray)
        assert line.talk.go()
        begin = line.heard_at
        for piece in (b"250-we are", b" slow\r\n", b"2"):
            theirs.sendall(piece)
            line.read()
            line.hear()
            assert line.heard_at == begin
        theirs.sendall(b"50 ok\r\n")
        line.read()
        line.hear()
        assert line.heard_at > begin


def test_what_is_not_understood_ends_the_connection(faulty, tmp_path):
    faulty.fault = lambda s, c, time: "gibberish" if (s, c, time) == ("RCPT", 1, 2) else None
    sent = Sent(tmp_path, faulty.port, 4)
    assert sent.states == {"sent": 4, "back": 0} and faulty.connections == 2


def test_the_journal_knows_of_doubts_only(faulty, tmp_path):
    faulty.fault = lambda s, c, time: DROP if (s, c, time) == (".", 1, 2) else None
    sent = Sent(tmp_path, faulty.port, 5)
    sent.journal.close(settled=False)
    (found,) = left(tmp_path)
    assert {n for (n, _), (step, _) in found.steps.items() if step == "begun"} == {1}
    assert sent.outcomes[1].state == "in_doubt"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_letters_go_encrypted_over_several_connections(tmp_path, monkeypatch, security):
    from aiosmtpd.controller import Controller

    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    got = []

    class Keep:
        async def handle_DATA(self, server, session, envelope):
            got.append((session.ssl is not None, envelope.rcpt_tos[0]))
            return "250 kept"

    context = certificate.server_context()
    more = {"ssl_context": context} if security == "tls" else {"tls_context": context}
    more |= {} if security == "tls" else {"require_starttls": True}
    server = Controller(Keep(), hostname="127.0.0.1", port=free_port(), **more)
    server.start()
    try:
        sent = Sent(tmp_path, server.port, 30, 3, security=security, answer_timeout=10)
    finally:
        server.stop()
    assert sent.states == {"sent": 30, "back": 0}
    assert len(set(got)) == 30 and (security == "tls" or all(ssl for ssl, _ in got))


@pytest.mark.parametrize("flags", [[], ["-p"]], ids=["pipelined", "stepwise"])
def test_postfix_own_sink_gets_them_all(tmp_path, flags):
    sink, port = need("smtp-sink", "postfix"), free_port()
    command = [sink, "-u", "nobody", *flags, f"127.0.0.1:{port}", "100"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                opened(Relay("127.0.0.1", port, "none")).close()
                break
            except Unreachable:
                time.sleep(0.05)
        sent = Sent(tmp_path, port, 300, connections=8, answer_timeout=10, final_timeout=10)
    finally:
        server.kill()
        server.wait()
    assert sent.states == {"sent": 300, "back": 0}
