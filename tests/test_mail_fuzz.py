"""Mails broken at random: whatever comes, it is read, skimmed and judged without an error."""

import json
import random

import pytest
from returns import DIALECTS, notice, report, status

from notifications.reading import letter
from notifications.returned import parsing

WHOLE = (
    b"From: =?utf-8?Q?K=C3=A1rim?= <k@c.example>\r\nTo: a@b.example\r\nSubject: =?iso-2022-jp?B?"
    b'GyRCJV4bKEI=?=\r\nContent-Type: multipart/mixed; boundary="x y"\r\n\r\n--x y\r\n'
    b"Content-Type: multipart/alternative; boundary=z\r\n\r\n--z\r\n\r\nHello\r\n--z\r\n"
    b"Content-Type: text/html; charset=utf-16\r\n\r\n<p>Hello<b>\r\n--z--\r\n--x y\r\n"
    b"Content-Type: application/pdf\r\n"
    b"Content-Disposition: attachment; filename*=utf-8''%e2%82%ac.pdf\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjc=\r\n--x y\r\n"
    b"Content-Type: message/rfc822\r\n\r\nSubject: In\r\n\r\n"
    b"begin 644 a.txt\n#0V%T\n`\nend\n\r\n--x y--\r\n"
)
SEEDS = [WHOLE, report(status("5.1.1")), *(notice(text) for text, _ in DIALECTS.values())]
PIECES = [
    *(
        b"\r",
        b"\n",
        b"\0",
        b"--",
        b"--z",
        b"boundary=",
        b"=?utf-8?B?",
        b"?=",
        b"\xff\xfe",
        b'"',
        b"\\",
    ),
    *(b"charset=utf-7", b"charset=idna", b"charset=hz", b"(((((", b"<!--", b"&#xD800;", b"+2AA-"),
    b"Content-Type: multipart/mixed; boundary=\xc3\xa9\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: x-uuencode\r\n",
    b"filename*0*=bogus'x'%ff\r\n",
    b'filename="../../\xe2\x80\xaetxt.exe"',
    b"=ybegin line=128 size=1 name=a\r\n",
    b"From: <>\r\n",
    b"Final-Recipient: rfc822; \r\n",
]


def broken(chance):
    """One of the seeds with a few places changed."""
    mail = bytearray(chance.choice(SEEDS))
    for _ in range(chance.randint(1, 10)):
        place = chance.randrange(len(mail) + 1)
        kind = chance.randrange(6)
        if kind < 2:
            mail[place:place] = chance.choice(PIECES)
        elif kind == 2:
            del mail[place : place + chance.randint(1, 60)]
        elif kind == 3:
            mail[place : place + 40] = mail[place : place + 40] * chance.randint(2, 60)
        elif kind == 4:
            mail[place:place] = chance.choice([b" ", b">", b"a@", b"<", b"\n"]) * 3000
        elif mail:
            mail[place % len(mail)] = chance.randrange(256)
    return bytes(mail)


@pytest.mark.parametrize("seed", range(4))
def test_no_broken_mail_breaks_the_reading(seed):
    chance = random.Random(seed)
    for _ in range(20):
        raw = broken(chance)
        facts, files = letter.read(raw, 2**20)
        json.dumps(facts, ensure_ascii=False).encode()  # no halves of characters
        json.dumps(letter.skim(raw), ensure_ascii=False).encode()
        assert len(facts["files"]) == len(files)
        rows = parsing._parse(raw).rows
        assert {row.outcome for row in rows} <= set(parsing.OUTCOMES)
