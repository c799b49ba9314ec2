"""Every page can be used by everybody: axe finds nothing on any, in both languages; and no page
must be pushed sideways on a phone.

The pages come from the URL map (see tour.py), so that a new page cannot be left out.
"""

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from furnishing import furnish
from tour import DOWNLOADS, DRAWN, EMPTY, FEEDS, session_of

from incidents.db import db

# On each page: what is wrong, by which rule, and where. Targets of 24 pixels (WCAG 2.2, 2.5.8)
# are not among the rules that axe applies by itself.
RUN = """options => axe.run({
    resultTypes: ["violations"], rules: {"target-size": {enabled: true}}, ...options
}).then(found => found.violations.map(
    one => `${one.id}: ${one.help}: ${one.nodes.map(node => node.target).join(" | ")}`))"""
# Words in a box that must be pushed sideways to be read.
PUSHED = """() => [...document.querySelectorAll(".mail, .quote, .sheet, .facts dd")]
    .filter(box => box.scrollWidth > box.clientWidth + 1).map(box => box.innerText.slice(0, 40))"""
# The first thing of a page below the head of its incident, and whether the tab it is under shows.
BEGINS = """() => {
    const [head, box] = [document.querySelector(".case"), tab => tab.getBoundingClientRect()]
    const tab = head.querySelector(".tabs [aria-current]")
    return [box(head).height, !tab || box(tab).left >= 0 && box(tab).right <= innerWidth] }"""
# A picture alone is drawn without scripts: axe could not run in it, and would never answer.
NO_PAGES = DOWNLOADS + FEEDS + DRAWN + EMPTY
RECEIPT = {"reference": "RP-2026-0001", "answer": True}
MAIN = (
    "incidents.home",
    "incidents.reports",
    "incidents.report_page",
    "incidents.show",
    "incidents.detection",
    "incidents.decision",
    "incidents.register",
    "notifications.people",
    "notifications.import_preview",
    "notifications.approve",
    "notifications.progress",
    "accounts.settings",
    "notifications.outgoing",
)
# Pages that look different in each state; of the others two states are enough.
VARIED = (
    "incidents.show",
    "incidents.decision",
    "notifications.progress",
    "notifications.recipient",
)


@pytest.fixture
def tour(app, staff_user, controller_user):
    return furnish(app, staff_user, controller_user)


@pytest.fixture
def site(app, live):
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = 600  # the sheets are fetched once, not on each page
    return live(app)


@pytest.fixture
def enter(app, tour, site, context, staff_user, controller_user):
    """Come in as a stranger, staff or controller, with words in the session: enter("staff")."""
    users = {"stranger": None, "staff": staff_user, "controller": controller_user}

    def enter(who, **words):
        value = session_of(app, users[who], receipt=RECEIPT, **words)
        name = app.config["SESSION_COOKIE_NAME"]
        context.add_cookies([{"name": name, "value": value, "url": site}])
        db.session.rollback()  # the pages write who read what: SQLite has one writer
        return context.new_page()

    return enter


@pytest.fixture
def pages(app, tour):
    """What *who* can open: the "first" or the "last" page of each endpoint, or "most" pages; or
    the last of each endpoint that is the "own" one of the controller.
    """

    def pages(who, which="most", of=None):
        stops = [stop for stop in tour.stops(app, who) if stop[0] not in NO_PAGES]
        if which == "own":
            less = {endpoint for endpoint, _ in tour.stops(app, "staff")}
            stops = [stop for stop in stops if stop[0] not in less]
        stops = [stop for stop in stops if of is None or stop[0] in of]
        last, first = dict(stops), dict(reversed(stops))
        if which != "most":
            return list((last if which in ("last", "own") else first).values())
        ends = {*first.values(), *last.values()}
        return [path for endpoint, path in stops if path in ends or endpoint in VARIED]

    return pages


def visit(page, address):
    """Open a page: itself, and not the one that asks who somebody is."""
    answer = page.goto(address)
    assert answer.status < 400, f"{address}: {answer.status}"
    assert "/login" in address or "/login" not in page.url, f"{address} asks for a login"


def look(page, address, **options):
    """What axe finds wrong on a page."""
    visit(page, address)
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(RUN, options)


def wrong(page, site, paths, **options):
    return {path: found for path in paths if (found := look(page, site + path, **options))}


# The controller sees every page in English; the French ones are seen by staff, the rest by her.
@pytest.mark.parametrize(
    ("who", "language", "which", "share"),
    [
        ("controller", "en", "most", slice(0, None, 2)),  # in two: it is the longest of all tests
        ("controller", "en", "most", slice(1, None, 2)),
        ("controller", "fr", "own", slice(None)),
        ("staff", "fr", "first", slice(None)),
        ("stranger", "en", "most", slice(None)),
        ("stranger", "fr", "most", slice(None)),
    ],
)
def test_axe_finds_nothing_on_any_page(pages, site, enter, who, language, which, share):
    page = enter(who, language=language)

    assert wrong(page, site, pages(who, which)[share]) == {}
    assert page.locator("html").get_attribute("lang") == language


def test_axe_finds_nothing_on_pages_of_refusal(site, enter, complaints):
    page = enter("staff", language="en")
    refused = {}
    for path, button in (("/report", "Check your answers"), ("/reports/new", "Save the report")):
        page.goto(site + path)
        page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
        page.get_by_role("alert").wait_for()
        page.evaluate(AXE_SCRIPT)
        refused[path] = page.evaluate(RUN, {})
    for path in ("/nothing", "/settings"):  # there is no such page; it is not for staff
        page.goto(site + path)
        page.evaluate(AXE_SCRIPT)
        refused[path] = page.evaluate(RUN, {})
    assert set(map(tuple, refused.values())) == {()}, refused
    assert {said.partition(" (")[0] for said in complaints if "status of 4" not in said} == set()
    complaints.clear()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_axe_finds_nothing_on_the_way_of_a_reporter(site, context, language):
    page = context.new_page()
    context.set_extra_http_headers({"Accept-Language": language})
    page.set_viewport_size({"width": 390, "height": 844})
    found = {}

    def judge(name):
        page.evaluate(AXE_SCRIPT)
        found[name] = page.evaluate(RUN, {})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name

    def press(button="main form:has(.actions) .actions button"):
        with page.expect_navigation():
            page.locator(button).first.click()

    page.goto(site + "/report")
    page.locator("[name=reporter][value=provider]").check()
    page.locator("[name=noticed_how][value=exact]").check()
    page.locator("[name=story]").fill("A list of customers lay open.")
    judge("form")
    press()
    judge("check")
    press()
    judge("receipt")
    code = page.locator("#code").inner_text()
    page.locator("#typed").fill(code[-4:])
    press(".typed-back button")
    judge("thanks")
    page.goto(f"{site}/my-report#{code}")
    assert page.locator("#code").input_value() == code and "#" not in page.url
    judge("door")
    press()
    judge("status")
    press("form[action$=leave] button")
    judge("left")
    assert {*map(tuple, found.values())} == {()}, found


def test_axe_finds_nothing_in_dark_and_on_a_phone(pages, site, enter):
    page = enter("controller", language="fr", theme="dark")
    page.set_viewport_size({"width": 390, "height": 844})

    assert wrong(page, site, pages("controller", "last", MAIN)) == {}
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert sum(int(part) for part in paper[4:-1].split(",")) < 200, f"{paper} is not dark"


# In French: its words are the longer ones.
@pytest.mark.browser_context_args(is_mobile=True, has_touch=True)
def test_no_page_must_be_pushed_sideways(pages, site, enter):
    page = enter("controller", language="fr")
    wide = {}
    for path in pages("controller", "last"):
        visit(page, site + path)
        for width in (1280, 390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            if (whole := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[path, width] = whole
            if pushed := page.evaluate(PUSHED):
                wide[path, width] = pushed
    assert not wide, "\n".join(map(str, wide.items()))


# On a phone the head may take a third of the screen, on the incident's own page, whose clock is
# large, a little more than half.
@pytest.mark.browser_context_args(is_mobile=True, has_touch=True)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_asked_begins_on_the_first_screen_of_a_phone(pages, site, enter, language):
    page = enter("controller", language=language)
    page.set_viewport_size({"width": 390, "height": 844})
    asked = ("show", "detection", "cause", "mitigation", "decision", "aware", "notification")
    heads = {}
    for path in pages("controller", "last", [f"incidents.{name}" for name in asked]):
        visit(page, site + path)
        heads[path] = page.evaluate(BEGINS)
    # The answers for the authority stand beside their buttons, which stand in one column.
    edges = "all => [...new Set(all.map(one => Math.round(one.getBoundingClientRect().right)))]"
    page.goto(site + next(path for path in heads if path.endswith("/notification")))
    assert len(page.eval_on_selector_all(".told .button:not([hidden])", edges)) == 1
    assert len(heads) == len(asked)
    most = {path: 470 if path.count("/") == 2 else 290 for path in heads}
    assert {path: head for path, head in heads.items() if head[0] > most[path] or not head[1]} == {}


def test_axe_would_find_a_fault(site, enter):
    page = enter("stranger")
    page.goto(site)
    page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    page.evaluate(AXE_SCRIPT)

    assert [found.partition(":")[0] for found in page.evaluate(RUN, {})] == ["button-name"]
