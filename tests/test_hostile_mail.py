"""Mail made to do harm is kept as far as a limit, marked, and the next mail goes on."""

import base64
import gzip
import os
from pathlib import Path

import pytest

from notifications.reading import letter, markup, mime, words
from notifications.reading.child import MEGABYTE, Reader

HEAD = b"From: a@b.example\nSubject: s\n"
FILE_LIMIT = 25 * MEGABYTE


@pytest.fixture(scope="module")
def reader():
    """A child of its own, with the limits of every day."""
    reader = Reader()
    yield reader
    reader.close()


def peak(reader):
    """The most memory the child ever held, in bytes."""
    status = Path(f"/proc/{reader.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def nested(levels):
    content = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(levels)
    )
    return HEAD + content + b"\nwords far below\n"


def parts(number):
    head = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n"
    return head + b"".join(b"--x\n\npart %d\n" % n for n in range(number)) + b"--x--\n"


MAILS = {
    "deep within the limit": (nested(40), [], "words far below"),
    "a thousand levels deep": (nested(1000), ["too_many_parts"], "words far below"),
    "mails within mails": (
        HEAD + b"Content-Type: message/rfc822\n\n" * 1000,
        ["oversize", "too_many_parts"],
        "",
    ),
    "ten thousand parts": (parts(10_000), ["too_many_parts"], "part 7"),
    "a megabyte of subject": (b"Subject: " + b"a" * MEGABYTE + b"\n\nhi", ["oversize"], "hi"),
    "twenty thousand encoded words": (
        HEAD + b"Subject: " + b" =?utf-8?B?w6k=?=\n" * 20_000 + b"\nhi",
        ["oversize"],
        "hi",
    ),
    "a hundred thousand headers": (b"X: y\n" * 100_000 + b"\nhi", ["oversize"], "hi"),
    "ten thousand brackets": (b"From: " + b"(" * 10_000 + b"\n\nhi", [], "hi"),
    "marks piled on one letter": (
        HEAD + b"Content-Type: text/plain; charset=utf-8\n\nhi " + "a\u0300\u0316".encode() * 9,
        [],
        "hi",
    ),
    "a hundred thousand marks": (HEAD + b"\nhi " + "\u0300\u0316".encode() * 50_000, [], "hi"),
    "a codec that is no charset": (
        HEAD + b"Content-Type: text/plain; charset=zlib\n\nhi",
        [],
        "hi",
    ),
    "a charset nobody knows": (HEAD + b"Content-Type: text/plain; charset=\xff\n\nhi", [], "hi"),
    "markup without end": (HEAD + b"Content-Type: text/html\n\nhi" + b"<![x" * 1000, [], "hi"),
    "a boundary that is missing": (HEAD + b"Content-Type: multipart/mixed\n\nhi", [], "hi"),
    "a boundary that never comes": (
        HEAD + b"Content-Type: multipart/mixed; boundary=y\n\nhi",
        [],
        "hi",
    ),
    "base64 that is none": (
        HEAD + b"Content-Transfer-Encoding: base64\n\n!!!aGkgdGhlcmU=!!!A",
        [],
        "hi there",
    ),
}


@pytest.mark.parametrize("name", MAILS)
def test_a_hostile_mail_is_read_as_far_as_the_limits(reader, name):
    raw, marks, text = MAILS[name]
    reading = reader.read(raw, FILE_LIMIT)

    assert reading.trouble is None
    assert reading.get("marks") == marks
    assert text in reading.get("text")
    assert len(reading.get("text")) <= letter.MOST_TEXT


def test_an_archive_is_never_unpacked(reader):
    """10 MB of zeros in a gzip of 10 kB: what is kept is what came."""
    packed = gzip.compress(bytes(10 * MEGABYTE))
    raw = (
        HEAD
        + b"Content-Type: application/gzip; name=a.gz\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(packed)
    )
    assert reader.read(raw, FILE_LIMIT).files == [packed]


def test_a_file_over_the_limit_stays_in_the_original_mail(reader):
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nhi\n--x\n"
        + b"Content-Disposition: attachment; filename=large\n\n"
        + b"a" * 2000
        + b"\n--x\nContent-Disposition: attachment; filename=small\n\nabc\n--x--\n"
    )
    reading = reader.read(raw, 1000)

    assert reading.get("marks") == ["oversize"]
    assert [file["name"] for file in reading.get("files")] == ["small"]


def test_the_largest_mail_stays_within_the_memory_of_the_child(reader):
    large = base64.encodebytes(os.urandom(18 * MEGABYTE))
    head = (
        b"--x\nContent-Disposition: attachment; filename=a\nContent-Transfer-Encoding: base64\n\n"
    )
    raw = HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + 2 * (head + large)
    reading = reader.read(raw, FILE_LIMIT)

    assert reading.trouble is None
    assert [len(content) for content in reading.files] == [18 * MEGABYTE] * 2
    assert peak(reader) < 512 * MEGABYTE


def test_a_part_reaches_no_further_than_its_container():
    raw = (
        b"Content-Type: multipart/mixed; boundary=out\n\n"
        b"--out\nContent-Type: multipart/mixed; boundary=outer\n\n--outer\n\ninner\n"
        b"--out\n\nsecond\n--out--\nafterwards\n"
    )
    texts = [bytes(leaf.content) for leaf in mime.leaves(memoryview(raw), mime.Tree())]

    assert texts == [b"inner", b"second"]


def test_of_two_versions_of_a_text_the_plain_one_is_shown():
    raw = (
        b"Content-Type: multipart/alternative; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\nplain words here\n"
        b"--x\nContent-Type: text/html\n\n<p>marked-up words here</p>\n--x--\n"
    )
    facts, _ = letter.read(raw, FILE_LIMIT)

    assert facts["text"] == "plain words here"


def test_a_plain_version_that_says_nothing_gives_way():
    raw = (
        b"Content-Type: multipart/alternative; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\nHTML only.\n"
        b"--x\nContent-Type: text/html\n\n<p>" + b"A whole story. " * 20 + b"</p>\n--x--\n"
    )
    facts, _ = letter.read(raw, FILE_LIMIT)

    assert facts["text"].startswith("A whole story.")


def test_a_mail_that_is_passed_on_is_read_and_kept_as_a_file():
    raw = (
        HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nSee below.\n"
        b"--x\nContent-Type: message/rfc822\n\nFrom: c@d.example\nSubject: Your account\n\n"
        b"Click here.\n--x--\n"
    )
    facts, files = letter.read(raw, FILE_LIMIT)

    assert facts["from"] == "a@b.example"
    assert "See below." in facts["text"]
    assert "Subject: Your account" in facts["text"]
    assert "Click here." in facts["text"]
    assert [file["name"] for file in facts["files"]] == ["Your account.eml"]
    assert files[0].endswith(b"Click here.")


def test_a_file_written_into_the_text_is_taken_out_of_it():
    raw = HEAD + b"\nSee the file.\nbegin 644 a.txt\n#0V%T\n`\nend\nBye.\n"
    facts, files = letter.read(raw, FILE_LIMIT)

    assert facts["text"] == "See the file.\n[a.txt]\nBye."
    assert files == [b"Cat"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"Karim <k@c.example>", ("Karim", "k@c.example")),
        (b"=?utf-8?Q?Zo=C3=A9?= <z@c.example>", ("Zoé", "z@c.example")),
        (b"Zo\xe9 <z@c.example>", ("Zoé", "z@c.example")),
        (b"k@c.example l@d.example", ("k@c.example l@d.example", "k@c.example")),
        (b"nobody", ("nobody", "")),
        (b"<>", ("<>", "")),
        (b'"victim@v.example" <k@c.example>', ("victim@v.example", "k@c.example")),
    ],
)
def test_who_sent_it_is_read_from_what_stands_there(header, expected):
    headers, _ = mime.split(memoryview(b"From: " + header + b"\n\n"))

    assert letter.sender(headers) == expected


def test_what_acts_in_a_mark_up_is_not_shown():
    text = markup.text("<script>alert(1)</script><style>p{}</style><p onclick=x>Hello</p>")

    assert text == "Hello"


def test_a_link_that_says_another_address_shows_where_it_leads():
    text = markup.text('<a href="https://evil.example/login">https://bank.example</a>')

    assert text == "https://bank.example <https://evil.example/login>"


def test_what_is_quoted_in_mark_up_is_shown_as_quoted():
    text = markup.text("Thanks.<blockquote>One<blockquote>Two</blockquote></blockquote>Bye")

    assert [line for line in text.split("\n") if line] == ["Thanks.", "> One", "> Two", "Bye"]


def test_a_character_cut_in_two_encoded_words_is_whole_again():
    assert words.header(b"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=") == "café"
