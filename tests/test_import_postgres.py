"""On PostgreSQL a list comes in, is approved and is shown as on SQLite."""

import pytest
from conftest import ROOT, Client
from letters import proof_of, text_of, uploaded
from test_import_staged import MANY, confirmed, rows_of

from app import create_app
from incidents import audit, schema, settings
from incidents.db import db, now
from incidents.models import Organisation
from notifications import lists, notices
from notifications.models import ListPart, Recipient
from notifications.recipients import imports
from notifications.sifting import rows


@pytest.fixture
def app(postgres, tmp_path):
    """The app on PostgreSQL, its context pushed, the organisation set up."""
    app = create_app(settings.load(ROOT, {"TOCSIN_DATABASE_URL": postgres}, tmp_path))
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Client
    with app.app_context():
        schema.bring_up_to_date(app)
        db.session.add(
            Organisation(
                id=1, name="Example Training", contact="privacy@training.example", set_up=True
            )
        )
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_list_is_imported_approved_and_voided_by_a_change(notice, controller_user, staff):
    people = rows.BATCH + 10
    content = "email,name\n" + "".join(f"p{n}@example.org,Name {n}\n" for n in range(people))
    row = uploaded(notice, content, controller_user)
    assert staff.get(f"/notices/{notice.uid}/people/import/{row.uid}").status_code == 200
    assert imports.confirm(row, controller_user, now()) == people
    db.session.commit()
    assert db.session.query(ListPart).count() == 0
    names = {row.person.name for row in db.session.query(Recipient)}
    assert names == {f"Name {n}" for n in range(people)}

    notices.approve(
        notice, notices.fingerprint(notice).hash, controller_user, now(), proof_of(controller_user)
    )
    db.session.commit()
    assert notices.is_approved(notice)
    text = text_of(notice, "en")
    notices.change(text, "Other", text.body, notices.seen_of(text), controller_user, now())
    db.session.commit()
    assert notice.state == "draft" and audit.verify().broken_at is None

    person = db.session.query(Recipient).first()
    for path in ("", "/people", "/check", "/text/en", f"/preview/{person.uid}"):
        assert staff.get(f"/notices/{notice.uid}{path}").status_code == 200


def test_a_large_list_is_written_in_lots_and_counts_as_a_whole(ready, controller_user):
    confirmed(ready, controller_user)
    assert lists.work() == 1
    db.session.refresh(ready)
    assert (ready.listed_to, ready.people, rows_of(ready)) == (None, MANY + 2, MANY + 2)

    confirmed(ready, controller_user, more='"x"y,bob@example.org\n')
    lists.work()
    db.session.refresh(ready)
    assert (ready.listed_to, ready.people, rows_of(ready)) == (None, MANY + 2, MANY + 2)
