"""What a letter says to one group of people alone: which data of theirs is concerned, what may
follow, and what they should do. First drafted from the incident's facts and the group's data.
"""

import secrets

from flask import current_app

from incidents.db import db
from incidents.law.vocabulary import DATA_CATEGORIES
from notifications import wording
from notifications.models import Notice, NoticeGroup, NoticeGroupText
from notifications.notices.passages import Passages, kinds, tidy


def furnish(notice: Notice) -> None:
    """Give each group of a notice its part in each language of the letter, where it has none yet.

    Group 0, of whom the list says nothing, is made here. No entry, no commit: whoever makes
    groups or languages writes that down.
    """
    numbers = {group.number for group in notice.groups}
    if 0 not in numbers:
        data = sorted(notice.incident.facts.get("data_categories") or [])
        notice.groups.insert(0, NoticeGroup(uid=secrets.token_hex(8), number=0, data=data))
    for group in notice.groups:
        written = {text.language for text in group.texts}
        for text in notice.texts:
            if text.language not in written:
                group.texts.append(_text(notice, group, text.language))
    db.session.flush()


def _text(notice: Notice, group: NoticeGroup, language: str) -> NoticeGroupText:
    text = NoticeGroupText(uid=secrets.token_hex(8), language=language)
    text.body = part(notice, group, language)
    return text


def part(notice: Notice, group: NoticeGroup, language: str) -> str:
    """The first draft of the part of a group in one language.

    What staff wrote of the data and the consequences as a whole is said to group 0 only: it may
    speak of data that others did not lose.
    """
    incident = notice.incident
    facts = dict(incident.facts)
    whole = group.number == 0
    if not whole:
        facts["data_categories"] = group.data
        for claim in ("credentials_exposed", "special_category", "criminal_data"):
            facts.pop(claim, None)
    take = Passages(language, notice.written_in)
    found = kinds(facts)
    template = current_app.jinja_env.get_template(f"mail/group.{language}.txt")
    known = [kind for kind in DATA_CATEGORIES if kind in group.data]  # in the order of the law's
    others = [wording.literal(word) for word in group.data if word not in DATA_CATEGORIES]
    return tidy(
        template.render(
            categories=known + others,
            kinds=found,
            data=take(incident.data) if whole else "",
            consequences=take(incident.consequences) if whole or not found else "",
        )
    )
