"""How hard a letter is to read rests on how many syllables its words have."""

import pytest

from notifications.studio.syllables import count

# Counted by hand: each word and its spoken syllables.
COUNTED = {
    "en": (
        "data 2 information 4 password 2 account 2 someone 2 could 1 what 1 happened 2 "
        "changed 1 consequences 4 possible 3 people 2 because 2 incident 3 recipient 4 "
        "authority 4 security 4 genuine 3 browser 2 code 1 enter 2 the 1 we 1 take 1 "
        "measures 2 reasonable 4 limits 2 damage 2 personal 3 copied 2 stolen 2 unusual 4 "
        "messages 3 idea 3 used 1 wanted 2 article 3 responsibility 6 notice 2 statements "
        "2 table 2 wrote 1 mistake 2 created 3 "
    ),
    "fr": (
        "données 2 personnelles 3 vous 1 mot 1 passe 1 authentique 3 autorité 4 mesures 2 "
        "personne 2 concernant 3 incident 3 réclamation 4 informons 3 possible 2 lettre 1 "
        "code 1 banque 1 compte 1 élèves 2 peuvent 1 quelqu'un 2 envoyé 3 erreur 2 "
        "paraissent 2 inhabituel 4 écrivez 3 changez 2 votre 1 vérifiez 3 relevés 3 "
        "responsabilité 6 utilisent 3 nous 1 fait 1 copié 2 vie 1 idée 2 "
    ),
    "de": (
        "Daten 2 Passwort 2 personenbezogene 7 informieren 4 Aufsichtsbehörde 5 Vorfall 2 "
        "Maßnahmen 3 Ihre 2 wurden 2 verloren 3 gestohlen 3 Anmeldung 3 vielleicht 2 "
        "Browser 2 Schreiben 2 Konto 2 Kontoauszüge 5 Nachrichten 3 Verantwortung 4 "
        "möglich 2 Situation 5 die 1 sie 1 Beispiel 2 Name 2 Bank 1 notwendigen 4 "
        "Geburtsdatum 4 "
    ),
    "es": (
        "datos 2 personales 4 contraseña 4 información 4 usted 2 cuenta 2 alguien 2 ha 1 "
        "ocurrido 4 medidas 3 incidente 4 autoridad 4 reclamación 4 guía 2 dirección 3 "
        "correo 3 país 2 lo 1 que 1 teléfono 4 responsabilidad 6 mensajes 3 informar 3 "
        "posible 3 empresa 3 viaje 2 aéreo 4 "
    ),
    "pt": (
        "dados 2 pessoais 3 palavra 3 informação 4 conta 2 alguém 2 aconteceu 4 medidas 3 "
        "incidente 4 autoridade 5 reclamação 4 endereço 4 país 2 saúde 3 que 1 banco 2 "
        "responsabilidade 7 mensagens 3 possível 3 não 1 quem 1 próprio 3 avaria 4 "
    ),
    "it": (
        "dati 2 personali 4 password 2 informazioni 5 Lei 1 codice 3 messaggi 3 incidente "
        "4 autorità 4 reclamo 3 misure 3 qualcuno 3 copiato 3 già 1 ciò 1 banca 2 "
        "responsabilità 6 successo 3 possibile 4 paese 3 poesia 4 conto 2 chiediamo 3 "
        "modo 2 scia 1 essere 3 "
    ),
}


def _pairs(language):
    words = COUNTED[language].split()
    return [(word, int(number)) for word, number in zip(words[::2], words[1::2], strict=True)]


@pytest.mark.parametrize("language", COUNTED)
def test_words_have_the_syllables_that_are_spoken(language):
    counted = {word: count(word, language) for word, _number in _pairs(language)}
    assert counted == dict(_pairs(language))


@pytest.mark.parametrize("language", COUNTED)
def test_every_word_has_a_syllable_whether_in_capitals_or_not(language):
    for word, _number in _pairs(language):
        assert count(word.upper(), language) == count(word.lower(), language) >= 1
