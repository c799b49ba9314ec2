"""Which questions on the facts stand open now, which are folded away, and why."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from incidents.law import Facts, idle
from incidents.law.asked import DATA, GUARD, REST, WHAT, WHO
from incidents.law.book import shipped_book
from incidents.law.idle import ALWAYS_ASKED, CERTAIN
from incidents.law.questions import Question, questions
from incidents.law.unknowns import open_weighed
from incidents.law.vocabulary import IncidentType
from incidents.usual import Usual, usual

# Whether these matter hangs on the answer to another question of the same group.
PARENTS = {
    "exfiltration": "confidentiality_loss",
    "protection_state_of_the_art": "protection",
    "key_compromised": "protection",
    "recipient_count": "recipient_known",
    "recipient_trusted": "recipient_known",
    "recipient_confirmed_deletion": "recipient_known",
}
# What went to somebody by mistake: how many got it is asked beside who did, not after it.
SENT = (IncidentType.MISDIRECTED_EMAIL, IncidentType.MISDIRECTED_POST)
# Several of these are answered "no" at once (see FactsForm.facts).
TOGETHER = (
    "special_category",
    "criminal_data",
    "credentials_exposed",
    "fraud_enabling",
    "vulnerable_subjects",
    "misuse_observed",
    "public_exposure",
)
# What the page of what happened asks as well: it says nothing of how far somebody has come here.
ELSEWHERE = ("incident_type", "subject_count", "breach_types")
# What a small company mostly holds; the other kinds of data stand folded away.
COMMON = (
    "identity",
    "contact",
    "email_address",
    "date_of_birth",
    "purchase_history",
    "billing",
    "communications",
    "financial_account",
    "payment_card",
    "salary",
    "credentials",
    "official_id_number",
    "health",
)
# Hardly anybody can answer these without their help; that of the others is folded away.
HELPED = (
    "confidentiality_loss",
    "availability_loss",
    "integrity_loss",
    "special_category",
    "vulnerable_subjects",
    "recipient_known",
    "recipient_trusted",
    "restored_promptly",
)


@dataclass
class Group:
    """The questions of one group. All are on the page; `asked` alone stand open.

    `kept`: answered, shown in words above their questions; `later`: their turn has not come;
    `hanging`: they hang on an answer above; `more`: for the file; `idle`: can no longer change
    what the law asks, for the reasons `why` (English, to be translated). `usual` is offered in
    place of several questions. `kinds`: the kind of incident is chosen here, by one press.
    """

    name: str
    kept: list[Question] = field(default_factory=list)
    asked: list[Question] = field(default_factory=list)
    hanging: list[Question] = field(default_factory=list)
    later: list[Question] = field(default_factory=list)
    more: list[Question] = field(default_factory=list)
    idle: list[Question] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    usual: Usual | None = None
    kinds: bool = False

    @property
    def is_open(self) -> bool:
        """Whether anything of it stands open; what is only known from another page does not."""
        return bool(self.asked or self.usual or self.kinds or (self.kept and not self.later))

    @property
    def aside(self) -> list[Question]:
        """What needs no answer now: all of it, where nothing of the group stands open."""
        rest = [*self.later, *self.more, *self.idle]
        return rest if self.is_open else [*self.kept, *self.hanging, *rest]

    @property
    def together(self) -> list[str]:
        """The keys of those asked that can be answered "no" at once; none for a single one."""
        found = [question.key for question in self.asked if question.key in TOGETHER]
        return found if len(found) > 1 else []


def groups(
    facts: Facts, on: date, step: int, keep_open: Callable[[str], bool], certain: bool = False
) -> list[Group]:
    """All questions by group, in asking order, on the facts as they are kept.

    First the kind of incident alone. Then the groups open one after the other: up to number
    *step*, and up to the one that follows the last answer. What *keep_open* says of a key, an
    answer that was typed and is not kept yet, stands open. *certain*: no answer changes a duty.
    """
    found = {name: Group(name) for name in _order(facts)}
    names, guidance = list(found), shipped_book().on(on).guidance
    offered = [] if step else usual(facts)
    folded = _settled(facts) if certain else idle(facts, guidance)
    # What the sentence that is offered would make idle waits until it is ticked, or passed over.
    stated = {key: value for one in offered for key, value in one.facts.items()}
    told = Facts.from_json({**facts.to_json(), **stated})
    waits = {*stated, *idle(told, guidance)} if offered else set()
    reached = max(step, int(bool(offered)), _answered_to(facts, names))
    begins = reached == 0 and facts.incident_type is None and not certain
    reached = len(names) if certain else _past_idle(reached, names, facts, {*folded, *waits})
    found[WHAT].kinds = begins
    for sentence in offered:
        found[sentence.group].usual = sentence
    for question in questions():
        group, key = found[question.group], question.key
        if keep_open(key):
            group.asked.append(question)
        elif getattr(facts, key) is not None:
            group.kept.append(question)
        elif key in folded:
            group.idle.append(question)
            if folded[key] not in group.why:
                group.why.append(folded[key])
        elif not question.first:
            group.more.append(question)
        elif names.index(question.group) > reached or begins or _follows_later(key, facts):
            group.later.append(question)
        elif key in waits or _hangs(key, facts):
            group.hanging.append(question)
        else:
            group.asked.append(question)
    return list(found.values())


def _order(facts: Facts) -> list[str]:
    """The groups in the order in which they settle most for this kind of incident."""
    if facts.incident_type is IncidentType.LOST_STOLEN_DEVICE:
        return [WHAT, GUARD, DATA, WHO, REST]
    return [WHAT, DATA, WHO, GUARD, REST]


def _past_idle(reached: int, names: list[str], facts: Facts, folded: set[str]) -> int:
    """The number of the first group, from *reached* on, in which anything is still asked."""
    alive = {
        names.index(one.group)
        for one in questions()
        if one.first and getattr(facts, one.key) is None and one.key not in folded
        if not _follows_later(one.key, facts) and not _hangs(one.key, facts)
    }
    return next((n for n in range(reached, len(names)) if n in alive), len(names))


def _settled(facts: Facts) -> dict[str, str]:
    asked = [key for key in open_weighed(facts) if key not in ALWAYS_ASKED]
    return dict.fromkeys(asked, CERTAIN)


def _answered_to(facts: Facts, names: list[str]) -> int:
    """The number of the group after the last one that was answered here."""
    answered = [
        names.index(one.group) + 1
        for one in questions()
        if one.first and one.key not in ELSEWHERE and getattr(facts, one.key) is not None
    ]
    return max(answered, default=0)


def _follows_later(key: str, facts: Facts) -> bool:
    """Whether the kinds of data, asked on the same page, mostly answer it."""
    return key == "identifiable" and facts.data_categories is None


def _hangs(key: str, facts: Facts) -> bool:
    if key == "malicious" and facts.incident_type is IncidentType.LOST_STOLEN_DEVICE:
        return facts.protection is None  # of a locked device it mostly does not matter
    if key not in PARENTS or (key == "recipient_count" and facts.incident_type in SENT):
        return False
    return getattr(facts, PARENTS[key]) is None


def standing_open(shown: list[Group]) -> set[str]:
    """The keys of the questions that a reader sees without opening anything."""
    return {question.key for group in shown if group.is_open for question in group.asked}


def next_step(shown: list[Group]) -> int | None:
    """The number of the group that opens next; None where all are open.

    Where a sentence is offered it is the second: who does not tick it goes on with its questions.
    """
    if any(group.usual for group in shown):
        return 1
    return next(
        (n for n, group in enumerate(shown) if n and group.later and not group.is_open), None
    )


def next_place(shown: list[Group], step: int) -> str | None:
    """Where to go on: the sentence to tick, else the first question that stands open, of group
    *step* or later if there is one. The id of an element on the page."""
    for group in shown:
        if group.usual:
            return f"usual-{group.usual.key}"
    asked = [question.key for group in (*shown[step:], *shown) for question in group.asked]
    return asked[0] if asked else None
