"""Pure: which data of a person is concerned, from the words of a list.

Words of the law's own categories are recognised in English and French; all others are kept as
the list has them.
"""

import re
from collections.abc import Iterable
from functools import cache

from incidents.intake import one_line
from notifications.recipients.plain import plain

WORDS = {
    "identity": "name|names|nom|noms|nom et prenom|identite",
    "contact": "address|postal address|phone|telephone|phone number|adresse|adresse postale|"
    "telephone portable|numero de telephone|coordonnees",
    "email_address": "email|e mail|email address|e mail address|adresse e mail|adresse email|"
    "courriel",
    "account_data": "account|profile|account settings|compte|profil",
    "customer_record": "customer record|fiche client|dossier client",
    "purchase_history": "orders|purchases|order|purchase|commandes|achats|commande",
    "date_of_birth": "birth date|birthday|date de naissance|birthdate|dob",
    "place_of_birth": "lieu de naissance",
    "gender": "sex|genre|sexe|civilite",
    "family_status": "marital status|situation familiale",
    "education": "courses|course|training|formation|formations|cours",
    "employment": "job|employer|work|emploi|employeur",
    "job_application": "application|candidature|cv|resume",
    "communications": "messages|tickets|conversations|support tickets|echanges",
    "billing": "invoices|invoice|factures|facture|facturation",
    "credentials": "password|passwords|mot de passe|mots de passe",
    "credentials_hashed": "password hash|hashed password|hashed passwords|mot de passe hache",
    "financial_account": "iban|bank account|bank details|compte bancaire|rib|coordonnees bancaires",
    "transactions": "payments|payment|paiements|paiement",
    "salary": "income|salaire|revenus",
    "payment_card": "card|credit card|bank card|carte|carte bancaire|carte de paiement|"
    "carte de credit|numero de carte",
    "fiscal_code": "tax number|numero fiscal",
    "social_security_number": "ssn|numero de securite sociale",
    "official_id_number": "passport|identity card|passeport|carte d identite",
    "user_id": "username|user name|login|identifiant",
    "health": "sante|medical data|donnees de sante",
}
YES = frozenset(
    ("yes", "y", "true", "t", "1", "x", "oui", "o", "vrai", "ja", "si", "sim", "✓", "✔", "☑")
)
NO = frozenset(
    ("", "no", "n", "false", "f", "0", "non", "faux", "nein", "nao", "-", "–", "none", "null")
)
_APART = re.compile(r"[;,|/\n•]+|\s+(?:et|and|&|\+)\s+")
_MOST = 20  # kinds of data of one person


@cache
def categories() -> dict[str, str]:
    """The law's names for kinds of data, by all the words for them."""
    # Only here: the program that reads a file of people must start fast, and few files name data.
    from incidents.law.vocabulary import DATA_CATEGORIES

    known = {plain(name): name for name in DATA_CATEGORIES}
    return known | {word: name for name, words in WORDS.items() for word in words.split("|")}


def category(words: str) -> str:
    """The law's name for a kind of data, or the words themselves on one line; "" for none.

    >>> category("Carte bancaire"), category("IBAN"), category("Shoe size")
    ('payment_card', 'financial_account', 'Shoe size')
    """
    text = one_line(words, 60) or ""
    return categories().get(plain(text), text)


def several(cell: str) -> tuple[str, ...]:
    """The kinds of data named in one cell, each once, sorted.

    >>> several("Nom, e-mail ; carte bancaire")
    ('email_address', 'identity', 'payment_card')
    """
    return ordered(category(part) for part in _APART.split(cell))


def ordered(found: Iterable[str]) -> tuple[str, ...]:
    """Kinds of data as a person has them: each once, sorted, without empty ones."""
    return tuple(sorted({name for name in found if name}))[:_MOST]


def says_yes(cell: str) -> bool:
    """Whether a cell of a yes-or-no column says yes. Anything that is not a no is a yes: a date or
    a number there means that something of this person was found."""
    return cell.strip().casefold() not in NO
