"""The same story by hand, in a browser: a customer with a phone, staff, and the controller.

The worker runs beside the web as it does in production, and letters go to a real SMTP server.
An error in the console of the browser fails a test.
"""

import re
from datetime import timedelta

import pytest
from conftest import PASSWORD
from playwright.sync_api import expect

from incidents.actions import people
from incidents.db import db, now
from incidents.models import Organisation, User
from notifications import jobs
from notifications.models import Server

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
WAIT = 30_000  # ms; generous, for machines that are busy
CUSTOMER = "karim@customer.example"
LISTED = [f"person{number}@people.example" for number in range(50)]


@pytest.fixture
def site(app, live):
    """The app as in earnest: forged requests are refused."""
    app.config["WTF_CSRF_ENABLED"] = True
    db.session.rollback()
    return live(app)


@pytest.fixture
def worker(app, smtp_sink):
    """The worker at work, with a server that takes mail."""
    house = db.session.get(Organisation, 1)
    house.languages, house.time_zone = ["en"], "Atlantic/Reykjavik"  # UTC all the year
    server = Server(direction="out", host="127.0.0.1", port=smtp_sink.port, security="none")
    server.sender = "privacy@training.example"
    db.session.add(server)
    db.session.commit()
    stop = jobs.start(app)
    yield
    db.session.rollback()
    stop()


@pytest.fixture
def page(context):
    page = context.new_page()
    page.set_default_timeout(WAIT)
    expect.set_options(timeout=WAIT)
    return page


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def follow(page, name, where="main"):
    page.get_by_role(where).get_by_role("link", name=name, exact=True).first.click()


def heading(page, words):
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def enter(page, site, user):
    """Come in by the form, at a desk."""
    page.context.clear_cookies()
    page.set_viewport_size(DESK)
    page.goto(site)
    follow(page, "Log in")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    db.session.rollback()
    press(page, "Log in")


def when(page, field, moment):
    page.locator(f"#{field}").fill(f"{moment:%Y-%m-%d}")
    page.locator(f"#{field}-time").fill(f"{moment:%H:%M}")


def test_a_report_is_seen_through_by_hand(
    page, site, worker, smtp_sink, staff_user, controller_user, tmp_path
):
    reference = reported(page, site, tmp_path)

    enter(page, site, staff_user)
    triaged(page, reference)
    walked(page)
    incident = page.url

    enter(page, site, controller_user)
    page.goto(incident)
    decided(page)
    drafted(page, tmp_path)
    sent(page)
    mails = smtp_sink.wait_for(len(LISTED) + 1, seconds=WAIT / 1000)
    assert sorted(mail.recipients for mail in mails) == sorted((a,) for a in [*LISTED, CUSTOMER])
    (receipt,) = smtp_sink.to(CUSTOMER)
    assert reference in receipt.message.get_body(("plain",)).get_content()

    page.goto(incident)
    follow(page, "Decision", "navigation")
    expect(page.locator("#duties")).to_contain_text("50 by mail")


def reported(page, site, folder):
    """A customer reports with a phone, adds a picture, and reads the receipt."""
    picture = folder / "screen.png"
    picture.write_bytes(b"\x89PNG")
    page.set_viewport_size(PHONE)
    page.goto(site)
    follow(page, "Report what happened")
    page.get_by_label("What happened?").fill("I see invoices of other customers in my account.")
    page.get_by_label("Names, addresses, e-mail, phone").check()
    page.get_by_label("Files that show it").set_input_files(picture)
    page.get_by_label("Your e-mail address").fill(CUSTOMER)
    press(page, "Check your answers")
    press(page, "Send the report")
    heading(page, "We have your report")
    reference = page.locator("#reference").inner_text()
    page.get_by_label("Kept?").fill(page.locator("#code").inner_text()[-4:])
    press(page, "Continue")
    heading(page, "What happens next")
    return reference


def triaged(page, reference):
    """Staff read the report in the queue and open an incident from it."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="I see invoices of other customers").click()
    expect(page.get_by_role("main")).to_contain_text(reference)
    expect(page.get_by_role("main")).to_contain_text("screen.png")
    page.get_by_label("A short title").fill("Invoices of others shown")
    press(page, "Open an incident")
    heading(page, "Invoices of others shown")


def walked(page):
    """Each stage by its own pages, from what the incident's page says is missing."""
    incident = page.url
    follow(page, "What happened", "navigation")
    page.get_by_label("Confidentiality").check()
    when(page, "noticed_at", (now() - timedelta(hours=3)).replace(minute=17))
    page.get_by_label("Which data are concerned?").fill("Names, addresses, bank accounts")
    page.get_by_label("Whose data are they?").fill("Customers with an account")
    press(page, "Save")
    follow(page, "Say when")
    when(page, "moment", (now() - timedelta(hours=1)).replace(minute=41))
    page.get_by_label("What made it certain then?").fill("We saw it ourselves.")
    page.get_by_label("I confirm").check()
    press(page, "Start the clock from this moment")
    expect(page.locator(".clock").first).to_contain_text("left")
    expect(page.get_by_role("heading", level=1)).to_have_text("Who must be told?")
    follow(page, "Overview", "navigation")
    press(page, "Go on")
    follow(page, "Cause", "navigation")
    page.get_by_label("A technical fault").check()
    page.get_by_label("Why did it happen?").fill("A cache mixed up customers.")
    press(page, "Save")
    press(page, "Go on")
    follow(page, "Measures", "navigation")
    page.get_by_label("What may happen to the people").fill("Somebody could try a debit.")
    press(page, "Save")
    follow(page, "Add a measure")
    page.get_by_label("What is done, or will be done?").fill("We emptied the cache.")
    page.get_by_label("Done on").fill(f"{now():%Y-%m-%d}")
    press(page, "Add the measure")
    page.goto(incident)
    press(page, "Go on")
    expect(page.locator("#move")).to_contain_text("The controller’s decision")


def decided(page):
    """The controller answers what is known and accepts what the law asks."""
    follow(page, "Decision", "navigation")
    with page.expect_navigation():
        press(page, "Flaw in software or settings")
    page.locator("input[name=confidentiality_loss][value=confirmed]").check()
    with page.expect_navigation():  # the groups of questions open one after the other
        press(page, "Keep these and go on")
    for name in ("identity", "financial_account"):
        page.locator(f"input[name=data_categories][value={name}]").check()
    for name in ("credentials_exposed", "fraud_enabling"):
        page.locator(f"input[name={name}][value=yes]").check()
    press(page, "The rest is not known yet")
    expect(page.locator("#result")).to_contain_text("Tell each of them without undue delay")
    press(page, "Decide")
    expect(page.locator("#decide")).to_contain_text("The people are told.")
    follow(page, "Write the letters")


def drafted(page, folder):
    """The letter is drafted; its people come from a file, looked at before they are taken in."""
    press(page, "Draft the letter")
    table = folder / "people.csv"
    rows = [f"Person {number};{address}" for number, address in enumerate(LISTED)]
    table.write_text("\n".join(["Name;E-mail", *rows]))
    page.get_by_label("List of people (CSV or XLSX)").set_input_files(table)
    press(page, "Look at this file")
    heading(page, "Import 50 people?")
    press(page, "Import 50 people")
    heading(page, "50 people to tell")
    follow(page, "Go on: the text")
    for area in page.locator("main form textarea").all():
        said = re.sub(r"\[\[.*?\]\]", "Others could see invoices.", area.input_value(), flags=re.S)
        area.fill(said)
    press(page, "Save")
    follow(page, "Go on: check the letter")
    follow(page, "Read it as the first person gets it")
    expect(page.get_by_role("main")).to_contain_text("Hello Person")
    page.go_back()
    follow(page, "Go on: approve")


def sent(page):
    """Approved, sent after a second question, and watched on one page until all have left."""
    page.get_by_label("I have read the letter").check()
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Approve this letter to 50 people")
    follow(page, "Go on to sending")
    page.locator("summary", has_text="Send to 50 people now").click()
    press(page, "Yes: Send to 50 people now")
    expect(page.locator("#run")).to_contain_text("50 of 50 letters have left")
    heading(page, "All 50 letters have left")  # though nobody has loaded the page anew
    follow(page, "Show what to do now")
    heading(page, "All 50 letters have left")


@pytest.fixture
def empty(app, live):
    """The house before anybody came: no account, no organisation. Its first link."""
    app.config["WTF_CSRF_ENABLED"] = True
    db.session.delete(db.session.get(Organisation, 1))
    token = people.set_up_token(now())
    db.session.commit()
    return f"{live(app)}/setup/{token}"


def test_the_first_link_makes_the_first_account_once_and_leads_to_the_end(page, empty, complaints):
    page.goto(empty)
    page.get_by_label("What is your name?").fill("Ada Exemplar")
    page.get_by_label("What is your e-mail address?").fill("ada@training.example")
    page.get_by_label("Choose a password").fill("four words of nobody")
    press(page, "Make my account")
    heading(page, "Your organisation")
    follow(page, "Skip for now")
    heading(page, "Service providers")
    follow(page, "Go on")
    for name in ("Outgoing mail", "Incoming mail"):
        heading(page, name)
        follow(page, "Skip for now")
    heading(page, "Ready for the day you hope will not come")
    follow(page, "Go to today")
    expect(page.get_by_role("navigation", name="Main")).to_contain_text("Settings")
    assert [(user.name, user.role) for user in db.session.query(User)] == [
        ("Ada Exemplar", "controller")
    ]

    page.context.clear_cookies()
    page.goto(empty)
    heading(page, "This link does not work any more")
    assert all("410" in said for said in complaints)
    complaints.clear()


@pytest.mark.browser_context_args(java_script_enabled=False)
def test_without_script_the_public_form_keeps_what_was_typed_and_takes_the_report(
    page, site, complaints
):
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/report")
    page.get_by_label("Your e-mail address").fill("no address")
    press(page, "Check your answers")
    expect(page.get_by_role("alert")).to_contain_text("2 things to put right")
    expect(page.get_by_label("Your e-mail address")).to_have_value("no address")
    page.get_by_label("Your e-mail address").fill(CUSTOMER)
    page.get_by_label("What happened?").fill("A bag with papers was taken from a car.")
    page.get_by_label("Your name").press("Enter")
    heading(page, "Check your answers")
    press(page, "Send the report")
    heading(page, "We have your report")
    assert all("422" in said for said in complaints)
    complaints.clear()
