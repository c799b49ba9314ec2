"""What the public form asks, in words, and of whom. One answer is always: I do not know."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# Hints only: what people recognise, in the order in which it worries them.
KINDS = {
    "contact": _l("Names, addresses, e-mail, phone"),
    "login": _l("Passwords or logins"),
    "money": _l("Bank or card details"),
    "papers": _l("Identity papers or numbers"),
    "health": _l("Health or other very private matters"),
    "messages": _l("Messages, photos or files"),
    "unknown": _l("I do not know"),
}
WHO = {
    "customer": _l("A customer, or somebody whose data it is"),
    "staff": _l("Somebody who works here"),
    "provider": _l("A service provider"),
    "anonymous": _l("I want to stay unknown"),
}
HOW_SURE = {
    "exact": _l("I know the day"),
    "about": _l("I know about when"),
    "unknown": _l("I do not know"),
}
WHOSE = {
    "own": _l("My own data"),
    "others": _l("Data of other people"),
    "both": _l("Both"),
    "unknown": _l("I do not know"),
}
PEOPLE = {
    "one": _l("One person"),
    "some": _l("2 to 100 people"),
    "many": _l("More than 100 people"),
    "unknown": _l("I do not know"),
}
GOING_ON = {
    "yes": _l("Yes"),
    "no": _l("No, it has stopped"),
    "unknown": _l("I do not know"),
}
# What a report keeps in its `answers`, in the order in which staff read it.
ASKED: dict[str, tuple[Any, dict[str, Any] | None]] = {
    "noticed_how": (_l("How sure the moment is"), HOW_SURE),
    "whose": (_l("Whose data is it?"), WHOSE),
    "people": (_l("How many people is it about?"), PEOPLE),
    "going_on": (_l("Is it still going on?"), GOING_ON),
    "done": (_l("What was done about it so far?"), None),
    "company": (_l("Which company are you from?"), None),
    "their_reference": (_l("Your own reference for it"), None),
}


def in_words(answers: dict[str, str] | None) -> list[dict[str, str]]:
    """The answers of a report as {question, answer}, in the reader's language."""
    found = []
    for name, (question, choices) in ASKED.items():
        if answer := (answers or {}).get(name):
            words = choices.get(answer, answer) if choices else answer
            found.append({"question": str(question), "answer": str(words)})
    return found


def unsure() -> str:
    """What stands for the story of somebody who does not know what happened."""
    return _("I do not know what happened. Something seems to be wrong.")
