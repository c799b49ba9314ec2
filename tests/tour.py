"""The way through all pages of the house: every address of the URL map, filled in.

An address that is added later fails the tests that walk, by name, until it is furnished.
"""

from dataclasses import dataclass, field

from flask import url_for

from incidents.accounts import permission_of
from incidents.db import now

RANK = {"public": 0, "staff": 1, "controller": 2}
WHO = {"stranger": 0, "staff": 1, "controller": 2}
# GET addresses that are no pages of ours, each with the reason.
NO_PAGE = {
    "static": "files, not pages",
    "security.static": "closed to everybody",
    "security.two_factor_rescue": "asks for another way only after a password was given",
    "security.tf_select": "is shown between password and code only",
    "security.two_factor_token_validation": "is shown between password and code only",
    "security.mf_recovery": "is shown between password and code only",
}
# GET addresses that answer with a file to keep.
DOWNLOADS = (
    "incidents.download",
    "incidents.raw",
    "incidents.register_export",
    "incidents.notification_file",
    "incidents.memo",
    "incidents.door_poster",
    "notifications.import_problems",
    "notifications.paper_list",
    "notifications.made_file",
    "notifications.exact_letter",
    "notifications.press_pdf",
)
# Drawn in a page, never a page: a picture without what its file holds beside the pixels.
DRAWN = ("incidents.picture",)
# And with nothing at all: a sign of life.
EMPTY = ("accounts.alive",)
# And with words for a program, not for people.
FEEDS = ("notifications.calendar_feed",)
# Each incident, letter and report has all pages that begin so.
ALIKE = {
    "/incidents/<ref>/": "incidents.detection",
    "/notices/<uid>/": "notifications.notice",
    "/reports/<ref>/": "incidents.report_page",
}


@dataclass
class Tour:
    """The addresses of the furnished house: for each endpoint what its rule is filled with."""

    filled: dict[str, list[dict]] = field(default_factory=dict)

    def add(self, *endpoints, **values):
        for endpoint in endpoints:
            self.filled.setdefault(endpoint, []).append(values)

    def stops(self, app, who):
        """(endpoint, path) of every GET page and file open to *who*, in the order of the map.

        AssertionError for an address that nobody has filled in.
        """
        found = []
        with app.test_request_context():
            for rule in app.url_map.iter_rules():
                if "GET" not in rule.methods or rule.endpoint in NO_PAGE:
                    continue
                if RANK[permission_of(app, rule.endpoint) or "controller"] > WHO[who]:
                    continue
                values = self.filled.get(rule.endpoint) or self._like(rule)
                assert values, f"{rule.rule} is not visited: furnish it in tests/furnishing.py"
                found += [(rule.endpoint, url_for(rule.endpoint, **one)) for one in values]
        return list(dict.fromkeys(found))

    def _like(self, rule):
        """With what to fill a rule that nobody filled: as the other pages of the same thing."""
        if not rule.arguments:
            return [{}]
        for beginning, endpoint in ALIKE.items():
            if rule.rule.startswith(beginning) and rule.arguments == set(self.filled[endpoint][0]):
                return self.filled[endpoint]
        return []


def session_of(app, user=None, **words):
    """The value of the session's cookie for *user*, or for a stranger, as a log-in would set it."""
    if user is not None:
        words |= {"_user_id": user.fs_uniquifier, "_fresh": True, "fs_cc": "set"}
        words["fs_paa"] = now().timestamp()
        words["began"] = words["seen"] = int(now().timestamp())
    return app.session_interface.get_signing_serializer(app).dumps(words)
