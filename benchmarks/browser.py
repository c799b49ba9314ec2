"""A reporter's browser without script: reads the form as it stands, fills in, presses, keeps the
cookies, and follows the steps until it is shown a receipt."""

import http.client
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit
from uuid import uuid4

from bs4 import BeautifulSoup, Tag

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

    @property
    def page(self) -> BeautifulSoup:
        return BeautifulSoup(self.html, "html.parser")

    @property
    def is_receipt(self) -> bool:
        """Whether it shows a reference or code to keep (an <output>), and asks for no report."""
        main = self.page.select_one("main")
        return bool(main and main.select("output") and not main.select("textarea, [type=file]"))


@dataclass
class Form:
    """What is about to be posted: (name, value) pairs, and files as (name, filename, bytes)."""

    action: str
    fields: list[tuple[str, str]]
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    def body(self) -> tuple[str, bytes]:
        """Content type and bytes, as browsers write them."""
        boundary = uuid4().hex
        out = bytearray()
        for name, value in self.fields:
            out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
            out += value.encode() + b"\r\n"
        for name, filename, content in self.files:
            out += (
                f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
                f'filename="{filename}"\r\nContent-Type: image/png\r\n\r\n'
            ).encode()
            out += content + b"\r\n"
        out += f"--{boundary}--\r\n".encode()
        return f"multipart/form-data; boundary={boundary}", bytes(out)


class Browser:
    """One person. Each request has a connection of its own, as on a bad network."""

    def __init__(self, port: int, timeout: float = TIMEOUT) -> None:
        self.port, self.timeout = port, timeout
        self.cookies: dict[str, str] = {}
        self.worst = 0  # the highest status seen

    def get(self, path: str) -> Answer:
        """A page, wherever it redirects to."""
        return self._follow(self._request("GET", path))

    def post(self, form: Form) -> Answer:
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


def filled(answer: Answer, story: str, files: list[tuple[str, bytes]]) -> Form:
    """The form of a page with an answer to each question: the story in each text, the files where
    files are asked for, of choices the first, other fields as they stand."""
    forms = [form for form in answer.page.select("main form") if form.get("method") == "post"]
    if not forms:
        raise NoReceipt(f"{answer.path} ({answer.status}) has no form and no receipt")
    form = max(forms, key=lambda one: len(one.select("input, textarea, select")))
    out = Form(str(form.get("action") or answer.path), [])
    chosen: set[str] = set()
    for control in form.select("input, textarea, select"):
        _fill(control, out, chosen, story, files)
    button = form.select_one(".actions button, button[type=submit], button")
    if button is not None and button.get("name"):
        out.fields.append((str(button["name"]), str(button.get("value", ""))))
    return out


def _fill(
    control: Tag, out: Form, chosen: set[str], story: str, files: list[tuple[str, bytes]]
) -> None:
    name, kind = str(control.get("name") or ""), str(control.get("type") or "text")
    if not name or control.has_attr("disabled"):
        return
    hidden = kind == "hidden" or control.find_parent(attrs={"hidden": True}) is not None
    if control.name == "textarea" and not hidden:
        out.fields.append((name, story))
    elif control.name == "select":
        option = control.select_one("option[selected]") or control.select_one("option")
        out.fields.append((name, str(option.get("value", "")) if option else ""))
    elif kind == "file":
        out.files += [(name, filename, content) for filename, content in files]
    elif kind == "radio":
        if name not in chosen:
            chosen.add(name)
            out.fields.append((name, str(control.get("value", "on"))))
    elif kind == "checkbox":
        if control.has_attr("checked"):
            out.fields.append((name, str(control.get("value", "on"))))
    elif kind not in ("submit", "button"):
        out.fields.append((name, str(control.get("value", ""))))


class Way:
    """One reporter's way through the form; after a broken line it goes on where it was, as
    somebody does who presses the button again."""

    def __init__(self, browser: Browser, story: str, files: list[tuple[str, bytes]]) -> None:
        self.browser, self.story, self.files = browser, story, files
        self.answer: Answer | None = None
        self.pressed: Form | None = None
        self.receipt: Answer | None = None
        self.sent = False  # the files have arrived with an earlier step

    def go(self) -> Answer:
        """Go on to the receipt. Raises NoReceipt, or OSError when the line breaks."""
        for _ in range(STEPS):
            if self.answer is None and self.pressed is None:
                self.answer = self.browser.get("/report")
            if self.answer is not None:
                if self.answer.is_receipt:
                    self.receipt = self.answer
                    return self.answer
                if self.answer.status >= 400 and self.pressed is None:
                    raise NoReceipt(f"{self.answer.path} answered {self.answer.status}")
                self.pressed = filled(self.answer, self.story, [] if self.sent else self.files)
                self.answer = None
            assert self.pressed is not None
            answer = self.browser.post(self.pressed)
            if answer.status >= 400:
                raise NoReceipt(f"{answer.path} answered {answer.status}")
            self.sent = self.sent or bool(self.pressed.files)  # nobody chooses them again
            self.answer, self.pressed = answer, None
        raise NoReceipt(f"no receipt after {STEPS} steps")


def report(browser: Browser, story: str, files: list[tuple[str, bytes]]) -> Answer:
    """The whole way of one reporter; returns the receipt. Raises NoReceipt or OSError."""
    return Way(browser, story, files).go()
