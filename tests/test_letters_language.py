"""People whose language no text has are not passed over in silence."""

from incidents.db import db, now
from notifications.recipients import listing


def test_who_gets_a_letter_in_another_language_is_said_and_it_can_be_drafted(
    ready, controller_user, controller
):
    pages = (f"/notices/{ready.uid}", f"/notices/{ready.uid}/check")
    assert all("get this letter in" not in controller.get(page).text for page in pages)
    for address in ("eva@example.org", "jan@example.org"):
        listing.add(ready, address, None, "de", controller_user, now())
    db.session.commit()
    for page in pages:
        text = controller.get(page).text
        assert "2 people read German, and get this letter in English" in text
        assert "Draft it in German, too" in text
    controller.post(f"/notices/{ready.uid}/languages", data={"language": "de"})
    assert all("get this letter in" not in controller.get(page).text for page in pages)


def test_a_page_of_a_letter_counts_its_list_once(ready, controller, count_queries):
    for page in ("", "/check"):
        with count_queries() as seen:
            assert controller.get(f"/notices/{ready.uid}{page}").status_code == 200
        assert len([one for one in seen.said if "GROUP BY recipient.language" in one]) == 1
