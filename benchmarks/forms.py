"""The forms of a page as a browser without script sees them: read once, filled in, written as it
would be sent. Cheap, since whoever measures shares the machine with what is measured."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode
from uuid import uuid4

_VOID = frozenset(["input", "br", "hr", "img", "meta", "link", "source", "wbr"])
_CONTROLS = frozenset(["input", "textarea", "select", "button"])
_MAIN = re.compile(r"<main\b.*</main>", re.DOTALL)


@dataclass
class Control:
    """One field or button. `hidden`: nobody sees it."""

    tag: str
    attrs: dict[str, str]
    hidden: bool = False
    text: str = ""
    options: list[tuple[str, bool]] = field(default_factory=list)  # value, whether chosen

    @property
    def name(self) -> str:
        return self.attrs.get("name", "")

    @property
    def type(self) -> str:
        return self.attrs.get("type", "submit" if self.tag == "button" else "text")


@dataclass
class Form:
    """A form of a page: where it goes, what stands in it. `action` is "" for the page itself."""

    action: str
    method: str
    multipart: bool
    controls: list[Control] = field(default_factory=list)


@dataclass
class Filled:
    """What is about to be posted: (name, value) pairs, and files as (name, filename, bytes)."""

    action: str
    multipart: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    files: list[tuple[str, str, bytes]] = field(default_factory=list)

    @property
    def carries(self) -> bool:
        """Whether there is a file in it."""
        return any(filename for _, filename, _ in self.files)

    def body(self) -> tuple[str, bytes]:
        """Content type and bytes, as browsers write them."""
        if not self.multipart:
            return "application/x-www-form-urlencoded", urlencode(self.fields).encode()
        boundary = uuid4().hex
        parts = [
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in self.fields
        ]
        out = [part.encode() for part in parts]
        for name, filename, content in self.files:
            kind = "image/png" if filename else "application/octet-stream"
            head = f'form-data; name="{name}"; filename="{filename}"\r\nContent-Type: {kind}'
            out += [f"--{boundary}\r\nContent-Disposition: {head}\r\n\r\n".encode(), content]
            out.append(b"\r\n")
        out.append(f"--{boundary}--\r\n".encode())
        return f"multipart/form-data; boundary={boundary}", b"".join(out)


class _Reader(HTMLParser):
    """Collects the forms of a page. `marks`: which tags it has at all."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.marks: set[str] = set()
        self._open: Form | None = None
        self._stack: list[tuple[str, bool]] = []  # tag, whether it hides what is in it
        self._control: Control | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.marks.add(tag)
        if given.get("type") == "file":
            self.marks.add("file")
        hides = "hidden" in given or bool(self._stack and self._stack[-1][1])
        if tag not in _VOID:
            self._stack.append((tag, hides))
        if tag == "form":
            multipart = given.get("enctype") == "multipart/form-data"
            self._open = Form(given.get("action", ""), given.get("method", "get"), multipart)
            self.forms.append(self._open)
        elif tag in _CONTROLS and self._open is not None:
            hidden = hides or given.get("type") == "hidden" or "unseen" in given.get("class", "")
            self._control = Control(tag, given, hidden)
            self._open.controls.append(self._control)
        elif tag == "option" and self._control is not None:
            self._control.options.append((given.get("value", ""), "selected" in given))

    def handle_endtag(self, tag: str) -> None:
        if self._stack and self._stack[-1][0] == tag:
            self._stack.pop()
        if tag == "form":
            self._open = None
        if tag in _CONTROLS:
            self._control = None

    def handle_data(self, data: str) -> None:
        if self._control is not None and self._control.tag == "textarea":
            self._control.text += data


@dataclass
class Page:
    """The forms of a page, and which tags stand in its main part ("file": a place for files)."""

    forms: list[Form]
    tags: set[str]

    @property
    def is_receipt(self) -> bool:
        """Whether it shows a reference or code to keep (an <output>), and asks for no report."""
        return "output" in self.tags and not self.tags & {"textarea", "file"}


def read(html: str) -> Page:
    """The main part of a page."""
    main = _MAIN.search(html)
    reader = _Reader()
    reader.feed(main[0] if main else "")
    return Page(reader.forms, reader.marks)


def filled(page: Page, at: str, story: str, files: list[tuple[str, bytes]]) -> Filled | None:
    """The largest form of the page at a path, with an answer to each question: the story in each
    text, the files where files are first asked for, of choices the first, other fields as they
    stand. None when nothing can be posted there."""
    posts = [form for form in page.forms if form.method == "post"]
    if not posts:
        return None
    form = max(posts, key=lambda one: len(one.controls))
    out = Filled(form.action or at, form.multipart)
    chosen: set[str] = set()
    for control in form.controls:
        if control.name and "disabled" not in control.attrs:
            _fill(control, out, chosen, story, files)
    buttons = [one for one in form.controls if one.tag == "button" and one.type == "submit"]
    if buttons and buttons[0].name:
        out.fields.append((buttons[0].name, buttons[0].attrs.get("value", "")))
    return out


def _fill(
    control: Control, out: Filled, chosen: set[str], story: str, files: list[tuple[str, bytes]]
) -> None:
    name, value = control.name, control.attrs.get("value", "")
    if control.tag == "textarea":
        out.fields.append((name, control.text if control.hidden else story))
    elif control.tag == "select":
        picked = [one for one, selected in control.options if selected] or [
            one for one, _ in control.options
        ]
        out.fields.append((name, picked[0] if picked else ""))
    elif control.type == "file":
        # Of a place where nothing was chosen, browsers send an empty part.
        taken = [] if out.files else files
        out.files += [(name, *file) for file in taken] or [(name, "", b"")]
    elif control.type == "radio":
        if name not in chosen:
            chosen.add(name)
            out.fields.append((name, value or "on"))
    elif control.type == "checkbox":
        if "checked" in control.attrs:
            out.fields.append((name, value or "on"))
    elif control.tag == "input" and control.type not in ("submit", "button"):
        out.fields.append((name, value))
