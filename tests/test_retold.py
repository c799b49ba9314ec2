"""How a duty was met is read in the reader's language, whoever acted in which."""

import pytest
from flask_babel import force_locale

from incidents.retold import retold
from notifications import reached
from notifications.channels import public
from notifications.models import Notice

HASH = "ab" * 32


@pytest.fixture
def letter(app):
    return Notice(number=2, approval=HASH)


def test_a_proof_kept_in_one_language_is_read_in_the_other(letter):
    with force_locale("en"):
        english = reached.proof(letter, 4990, 1284)
    with force_locale("fr"):
        french = reached.proof(letter, 4990, 1284)
        assert french != english and retold(english) == french == retold(french)
    with force_locale("en"):
        assert retold(french) == english == retold(english)
        assert "6,274 people" in english and HASH in english


def test_the_citation_in_a_proof_is_the_readers_too(app):
    with force_locale("en"):
        kept = public.PROOF % {"rule": "GDPR Art. 34(3)(c)", "address": "https://x", "hash": HASH}
    with force_locale("fr"):
        assert "RGPD, art. 34" in retold(kept) and "GDPR" not in retold(kept)


@pytest.mark.parametrize(
    "words", ["", "By phone, by Claire.", "Notification version 2, by post", "Letter 1 to 3 people"]
)
def test_what_a_person_wrote_stays_as_it_is(app, words):
    with force_locale("fr"):
        assert retold(words) == words


def test_the_number_of_the_authority_is_not_touched(app):
    with force_locale("fr"):
        words = retold("Notification version 1, number 1284-7")
        assert words.endswith("1284-7")
