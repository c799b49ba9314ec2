"""What a mail server's answer means for the person, in plain words: RFC 3463, section 3."""

import re

from incidents.intake import N_

_GONE = N_("There is no such mailbox: the address is wrong, or was given up.")
_NOWHERE = N_("Nothing behind the @ of this address takes mail.")
_LARGE = N_("The letter is too large for this mailbox.")
_SILENT = N_("Their mail server did not answer.")
_RULES = N_("Their mail server refuses it by its own rules; the address may be right.")
# By subject and detail of the code: "5.1.1" is the word for good of "1.1", "4.1.1" that for now.
_MEANINGS = {
    "1.0": _GONE,
    "1.1": _GONE,
    "1.6": _GONE,
    "1.2": _NOWHERE,
    "1.10": _NOWHERE,
    "4.4": _NOWHERE,
    "1.3": N_("The address is not written as an address is."),
    "2.1": N_("The mailbox is closed."),
    "2.2": N_("The mailbox is full."),
    "2.3": _LARGE,
    "3.4": _LARGE,
    "4.0": _SILENT,
    "4.1": _SILENT,
    "4.2": _SILENT,
    "4.7": N_("Their mail server did not take it in all the time there was."),
    "7.0": _RULES,
    "7.1": _RULES,
}
CODES = {f"{kind}.{code}": words for kind in "45" for code, words in _MEANINGS.items()}
_CODE = re.compile(r"(?<![\d.])[45]\.\d{1,3}\.\d{1,3}(?![\d.])")


def meaning(answer: str | None) -> str | None:
    """The words, still to be translated, for what a server answered; None where its code is not
    known to mean one thing.

    >>> meaning("552 5.2.2 <ada@example.org>: mailbox full")
    'The mailbox is full.'
    """
    found = _CODE.search(answer or "")
    return CODES.get(found[0]) if found else None
