"""What a run of letters holds about people goes when its case is erased."""

from letters import uploaded
from sqlalchemy import func, select

from incidents.actions import erasure
from incidents.db import db, now
from notifications.models import ListImport, ListPart, Recipient


def test_a_case_with_an_imported_list_is_erased(ready, incident, controller_user):
    """The file of the list goes with it, confirmed or not, and how people were told."""
    uploaded(ready, "email,name\nzoe@example.org,Zoe Canary\n", controller_user)
    person = db.session.scalars(select(Recipient)).first()
    person.told, person.told_at = "Zoe was called by Ada", now()
    incident.stage, incident.closed_at = "closed", now()
    db.session.commit()

    erasure.erase(incident, "worker", now())
    db.session.commit()

    assert db.session.scalar(select(func.count()).select_from(ListPart)) == 0
    listed = db.session.scalars(select(ListImport)).one()
    assert (listed.filename, listed.header) == (None, None)
    assert {row.told for row in db.session.scalars(select(Recipient))} == {None}
