"""What is typed or sent can neither act on a page nor change what is asked (trust C-27 to C-41)."""

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from door import STORY, checked, form_of, reports, send, typed
from werkzeug.middleware.proxy_fix import ProxyFix

from incidents import throttle

ROOT = Path(__file__).parent.parent
STRANGE = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "</textarea><svg onload=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "{{7*7}}{%print(1)%}${7*7}%(x)s{0}",
    "\u202etxt.exe\u2066",
    "null\x00byte\x0b\x85\u2028",
    "\U0001f469\u200d\U0001f692\ud7ff\ufdd0",
    "'; DROP TABLE report; --",
]
ACTIVE = re.compile(r"^on|javascript:", re.IGNORECASE)


def acts(page):
    """What on a page would run: scripts that are not ours, handlers, script addresses."""
    soup = BeautifulSoup(page, "html.parser")
    found = [
        tag for tag in soup.find_all("script") if not tag.get("src", "").startswith("/static/")
    ]
    for tag in soup.find_all(True):
        found += [name for name, value in tag.attrs.items() if ACTIVE.match(name)]
        found += [value for value in tag.attrs.values() if str(value).startswith("javascript:")]
    return found


@pytest.mark.parametrize("text", STRANGE)
def test_what_a_stranger_types_is_text_on_every_page(client, staff, text):
    words = form_of(client) | {"story": text, "noticed_how": "about", "noticed": text}
    words |= {"data": text, "name": text, "done": text, "company": text}
    pages = [checked(client, words).text]
    assert send(client, words).status_code == 302
    report = reports()[0]
    pages += [staff.get(path).text for path in (f"/reports/{report.reference}", "/reports", "/")]

    assert [acts(page) for page in pages] == [[]] * 4
    assert "49" not in report.story
    assert not set(report.story) & set("\u202e\u2066\x00\x0b\x85")


def test_no_template_trusts_what_it_is_given():
    for file in (ROOT / "templates").rglob("*.html"):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", file.read_text("utf-8")), file


@pytest.mark.parametrize("name", ["story", "contact", "reporter", "noticed"])
def test_two_answers_to_one_question_are_not_taken(client, name):
    words = form_of(client) | {"story": STORY, "noticed_how": "about"}
    one, other = {"reporter": ("staff", "customer"), "contact": ("a@b.example", "c@d.example")}.get(
        name, ("one", "other")
    )
    answer = send(client, words | {name: [one, other]})

    assert answer.status_code == 422 and reports() == []
    assert "Two different answers" in answer.text
    if name == "story":
        assert typed(answer)["story"] == "one"


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/xml"])
def test_a_body_that_is_no_form_is_not_taken(client, kind):
    answer = client.post("/report", data=b'{"story": "x", "step": "send"}', content_type=kind)

    assert answer.status_code == 422 and reports() == []


@pytest.mark.parametrize("hops", [0, 1])
def test_only_a_proxy_of_ours_says_where_a_request_comes_from(app, hops):
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops)
    headers = {"X-Forwarded-For": "198.51.100.9, 203.0.113.5", "X-Forwarded-Host": "evil.example"}
    seen = []
    app.before_request_funcs.setdefault(None, []).append(lambda: seen.append(throttle.sender()))
    client = app.test_client()
    page = client.get("/report", headers=headers)
    client.get("/report", environ_base={"REMOTE_ADDR": "203.0.113.5" if hops else "127.0.0.1"})

    assert seen[0] == seen[1]
    assert "evil.example" not in page.text
