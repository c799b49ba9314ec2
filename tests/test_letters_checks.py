"""A letter that lacks what Art. 34(2) asks is not approved, and the checklist names what lacks."""

import pytest
from letters import blocking, part_of, text_of, whole

from incidents.db import db
from incidents.models import Organisation
from notifications import notices, wording
from notifications.models import NoticeGroup


@pytest.mark.parametrize(
    ("heading", "named"),
    [
        ("# What happened", "What happened"),
        ("# Which data of yours", "Which data of theirs"),
        ("# What this may mean", "The likely consequences"),
        ("# What we have done", "The measures taken"),
        ("# What you should do", "What they should do now"),
        ("# Whom to contact", "Whom they can ask"),
        ("# Your right to complain", "The authority they may complain to"),
        ("# Is this letter genuine?", "How to check that the letter is genuine"),
    ],
)
def test_each_missing_part_is_named(notice, heading, named):
    text = text_of(notice, "en")
    parts = ("\n" + whole(text)).split("\n# ")
    kept = [part for part in parts if not part.startswith(heading.removeprefix("# "))]
    assert len(kept) == len(parts) - 1
    text.body = "\n# ".join(kept)
    assert len(blocking(text)) == 1
    assert blocking(text)[0].startswith(named)


def test_a_heading_with_nothing_under_it_says_nothing(notice):
    text = text_of(notice, "en")
    before, _, rest = text.body.partition("# What happened")
    text.body = f"{before}# What happened\n\n#{rest.split('#', 1)[1]}"
    assert blocking(text)[0].startswith("What happened")


def test_the_contact_must_be_the_one_people_can_write_to(notice):
    text = text_of(notice, "en")
    text.body = whole(text).replace("{contact}", "somebody")
    assert blocking(text)[0].startswith("Whom they can ask")
    text.body = text.body.replace("somebody", "privacy@training.example")
    assert blocking(text) == []


def test_a_placeholder_that_does_not_exist_is_refused_by_its_name(notice):
    text = text_of(notice, "en")
    text.body += "\nDear {nom}, {Name}"
    assert [line.split(" is no")[0].split("{")[1] for line in blocking(text)] == ["nom}", "Name}"]


def test_a_placeholder_without_a_value_is_refused(notice):
    text = text_of(notice, "en")
    text.body += "\n{website}"
    assert "{website} is empty in Settings" in blocking(text)[0]
    db.session.get(Organisation, 1).website = "https://training.example"
    assert blocking(text) == []


def test_nothing_personal_stands_in_the_subject(notice):
    text = text_of(notice, "en")
    text.subject = "{name}, a word about {reference}"
    assert blocking(text)[0].startswith("Nothing personal in the subject")
    text.subject = ""
    assert blocking(text)[0].startswith("A subject")


@pytest.mark.parametrize("mark", ["[[Translate: x]]", "[[", "]]", "[[a\nb]]"])
def test_what_is_still_to_be_written_blocks(notice, mark):
    text = text_of(notice, "en")
    text.body += f"\n{mark}"
    assert blocking(text)[0].startswith("Everything written and translated")


@pytest.mark.parametrize(
    ("link", "named"),
    [
        ("https://bit.ly/x", "No shortened links"),
        ("bit.ly/x", "No shortened links"),
        ("https://shop.other.example/", "No links to other sites"),
        ("https://training.example/?utm_source=breach", "No links that follow their reader"),
        ("https://training.example/{code}", "No links that follow their reader"),
        ("https://training.example/?x={field:Order}", "No links that follow their reader"),
    ],
)
def test_a_link_that_hides_follows_or_leads_elsewhere_is_refused(notice, link, named):
    db.session.get(Organisation, 1).website = "https://training.example"
    text = text_of(notice, "en")
    text.body += f"\nSee {link}, https://www.cnil.fr/fr/plaintes and https://training.example/news."
    [refused] = blocking(text)
    assert refused.startswith(named) and link.removeprefix("https://")[:6] in refused


def test_what_is_amiss_for_one_group_only_is_named_with_it(notice):
    group = NoticeGroup(uid="0" * 16, number=1, data=["health"], people=3)
    notice.groups.append(group)
    notice.people = 5
    notices.furnish(notice)
    text = text_of(notice, "en")
    assert blocking(text) == []
    part = part_of(notice, "en", 1)
    part.body = part.body.replace("# What this may mean for you", "# Other")
    [found] = [check for check in notices.checks(text) if check.blocks and not check.ok]
    assert (found.text, found.group) == ("The likely consequences", 1)
    text.body = text.body.replace("{group}", "")
    assert any(line.startswith("A place for what concerns each group") for line in blocking(text))


@pytest.mark.parametrize(
    "code", ["{{7*7}}", "{% for x in y %}", "{0}", "%(name)s", "${name}x", "{name.__class__}", "{}"]
)
def test_template_code_stays_text(code):
    filled = wording.fill(f"a {code} b", {"name": "Ada"})
    assert filled == f"a {code} b".replace("{name}", "Ada")


def test_what_is_filled_in_is_not_looked_at_again():
    assert wording.fill("{name}!", {"name": "{contact}", "contact": "x"}) == "{contact}!"


def test_a_column_of_the_list_stands_where_it_is_named_or_the_words_for_those_without():
    text = "Order {field:Order No}, course {field: course |not known}, {field:x y|{a}}"
    filled = wording.fill(text, {"field:order no": "A-1", "field:course": ""})
    assert filled == "Order A-1, course not known, {field:x y|{a}}"
    assert wording.bare_fields(text) == ["Order No"]
