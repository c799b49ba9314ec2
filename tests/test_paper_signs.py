"""Letters that somebody must complete are named before they go into their envelopes."""

import io

import pytest
import typst
from pypdf import PdfReader

from incidents import typeset
from incidents.db import db, now
from notifications.channels import made, paper, sheets
from notifications.models import Recipient
from notifications.recipients.person import Person

NOWHERE = "\U0010fffd"  # for private use: no font has it, whatever is installed
WORDS = {
    "latin": "Zoë Łukasz Nguyễn, 12 bis rue de l’Œuvre – 5 €",
    "greek and cyrillic": "Ελλάς Київ",
    "hebrew": "כהן",
    "chinese": "李小龍",
    "japanese": "さくら",
    "korean": "홍길동",
    "thai": "สวัสดี",
    "a picture": "Ada 🌸",
    "none has it": NOWHERE,
}


@pytest.fixture
def batch(run_of, controller_user, monkeypatch):
    """Three who have no address to mail to; for the name of the first there is no font, and of the
    last only the town is known."""
    monkeypatch.setattr(sheets, "pdf_apart", typeset.pdf)
    monkeypatch.setattr("notifications.notices.is_approved", lambda _notice: True)
    notice = run_of(3)
    people = db.session.query(Recipient).order_by(Recipient.id)
    known = ((f"Li {NOWHERE}", "1 Lane\nTown"), ("Ada Byron", "1 Lane\nTown"), ("Eve", "Hull"))
    for row, (name, postal) in zip(people, known, strict=True):
        row.person = Person("", name, "en", postal=postal)
        row.state = "paper"
    batch = paper.prepare(notice, "DIN", controller_user, now())
    db.session.commit()
    made.make()
    db.session.refresh(batch)
    return batch


def test_letters_to_complete_by_hand_are_named_on_the_page_and_in_the_list(batch, controller):
    page = controller.get(f"/notices/{batch.notice.uid}/otherwise").text
    assert "2 letters are to be completed by hand" in page
    assert "empty boxes stand. Sheet numbers: 1</p>" in page
    assert "Without a whole postal address: look it up. Sheet numbers: 3</p>" in page
    remarks = [row[5] for row in sheets.rows(batch)][1:]
    assert remarks == [
        "Signs that cannot be printed: complete by hand",
        "",
        "Postal address incomplete: look it up",
    ]


def test_it_says_so_itself_where_the_address_stands(batch):
    pages = PdfReader(io.BytesIO(b"".join(made.read(paper.files(batch)[0])))).pages
    said = [page.extract_text() for page in pages if "Town" in page.extract_text()]
    assert ["complete by hand" in text for text in said] == [True, False]


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_what_counts_as_missing_is_what_the_typesetter_cannot_show(words):
    source = b'#set document(title: "x")\n#set text(font: "Libertinus Serif")\n#sys.inputs.words'
    try:
        typst.compile(source, sys_inputs={"words": words}, pdf_standards=["ua-1"])
    except typst.TypstError as error:
        assert "could not be displayed" in str(error)
        assert typeset.missing(f"Ada {words}") <= set(words)
        assert typeset.missing(words)
    else:
        assert not typeset.missing(words)
