"""A body of a kind that no page asked for is refused like an empty form, never with a failure."""

import pytest

BODIES = [b"not json", b"[1, 2]", b'"text"', b'{"story": {"a": 1}}', b"\xff", b"[" * 100_000]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("path", ["/report", "/login", "/reset", "/language"])
def test_json_is_no_form(client, path, body):
    answer = client.post(path, data=body, content_type="application/json")

    assert answer.status_code < 500
    assert not answer.is_json


@pytest.mark.parametrize("body", BODIES)
def test_json_is_no_form_for_staff_either(staff, incident, body):
    for page in ("/reports/new", "/incidents/new", f"/incidents/{incident.reference}/detection"):
        answer = staff.post(page, data=body, content_type="application/json")
        assert answer.status_code in (409, 422)  # nothing typed, or begun on no version
