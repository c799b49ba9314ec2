"""A password that many would think of first is refused, whatever stands around it."""

import pytest

from incidents.passwords import common, is_guessable
from tests.conftest import PASSWORD

GOOD = "lune orge vélo tarif"
OURS = ["Example Training SAS", "Ada Byron", "https://training.example", "ada@training.example"]
FIRST_GUESSES = [
    *("password1234", "Password2024!", "P@ssw0rd-P@ssw0rd", "motdepasse2025", "Azerty123456"),
    *("123456789012", "aaaaaaaaaaaa", "abcabcabcabc", "qwertyuiop12", "1q2w3e4r5t6y"),
    *("iloveyou-2019", "JeTAime!JeTAime!", "Dragon-Dragon-1", "letmein letmein", "987654321987"),
    *("ExampleTraining", "Example-2026", "AdaByron1815", "ada.byron@training", "tocsin-tocsin"),
    *("été-été-été-été", "Bienvenue2026", "football-football", "adminadminadmin", "            "),
]


@pytest.mark.parametrize("password", FIRST_GUESSES)
def test_what_is_tried_first_is_refused(password):
    assert is_guessable(password, OURS)


@pytest.mark.parametrize("word", common())
def test_a_common_word_made_long_by_the_name_of_the_organisation_is_refused(word):
    for padded in (f"{word}Example", f"Training-{word}-1", f"{word}{word}2024"):
        assert is_guessable(padded, OURS)


@pytest.mark.parametrize(
    "password",
    [
        *(PASSWORD, "four quiet words tonight", "x7Kp2mQz9LwR", "Vq8#tR2!mZ5k", GOOD),
        *("sable 41 girafe lenteur", "我喜歡在雨天散步到河邊去看書", "example river lamp gravel"),
    ],
)
def test_words_that_have_nothing_to_do_with_each_other_and_chance_are_taken(password):
    assert not is_guessable(password, OURS)


def test_whoever_chooses_one_is_told_why_it_is_refused_and_what_to_do(staff):
    def change(new):
        data = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
        return staff.post("/change", data=data, follow_redirects=True).text

    page = change("Password2024!")
    assert "easy to guess" in page and "four words" in page
    assert "easy to guess" not in change(GOOD)
