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


def receipt(client):
    return BeautifulSoup(client.get("/report/thanks").data, "html.parser").select_one("output").text


def reports():
    db.session.rollback()
    return list(db.session.scalars(select(Report).order_by(Report.id)))
