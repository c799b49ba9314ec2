"""A stranger who asks for resets in somebody's name does not fill that person's mailbox."""

from sqlalchemy import func, select

from incidents.db import db
from notifications.models import Mail


def test_only_so_many_resets_are_mailed_to_one_account(client, staff_user, controller_user):
    victim, other = staff_user.email, controller_user.email

    answers = [client.post("/reset", data={"email": victim}).status_code for _ in range(15)]

    assert answers == [200] * 10 + [429] * 5
    assert client.post("/reset", data={"email": other}).status_code == 200
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Mail)) == 11
