"""A reporter's browser without script: reads the form as it stands, fills in, presses, keeps the
cookies, and follows the steps until it is shown a receipt."""

import http.client
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urljoin, urlsplit

from benchmarks import forms

STEPS = 12  # pages at most, from the first to the receipt
TIMEOUT = 120


class NoReceipt(Exception):
    """The way ended without one: what was shown instead."""


@dataclass
class Answer:
    """One page."""

    status: int
    path: str
    html: str

    @cached_property
    def page(self) -> forms.Page:
        return forms.read(self.html)


class Browser:
    """One person. Each request has a connection of its own, as on a bad network."""

    def __init__(self, port: int, timeout: float = TIMEOUT) -> None:
        self.port, self.timeout = port, timeout
        self.cookies: dict[str, str] = {}
        self.worst = 0  # the highest status seen

    def get(self, path: str) -> Answer:
        """A page, wherever it redirects to."""
        return self._follow(self._request("GET", path))

    def post(self, form: forms.Filled) -> Answer:
        """The page after a form was sent."""
        kind, body = form.body()
        return self._follow(self._request("POST", form.action, body, {"Content-Type": kind}))

    def _follow(self, answer: tuple[Answer, str | None]) -> Answer:
        page, location = answer
        while location:
            parts = urlsplit(urljoin(f"http://127.0.0.1:{self.port}{page.path}", location))
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            page, location = self._request("GET", target)
        return page

    def _request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[Answer, str | None]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        words = {"Cookie": cookies, "Accept-Language": "en", **(headers or {})}
        try:
            connection.request(method, path, body, words)
            answer = connection.getresponse()
            html = answer.read().decode("utf-8", "replace")
        except http.client.HTTPException as error:
            raise ConnectionError(f"the line broke: {type(error).__name__}") from error
        finally:
            connection.close()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.partition(";")[0]
        self.worst = max(self.worst, answer.status)
        return Answer(answer.status, path, html), answer.getheader("Location")


class Way:
    """One reporter's way through the form; after a broken line it goes on where it was, as
    somebody does who presses the button again."""

    def __init__(self, browser: Browser, story: str, files: list[tuple[str, bytes]]) -> None:
        self.browser, self.story, self.files = browser, story, files
        self.answer: Answer | None = None
        self.pressed: forms.Filled | None = None
        self.receipt: Answer | None = None
        self.sent = False  # the files have arrived with an earlier step

    def go(self) -> Answer:
        """Go on to the receipt. Raises NoReceipt, or OSError when the line breaks."""
        for _ in range(STEPS):
            if self.answer is None and self.pressed is None:
                self.answer = self.browser.get("/report")
            if self.answer is not None:
                if self.answer.page.is_receipt:
                    self.receipt = self.answer
                    return self.answer
                if self.answer.status >= 400 and self.pressed is None:
                    raise NoReceipt(f"{self.answer.path} answered {self.answer.status}")
                self.pressed = self._fill(self.answer)
                self.answer = None
            assert self.pressed is not None
            answer = self.browser.post(self.pressed)
            if answer.status >= 400:
                raise NoReceipt(f"{answer.path} answered {answer.status}")
            self.sent = self.sent or self.pressed.carries  # nobody chooses them again
            self.answer, self.pressed = answer, None
        raise NoReceipt(f"no receipt after {STEPS} steps")

    def _fill(self, answer: Answer) -> forms.Filled:
        files = [] if self.sent else self.files
        filled = forms.filled(answer.page, answer.path, self.story, files)
        if filled is None:
            raise NoReceipt(f"{answer.path} ({answer.status}) has no form and no receipt")
        return filled


def report(browser: Browser, story: str, files: list[tuple[str, bytes]]) -> Answer:
    """The whole way of one reporter; returns the receipt. Raises NoReceipt or OSError."""
    return Way(browser, story, files).go()
