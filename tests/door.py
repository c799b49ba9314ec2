"""A browser without script at the front door: it fills the form and reads what comes back."""

import re

from bs4 import BeautifulSoup
from sqlalchemy import select

from incidents.db import db
from incidents.models import Report

STORY = "I got somebody else's invoice by e-mail."


def form_of(client, path="/report"):
    """The hidden fields of a form, as a browser would send them back."""
    page = BeautifulSoup(client.get(path).data, "html.parser")
    return hidden(page)


def hidden(page):
    form = page.select_one("main form")
    return {i["name"]: i.get("value", "") for i in form.select("input[type=hidden]")}


def typed(answer):
    """What stands in the fields of the page that came back."""
    page = BeautifulSoup(answer.data, "html.parser")
    texts = {t["name"]: re.sub(r"\A\r?\n", "", t.text) for t in page.select("textarea")}
    return texts | {i["name"]: i.get("value", "") for i in page.select("input[type=email]")}


def shown(answer):
    """The page as its reader sees it: without the tokens of its forms, which name the second."""
    return re.sub(r'(name="csrf_token" value=)"[^"]*"', r"\1", answer.text)


def send(client, data, **options):
    """Send a report at once, as the page of checked answers does."""
    return client.post("/report", data=data | {"step": "send"}, **options)


def checked(client, data, **options):
    """The page on which the answers are checked."""
    return client.post("/report", data=data, **options)


def receipt(client):
    """(reference, code) on the page of the receipt; the code is None when it is not shown."""
    page = BeautifulSoup(client.get("/report/receipt").data, "html.parser")
    code = page.select_one("output#code")
    return re.search(r"RP-\d{4}-\d{4}", page.text)[0], code.text if code else None


def reports():
    db.session.rollback()
    return list(db.session.scalars(select(Report).order_by(Report.id)))
