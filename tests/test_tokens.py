"""A mail that comes back finds its place by a token that nobody else can make."""

import pytest

from notifications import tokens

UID, OTHER = "0123456789abcdef", "fedcba9876543210"


@pytest.fixture(autouse=True)
def _in_the_app(app):
    return app


@pytest.mark.parametrize("kind", ["report", "letter", "mail"])
def test_what_a_message_id_names_is_found_again(kind):
    ours = tokens.message_id(kind, UID, "p@training.example", "a1")

    assert ours.startswith("<") and ours.endswith("@training.example>")
    assert tokens.find(f"In-Reply-To: {ours}") == [(kind, UID)]


def test_a_token_is_found_in_any_case_and_once():
    text = tokens.reply_token(UID)

    assert tokens.find(f"> [{text.upper()}]\n> [{text}]") == [("report", UID)]


def test_several_tokens_are_found_in_their_order():
    text = f"{tokens.reply_token(OTHER)}, {tokens.token('letter', UID)}"

    assert tokens.find(text) == [("report", OTHER), ("letter", UID)]


def test_a_token_with_one_other_character_is_none():
    genuine = tokens.reply_token(UID)
    for place, character in enumerate(genuine):
        changed = "0" if character != "0" else "1"
        assert tokens.find(genuine[:place] + changed + genuine[place + 1 :]) == [], place


def test_a_token_of_one_kind_is_none_of_another():
    genuine = tokens.token("letter", UID)

    assert tokens.find("r" + genuine[1:]) == []


def test_a_token_within_a_longer_word_is_none():
    assert tokens.find(f"x{tokens.reply_token(UID)}") == []
    assert tokens.find(f"{tokens.reply_token(UID)}0") == []


def test_another_installation_makes_other_tokens(app):
    ours = tokens.reply_token(UID)
    app.config["DATA_KEYS"] = ((1, b"another key, of thirty-two bytes."[:32]),)

    assert tokens.find(ours) == []


def test_a_new_session_key_keeps_the_tokens(app):
    ours = tokens.reply_token(UID)
    app.config["SECRET_KEY"] = app.secret_key = "another one" * 4

    assert tokens.find(ours) == [("report", UID)]


def test_a_return_address_fits_a_local_part_and_is_read_again():
    address = tokens.return_address(UID, "breach@training.example")

    assert address.endswith("@training.example")
    assert len(address.partition("@")[0]) <= 64
    assert tokens.read_return_address(address.upper()) == ("letter", UID)


@pytest.mark.parametrize("base", ["a-very-long-name-of-a-department@training.example", "nobody"])
def test_a_return_address_that_cannot_be_made_stays_as_it_is(base):
    assert tokens.return_address(UID, base) == base
    assert tokens.read_return_address(base) is None


def test_many_forged_tokens_cost_nothing():
    forged = "r-0123456789abcdef-0-00000000000000000000 " * 100_000

    assert tokens.find(forged) == []


@pytest.mark.parametrize("base", ["post@training.example", "p" * 40 + "@training.example", None])
def test_the_addresses_of_many_letters_are_those_of_each(base):
    addresses = tokens.Letters("Training.Example", base)
    for number in (1, 255, 1 << 40):
        uid = f"{number:016x}"
        message_id = tokens.message_id("letter", uid, "training.example")
        assert addresses(number) == (message_id, tokens.return_address(uid, base) if base else "")
