"""A letter that lacks what Art. 34(2) asks is not approved, and the checklist names what lacks."""

import pytest
from letters import blocking, text_of

from incidents.db import db
from incidents.models import Organisation
from notifications import notices, wording


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
    ],
)
def test_each_missing_part_is_named(notice, heading, named):
    text = text_of(notice, "en")
    parts = ("\n" + text.body).split("\n# ")
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
    text.body = text.body.replace("{contact}", "somebody")
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


def test_a_link_to_another_site_is_noted_but_does_not_block(notice):
    text = text_of(notice, "en")
    text.body += "\nSee https://bit.ly/x and https://www.cnil.fr/fr/plaintes"
    [noted] = [check for check in notices.checks(text) if not check.ok]
    assert not noted.blocks and noted.params == {"hosts": "bit.ly"}


@pytest.mark.parametrize(
    "code", ["{{7*7}}", "{% for x in y %}", "{0}", "%(name)s", "${name}x", "{name.__class__}", "{}"]
)
def test_template_code_stays_text(code):
    filled = wording.fill(f"a {code} b", {"name": "Ada"})
    assert filled == f"a {code} b".replace("{name}", "Ada")


def test_what_is_filled_in_is_not_looked_at_again():
    assert wording.fill("{name}!", {"name": "{contact}", "contact": "x"}) == "{contact}!"
