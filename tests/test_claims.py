"""A letter says no more than is known: what was not established is not stated as a fact."""

import pytest

from notifications.studio.claims import claims

# What is said, denied or promised though nothing of it was found out.
SAID = {
    "en": [
        "Your data has been misused.",
        "No data was misused.",
        "There is no risk for you.",
        "Your password was stolen.",
        "Hackers copied your data.",
        "Your data was not accessed by anyone.",
        "Nobody has seen your data.",
        "You have nothing to fear.",
        "Your data is safe.",
        "Your data was published on the dark web.",
        "The recipient has deleted the data.",
        "Your data may have been seen, but it was not misused.",
        "Criminals have used your data for fraud; used by criminals your data.",
        "Your data has not been copied.",
        "Your account has been accessed.",
        "There are no consequences for you.",
        "You do not need to worry.",
    ],
    "fr": [
        "Vos données ont été détournées.",
        "Vos données n’ont pas été utilisées à des fins frauduleuses.",
        "Il n’y a aucun risque pour vous.",
        "Il n’existe pas de risque.",
        "Vos données ont été volées.",
        "Un pirate a copié vos données.",
        "Personne n’a consulté vos données.",
        "Vous n’avez rien à craindre.",
        "Vos données sont en sécurité.",
        "Vos données ont été publiées sur le dark web.",
        "Le destinataire a supprimé les données.",
        "Vos données n’ont pas été copiées.",
        "Vos données ont peut-être été vues, mais elles n’ont pas été détournées.",
    ],
    "de": [
        "Ihre Daten wurden missbraucht.",
        "Ihre Daten wurden nicht missbraucht.",
        "Es besteht kein Risiko für Sie.",
        "Ihre Daten wurden gestohlen.",
        "Hacker haben Ihre Daten kopiert.",
        "Niemand hat Ihre Daten eingesehen.",
        "Sie haben nichts zu befürchten.",
        "Ihre Daten sind sicher.",
        "Ihre Daten wurden im Darknet veröffentlicht.",
        "Der Empfänger hat die Daten gelöscht.",
        "Es sind keine Daten abgeflossen.",
    ],
    "es": [
        "Sus datos han sido utilizados indebidamente.",
        "Sus datos no han sido utilizados indebidamente.",
        "No hay ningún riesgo para usted.",
        "Sus datos han sido robados.",
        "Alguien ha copiado sus datos.",
        "Nadie ha visto sus datos.",
        "No tiene que preocuparse.",
        "Sus datos están a salvo.",
        "Sus datos se han publicado en internet.",
        "El destinatario ha borrado los datos.",
    ],
    "pt": [
        "Os seus dados foram usados indevidamente.",
        "Os seus dados não foram usados indevidamente.",
        "Não há qualquer risco para si.",
        "Os seus dados foram roubados.",
        "Alguém copiou os seus dados.",
        "Ninguém viu os seus dados.",
        "Não tem de se preocupar.",
        "Os seus dados estão seguros.",
        "Os seus dados foram publicados.",
        "O destinatário apagou os dados.",
    ],
    "it": [
        "I Suoi dati sono stati usati illecitamente.",
        "I Suoi dati non sono stati usati illecitamente.",
        "Non c’è alcun rischio per Lei.",
        "I Suoi dati sono stati rubati.",
        "Qualcuno ha copiato i Suoi dati.",
        "Nessuno ha visto i Suoi dati.",
        "Non deve preoccuparsi.",
        "I Suoi dati sono al sicuro.",
        "I Suoi dati sono stati pubblicati.",
        "Il destinatario ha cancellato i dati.",
    ],
}
# The same things said as what they are: possible, unknown, or not spoken of at all.
CAREFUL = {
    "en": [
        "Your data may have been misused.",
        "We do not know whether your data was copied.",
        "It is possible that your data was copied and misused.",
        "We cannot exclude that somebody has seen your data.",
        "If your data was misused, tell us.",
        "So far we have no evidence that your data was misused.",
        "Someone could try to take money.",
        "A lost device is being searched for.",
        "Be careful with messages about this incident.",
    ],
    "fr": [
        "Vos données ont pu être détournées.",
        "Nous ne savons pas si vos données ont été copiées.",
        "Il est possible que vos données aient été volées.",
        "Nous n’excluons pas que quelqu’un ait vu vos données.",
        "À ce jour, rien n’indique que vos données aient été utilisées.",
        "Si vos données ont été détournées, dites-le-nous.",
    ],
    "de": [
        "Ihre Daten könnten missbraucht worden sein.",
        "Wir wissen nicht, ob Ihre Daten kopiert wurden.",
        "Möglicherweise wurden Ihre Daten gestohlen.",
        "Wir können nicht ausschließen, dass jemand Ihre Daten gesehen hat.",
        "Bisher haben wir keine Hinweise auf einen Missbrauch Ihrer Daten.",
    ],
    "es": [
        "Es posible que sus datos hayan sido robados.",
        "No sabemos si alguien ha copiado sus datos.",
        "Sus datos podrían haber sido vistos.",
        "No podemos descartar que alguien haya visto sus datos.",
    ],
    "pt": [
        "É possível que os seus dados tenham sido roubados.",
        "Não sabemos se alguém copiou os seus dados.",
        "Os seus dados podem ter sido vistos.",
        "Não podemos excluir que alguém tenha visto os seus dados.",
    ],
    "it": [
        "È possibile che i Suoi dati siano stati rubati.",
        "Non sappiamo se qualcuno ha copiato i Suoi dati.",
        "I Suoi dati potrebbero essere stati visti.",
        "Non possiamo escludere che qualcuno abbia visto i Suoi dati.",
    ],
}
POSSIBLE = {"confidentiality_loss": "possible", "exfiltration": "possible"}


def _each(sentences):
    return [(language, one) for language, all_of in sentences.items() for one in all_of]


@pytest.mark.parametrize(("language", "sentence"), _each(SAID))
def test_what_is_only_possible_is_not_said_as_a_fact(language, sentence):
    [claim] = claims(sentence, language, POSSIBLE)[:1]
    assert claim.sentence.strip() == sentence


@pytest.mark.parametrize(("language", "sentence"), _each(CAREFUL))
def test_a_careful_sentence_passes(language, sentence):
    assert claims(sentence, language, POSSIBLE) == []


@pytest.mark.parametrize("language", SAID)
def test_a_claim_is_found_in_the_middle_of_a_letter(language):
    careful, said = CAREFUL[language][0], SAID[language][0]
    text = f"{careful} {said}\n\n{careful}"
    assert [claim.sentence for claim in claims(text, language, POSSIBLE)] == [said]


def test_a_sentence_that_stands_twice_is_named_once():
    assert len(claims("Your data was misused.\n\nYour data was misused.", "en", {})) == 1


def test_what_was_established_may_be_said():
    known = {"confidentiality_loss": "confirmed", "exfiltration": "confirmed"}
    assert claims("Hackers copied your data.", "en", known) == []
    averted = {"risk_neutralised": True}
    assert claims("There is no risk for you.", "en", averted) == []


def test_a_language_that_is_not_known_is_not_judged():
    assert claims("Your data has been misused.", "nl", {}) == []
