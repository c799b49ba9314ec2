"""Closed by default: every route says who may use it, and strangers, staff and controller are
tried on each."""

import re

import pytest
from werkzeug.routing import Rule

from incidents.accounts import LIBRARY_PAGES, permission_of

ORDER = {"public": 0, "staff": 1, "controller": 2}


@pytest.fixture(scope="session")
def rules(blank):
    """All routes of the app, as (rule, permission)."""
    from app import create_app
    from incidents import settings
    from tests.conftest import ROOT

    app = create_app(settings.load(ROOT, {}, blank))
    return app, list(app.url_map.iter_rules())


def test_every_route_declares_who_may_use_it(rules):
    app, all_rules = rules

    # Flask-Security serves files of its own that no page of ours uses: closed on purpose.
    undeclared = {
        rule.endpoint for rule in all_rules if permission_of(app, rule.endpoint) is None
    } - {"security.static"}

    assert undeclared == set()
    for endpoint in LIBRARY_PAGES:
        assert endpoint in app.view_functions, f"{endpoint} is declared and does not exist"


def _url(rule: Rule) -> str:
    """A plausible address of a rule: a thing that does not exist."""
    path = re.sub(r"<int:[^>]+>", "999999", rule.rule)
    path = re.sub(r"<any\(([a-z]+)[^>]*>", r"\1", path)
    return re.sub(r"<[^>]+>", "nothing", path)


def _refused(answer) -> bool:
    to_login = answer.status_code == 302 and answer.location.startswith("/login")
    return to_login or answer.status_code in (401, 403)


@pytest.mark.parametrize("who", ["stranger", "staff", "controller"])
def test_each_is_let_in_where_they_may_and_nowhere_else(rules, who, client, request):
    browser = client if who == "stranger" else request.getfixturevalue(who)
    rank = {"stranger": 0, "staff": 1, "controller": 2}[who]
    app, all_rules = rules
    wrong = []
    for rule in all_rules:
        needed = permission_of(app, rule.endpoint)
        if rule.endpoint.startswith("security.") or rule.endpoint == "static":
            continue  # the library's own pages have their own checks, and logging out ends this
        for method in sorted(rule.methods & {"GET", "POST"}):
            answer = browser.open(_url(rule), method=method)
            answer.close()
            may = rank >= ORDER[needed]
            if may == _refused(answer):
                wrong.append((method, rule.rule, needed, answer.status_code))
    assert wrong == []
