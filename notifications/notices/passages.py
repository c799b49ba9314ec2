"""Pure: what of a case goes into the first draft of a letter, and in which form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.wording import literal

# What a kind of data leads to; the words in the letter templates follow these names.
KINDS: dict[str, tuple[str, ...]] = {
    "login": ("credentials", "credentials_hashed"),
    "money": ("financial_account", "transactions", "salary", "payment_card", "billing"),
    "card": ("payment_card",),
    "papers": ("official_id_number", "social_security_number", "fiscal_code", "date_of_birth"),
    "intimate": ("health", "communications", "family_status"),
    "reach": (
        "identity",
        "contact",
        "email_address",
        "account_data",
        "customer_record",
        "purchase_history",
        "employment",
        "job_application",
    ),
}
LENGTH = 3_000  # characters of one passage
# What a person must still do with a passage, in the language of the text it stands in.
TRANSLATE = {
    "en": "Translate",
    "fr": "À traduire\u00a0",
    "de": "Zu übersetzen",
    "es": "Traducir",
    "pt": "Traduzir",
    "it": "Da tradurre",
}
REWORD = {
    "en": "Say this in your own words",
    "fr": "À dire avec vos propres mots\u00a0",
    "de": "In eigenen Worten sagen",
    "es": "Decir con sus propias palabras",
    "pt": "Dizer por palavras suas",
    "it": "Da dire con parole Sue",
}


def kinds(facts: Mapping[str, Any]) -> set[str]:
    """What the data of a breach, and what happened to them, lead to.

    >>> card = {"data_categories": ["payment_card"]}
    >>> sorted(kinds(card)), sorted(kinds(card | {"breach_types": ["availability"]}))
    (['card', 'money'], ['lost'])
    """
    categories = set(facts.get("data_categories") or [])
    happened = set(facts.get("breach_types") or [])
    found = set()
    if happened != {"availability"}:  # what nobody saw cannot be misused
        found = {kind for kind, data in KINDS.items() if categories & set(data)}
        if facts.get("credentials_exposed"):
            found.add("login")
        if facts.get("special_category") or facts.get("criminal_data"):
            found.add("intimate")
    if "availability" in happened and facts.get("availability_loss") != "none":
        found.add("lost")
    if "integrity" in happened and facts.get("integrity_loss") != "none":
        found.add("changed")
    return found


@dataclass(frozen=True)
class Passages:
    """Takes over what staff wrote, for the text of one language.

    >>> Passages("en", "en")("A file was lost."), Passages("de", "en")("A file was lost.")
    ('A file was lost.', '[[Zu übersetzen: A file was lost.]]')
    """

    language: str
    written_in: str

    def __call__(self, words: str | None, as_told: bool = False) -> str:
        """The words as they stand in the draft: marked when they must be translated, or put into
        words of one's own (`as_told`: they are a reporter's story, written for us only)."""
        words = literal(re.sub(r"\n\s*\n+", "\n", words or ""))[:LENGTH]
        if not words:
            return ""
        if as_told:
            return f"[[{REWORD.get(self.language, REWORD['en'])}: {words}]]"
        if self.language != self.written_in:
            return f"[[{TRANSLATE.get(self.language, TRANSLATE['en'])}: {words}]]"
        return words


def tidy(body: str) -> str:
    """A rendered template as a text: one empty line between blocks, lists in one block, the
    steps counted.

    >>> tidy("a  \\n\\n\\n\\n1. b\\n\\n1. c\\n")
    'a\\n\\n1. b\\n2. c'
    """
    body = "\n".join(" ".join(line.split(" ")).rstrip() for line in body.splitlines())
    body = re.sub(r"\n{3,}", "\n\n", body).strip()
    body = re.sub(r"(?m)^((?:-|\d+\.) .*)\n\n(?=(?:-|\d+\.) )", r"\1\n", body)
    number = 0
    lines = []
    for line in body.split("\n"):
        number = number + 1 if line.startswith("1. ") else 0
        lines.append(f"{number}. {line[3:]}" if number else line)
    return "\n".join(lines)
