"""A browser without script, for tests that do as people do: read a page, fill in, press."""

import re
from io import BytesIO

from bs4 import BeautifulSoup, Tag
from conftest import PASSWORD
from werkzeug.datastructures import FileStorage, MultiDict

CHOSEN = ("radio", "checkbox")


class Hand:
    """One person at one browser. Every page that is asked for must be there (200).

    *page* is what is open now, parsed; *path* its address; *place* the element it was led to;
    *answer* the response.
    """

    def __init__(self, app, language="en"):
        self.client = app.test_client()
        self.headers = {"Accept-Language": language}

    def open(self, path):
        """Open a page, wherever it redirects to."""
        return self._read(self.client.get(path, headers=self.headers))

    def log_in(self, user):
        """By the form, with the password."""
        self.open("/login")
        return self.press("Log in", email=user.email, password=PASSWORD)

    def follow(self, words):
        """Follow the first link of these words."""
        found = [link for link in self.page.select("a[href]") if _words(link) == words]
        assert found, f"{self.path} has no link {words!r}: {self._choices('a')}"
        return self.open(found[0]["href"].partition("#")[0] or self.path)

    def press(self, words, status=200, **answers):
        """Press the button of these words, with its form as it stands but for *answers*: a
        control's name and a text, a list of texts, or (file name, bytes)."""
        button = self.button(words)
        form = button.find_parent("form")
        sent = filled(form)
        for name, value in answers.items():
            self._offered(form, name, value)
            sent.poplist(name)
            sent.setlist(name, [_file(value)] if isinstance(value, tuple) else _list(value))
        if button.get("name"):
            sent.add(button["name"], button.get("value", ""))
        target = form.get("action") or self.path
        return self._read(self.client.post(target, data=sent, headers=self.headers), status)

    def button(self, words):
        """The button of these words."""
        found = [button for button in self.page.select("form button") if _words(button) == words]
        assert found, f"{self.path} has no button {words!r}: {self._choices('button')}"
        return found[0]

    def _offered(self, form, name, value):
        """That the page asks this, and that a choice is one it offers."""
        controls = form.select(f'[name="{name}"]')
        assert controls, f"{self.path} does not ask for {name}"
        choices = [one.get("value", "on") for one in controls if one.get("type") in CHOSEN]
        choices += [one.get("value") for one in form.select(f'select[name="{name}"] option')]
        wrong = set(_list(value)) - set(choices) if choices else None
        assert not wrong, f"{self.path} offers no {name}={wrong}: {choices}"

    @property
    def words(self):
        """What stands in the main part of the page, on one line."""
        return _words(self.page.select_one("main"))

    def _read(self, answer, status=200):
        self.place = ""
        while answer.location and answer.status_code < 400:
            self.place = answer.location.partition("#")[2]
            answer = self.client.get(answer.location.partition("#")[0], headers=self.headers)
        self.answer, self.path = answer, answer.request.path
        self.page = BeautifulSoup(answer.data, "html.parser")
        assert answer.status_code == status, f"{self.path}: {answer.status_code} {self.words}"
        return self

    def _choices(self, tag):
        return sorted({_words(found) for found in self.page.select(tag)})


def filled(form: Tag) -> MultiDict:
    """What a browser would send of a form that nobody touches; without its buttons."""
    sent: MultiDict = MultiDict()
    for control in form.select("input[name], textarea[name], select[name]"):
        name, kind = control["name"], control.get("type", "text")
        if control.name == "textarea":
            sent.add(name, re.sub(r"\A\r?\n", "", control.text))
        elif control.name == "select":
            options = control.select("option")
            chosen = [one for one in options if one.has_attr("selected")] or options[:1]
            for option in chosen:
                sent.add(name, option.get("value", option.text))
        elif kind in CHOSEN:
            if control.has_attr("checked"):
                sent.add(name, control.get("value", "on"))
        elif kind != "file":
            sent.add(name, control.get("value", ""))
    return sent


def _words(tag):
    return " ".join(tag.get_text().split()) if tag else ""


def _list(value):
    return value if isinstance(value, list) else [value]


def _file(named):
    name, content = named
    return FileStorage(BytesIO(content), name)
