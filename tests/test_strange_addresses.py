"""An address that somebody typed or changed by hand is answered, never with a failure."""

import pytest

HUGE = "9" * 25  # more than a row's number can be, on any database


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/incidents/{ref}?before=" + HUGE, 200),
        ("/incidents/{ref}?reports=" + HUGE, 200),
        ("/incidents?before=" + HUGE, 200),
        ("/reports?before=" + HUGE, 200),
        ("/register?before=" + HUGE, 200),
        ("/register?year=" + HUGE, 200),
        ("/register?year=9999", 200),
        ("/register.csv?year=9999", 200),
        ("/settings/processors?change=" + HUGE, 200),
        ("/incidents/{ref}/duties/" + HUGE + "/met", 404),
    ],
)
def test_a_number_that_no_row_has_is_no_failure(controller, incident, path, code):
    assert controller.get(path.format(ref=incident.reference)).status_code == code


def test_an_account_that_no_row_has_is_not_found(controller):
    answer = controller.post(f"/settings/people/{HUGE}", data={"what": "close"})

    assert answer.status_code == 404
