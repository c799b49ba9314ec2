"""The checklist of a letter as a whole: each text with the part of each group that gets it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flask_babel import gettext as _
from sqlalchemy import select

from incidents.db import db
from incidents.pages import organisation
from notifications import compose, wording
from notifications.models import Notice, NoticeText, Recipient, on_list
from notifications.notices.fingerprint import Fingerprint
from notifications.recipients import filled
from notifications.recipients.addresses import BadAddress, check
from notifications.recipients.person import PeopleSeal
from notifications.studio import elements
from notifications.wording import N_
from notifications.words import LANGUAGES

Check = elements.Check


def checks(text: NoticeText, groups: Iterable[int] | None = None) -> list[Check]:
    """The checklist of one text as it is stored; `groups`: whom it goes to, by default all."""
    return checks_of(text.notice, text.language, text.subject, text.body, groups=groups)


def checks_of(
    notice: Notice,
    language: str,
    subject: str,
    body: str,
    parts: Mapping[int, str] | None = None,
    groups: Iterable[int] | None = None,
) -> list[Check]:
    """The checklist of words that may not be stored yet, for all its groups in one.

    `parts`: those of the groups, by default as they are stored. What is amiss in some groups only
    is named with the first of them.
    """
    parts = parts_of(notice, language) if parts is None else parts
    used = sorted(used_groups(notice) if groups is None else groups)
    hosts = compose.hosts(organisation())
    values, facts = compose.values(notice), notice.incident.facts
    public = notice.channel == "public"
    out: list[Check] = []
    for group in used:
        whole = wording.with_part(body, parts.get(group) or parts.get(0, ""))
        found = elements.checks(subject, whole, language, values, hosts, facts, public)
        if not out:
            out = found
            continue
        for each in found:
            at = next((n for n, one in enumerate(out) if _same(one, each)), None)
            if at is None:
                out.append(replace(each, group=group))
            elif out[at].ok and not each.ok:
                out[at] = replace(each, group=group)
    if len(used) > 1 and "{group}" not in body:
        out.append(
            Check(
                N_("A place for what concerns each group"),
                False,
                hint=N_("Write {group} on a line of its own where the part of each group goes."),
            )
        )
    return out


def _same(one: Check, other: Check) -> bool:
    return one.text == other.text and (one.ok or other.ok or one.params == other.params)


def parts_of(notice: Notice, language: str) -> dict[int, str]:
    """The parts of the groups in one language, by the groups' numbers."""
    return {
        group.number: text.body
        for group in notice.groups
        for text in group.texts
        if text.language == language
    }


def used_groups(notice: Notice) -> list[int]:
    """The numbers of the groups that have people; group 0 while nobody is known."""
    named = {group.number: group.people for group in notice.groups if group.number and group.people}
    rest = notice.people > sum(named.values()) or not named
    return [0] * rest + sorted(named)


def say(check: Check) -> str:
    """What to do about a check, in the reader's language."""
    return _(check.hint, **check.params, **{name: _(text) for name, text in check.terms.items()})


def _all(check: Check) -> str:
    """The same with what it is about, on one line."""
    return " ".join([say(check), *check.listed])


def missing(notice: Notice, found: Fingerprint) -> list[str]:
    """What keeps a notice from being approved, translated, by name.

    A text that nobody on the list gets may stay unfinished.
    """
    out = []
    public = notice.channel == "public"
    if public and (notice.shown_from is None or notice.shown_until is None):
        out.append(_("Dates: from when to when the page stands"))
    if notice.listed_to is not None:
        out.append(_("People: a file is being written into the list. Wait until it is done"))
    elif not public and not found.people:
        out.append(_("People: the list is empty"))
    if not notice.duty or not notice.duty.is_open:
        out.append(_("A decision to tell people: the duty is not open any more"))
    if not organisation().name:
        out.append(_("The organisation’s name, in Settings"))
    try:
        check(organisation().contact)
        check(compose.sender(compose.server()))
    except BadAddress:
        out.append(_("The address people write to, and the one letters come from, in Settings"))
    for text in notice.texts:
        groups = [group for language, group in found.groups if language == text.language]
        if public:
            groups = [0]  # everybody reads the same
        if not groups:
            continue
        for fault in elements.blocking(checks(text, groups)):
            where = _(LANGUAGES.get(text.language, text.language))
            if fault.group:
                where = _("%(language)s, group %(number)s", language=where, number=fault.group)
            out.append(
                _("%(question)s: %(text)s", question=where, text=f"{_(fault.text)}. {_all(fault)}")
            )
    return out + lacking(notice)


def lacking(notice: Notice) -> list[str]:
    """The columns that a text uses and people on the list lack, translated. The people of the
    list are opened for it only where nobody has counted them as they came."""
    texts = [text.body for text in notice.texts]
    texts += [text.body for group in notice.groups for text in group.texts]
    columns = {
        wording.field_key(name): name for text in texts for name in wording.bare_fields(text)
    }
    seal = notice.people_seal()
    if not columns or seal is None:
        return []
    counted = {column: filled.without(notice, column) for column in columns}
    without = {column: count for column, count in counted.items() if count is not None}
    if len(without) < len(columns):
        without = _opened(notice, seal, columns)
    return [
        _(
            "%(count)s people on the list have no “%(column)s”. Say what stands there for them: "
            "{field:%(column)s|…}",
            count=count,
            column=columns[column],
        )
        for column, count in without.items()
        if count
    ]


def _opened(notice: Notice, seal: PeopleSeal, columns: Iterable[str]) -> dict[str, int]:
    """How many people lack each column, by opening all of them."""
    without = dict.fromkeys(columns, 0)
    rows = db.session.execute(
        select(Recipient.address_key, Recipient.person_sealed)
        .where(on_list(notice))
        .execution_options(yield_per=2_000)
    )
    for key, sealed in rows:
        person = seal.open(sealed, key)
        has = {wording.field_key(name) for name, value in person.fields.items() if value.strip()}
        for column in without:
            without[column] += column not in has
    return without
