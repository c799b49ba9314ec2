"""Which questions on the facts stand open now, which are folded away, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from incidents.law import Facts, idle
from incidents.law.book import shipped_book
from incidents.law.questions import Question, questions

# Whether these matter hangs on the answer to another question of the same group.
PARENTS = {
    "exfiltration": "confidentiality_loss",
    "protection_state_of_the_art": "protection",
    "key_compromised": "protection",
    "recipient_count": "recipient_known",
    "recipient_trusted": "recipient_known",
    "recipient_confirmed_deletion": "recipient_known",
}


@dataclass
class Group:
    """The questions of one group. All are on the page; `asked` alone stand open.

    `later`: their turn has not come; `hanging`: they hang on one that is asked; `more`: for the
    file; `idle`: can no longer change what the law asks, for the reasons `why` (English, to be
    translated).
    """

    name: str
    asked: list[Question] = field(default_factory=list)
    hanging: list[Question] = field(default_factory=list)
    later: list[Question] = field(default_factory=list)
    more: list[Question] = field(default_factory=list)
    idle: list[Question] = field(default_factory=list)
    why: list[str] = field(default_factory=list)


def groups(facts: Facts, on: date, step: int, keep_open: Callable[[str], bool]) -> list[Group]:
    """All questions by group, in asking order, on the facts as they are kept.

    The groups open one after the other: up to number *step*, and up to the one that follows the
    last answer. What is answered is never folded away, nor what *keep_open* says of a key: an
    answer that was typed and is not kept yet.
    """
    found = {question.group: Group(question.group) for question in questions()}
    names = list(found)
    folded = idle(facts, shipped_book().on(on).guidance)
    answered = [q for q in questions() if getattr(facts, q.key) is not None or keep_open(q.key)]
    reached = max([step, *(names.index(one.group) + 1 for one in answered if one.first)])
    for question in questions():
        group, key = found[question.group], question.key
        if question in answered:
            group.asked.append(question)
        elif key in folded:
            group.idle.append(question)
            if folded[key] not in group.why:
                group.why.append(folded[key])
        elif not question.first:
            group.more.append(question)
        elif names.index(question.group) > reached:
            group.later.append(question)
        elif key in PARENTS and getattr(facts, PARENTS[key]) is None:
            group.hanging.append(question)
        else:
            group.asked.append(question)
    return list(found.values())


def next_step(shown: list[Group]) -> int | None:
    """The number of the group that opens next; None where all are open."""
    return next((n for n, group in enumerate(shown) if group.later), None)


def next_question(shown: list[Group], facts: Facts) -> str | None:
    """The key of the first question that stands open without an answer."""
    asked = [question.key for group in shown for question in group.asked]
    return next((key for key in asked if getattr(facts, key) is None), None)
