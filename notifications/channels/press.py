"""A public notice as a text for the press: plain words, and a page for paper."""

from datetime import datetime

from babel.dates import format_date
from flask import current_app

from incidents import pages
from incidents.models import Organisation
from incidents.typeset import pdf
from notifications import twins
from notifications.channels.asked import asked
from notifications.channels.public import Page, address


def text(page: Page, language: str, served: Organisation) -> str:
    """The text for the press in one language, each paragraph one line: it is read on screens of
    any width, and pasted into other people's pages. It names the article of public notices only
    while the decision rests on it: beside letters to each person a notice is no more than that."""
    title, words = page.texts[language]
    notice = page.notice
    return current_app.jinja_env.get_template(_template(language)).render(
        organisation=served.name,
        contact=served.contact,
        website=served.website,
        disproportionate=asked(notice.incident).public,
        day=_day(notice.stands_from, language),
        until=_day(notice.shown_until, language),
        address=address(notice, language),
        title=title,
        words=twins.unbroken(words),
    )


def as_pdf(page: Page, language: str, served: Organisation) -> bytes:
    """The same, set for paper. The same page gives the same bytes."""
    lines = text(page, language, served).strip().split("\n\n")
    title, words = page.texts[language]
    data = {
        "lang": language,
        "title": title,
        "organisation": served.name,
        "head": lines[0].split("\n"),
        "blocks": twins.blocks(words),
        "foot": lines[-1].split("\n"),
        "hash": f"SHA-256 {page.hash}",
    }
    return pdf("press.typ", data, page.published_at, "notifications")


def _template(language: str) -> str:
    name = f"mail/press.{language}.txt"
    known = current_app.jinja_env.list_templates(extensions=["txt"])
    return name if name in known else "mail/press.en.txt"


def _day(moment: datetime | None, language: str) -> str:
    if moment is None:
        return "–"
    return format_date(moment.astimezone(pages.zone()).date(), "d MMMM y", locale=language)
