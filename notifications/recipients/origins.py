"""Pure: where a list comes from, told by its columns.

Names of columns from files that people published: Stripe's dashboard exports and Kajabi's contact
exports, whose own fields carry their handle in brackets. Freshdesk's are its documented fields
("Manage contact and company fields"); those of ClickFunnels (Classic and 2.0) and Circle come from
help pages and from memory, and were not checked against an export.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from notifications.recipients.plain import plain

ENOUGH = 4  # points that make an origin sure


@dataclass(frozen=True)
class Origin:
    """A maker of exports. `sure`: columns hardly anybody else has (2 points each); `usual`: those
    it has among others (1 point each)."""

    name: str
    sure: frozenset[str]
    usual: frozenset[str]


def _origin(name: str, sure: str, usual: str) -> Origin:
    return Origin(name, frozenset(sure.split("|")), frozenset(usual.split("|")))


ORIGINS = (
    _origin(
        "Stripe",
        "created utc|delinquent|card id|card last4|card brand|card funding|card fingerprint|"
        "default source|total spend|payment count|refunded volume|dispute losses|card name|"
        "card address line1|card exp month|card issue country|card number|customer description|"
        "statement descriptor|card tokenization method|amount refunded|business vat id|"
        "average order|lifetime value|card transaction ids|paymentintent id",
        "id|description|email|name|customer id|customer email|plan|status|currency|amount|"
        "account balance|card address city|card address zip|fee|captured",
    ),
    _origin(
        "Kajabi",
        "member id|phone number phone number|mobile phone number mobile phone number|"
        "address address line 1|address line 2 address line 2|city address city|"
        "state address state|zip code address zip|country address country|sign in count|"
        "business number business number|external user id|offers|customer start date|"
        "email marketing status|marketing subscription",
        "id|name|first name|last name|email|products|tags|created at|last activity|"
        "last activity at|net revenue|subscribed|site id",
    ),
    _origin(
        "ClickFunnels",
        "funnel id|funnel step id|funnel name|page id|cf uvid|cf affiliate id|aff sub|"
        "cart affiliate id|workspace id|public id|fb url|current visit id|anonymous|"
        "contact profile id|webinar at|email address verified|phone number verified|"
        "instagram url|linkedin url|contact score|unsubscribed at|funnel step",
        "id|email|email address|first name|last name|phone|phone number|ip|time zone|uuid|"
        "created at|updated at|name|tags|vat number|shipping address|additional info|country",
    ),
    _origin(
        "Freshdesk",
        "unique external id|can see all tickets|can view all tickets|view all tickets|twitter id|"
        "twitter|x handle|other companies|view all tickets from company|facebook id|"
        "contact id|client manager",
        "full name|name|title|email|work phone|mobile phone|company|company name|address|tags|"
        "about|time zone|language|other emails|external id|other phone numbers",
    ),
    _origin(
        "Circle",
        "headline|member tags|community id|community member id|accepted invitation|posts count|"
        "comments count|topics count|invitation link|profile confirmed at|space groups|spaces|"
        "paywalls|activity score|profile url|avatar url|sso user id|last seen at|member id circle|"
        "public profile url|invited by|joined date|access groups",
        "id|name|email|first name|last name|location|bio|last seen|joined|joined at|tags|"
        "website|created at|user id|status|role|member email",
    ),
)


@dataclass(frozen=True)
class Found:
    """An origin that was recognised, and the columns that told, as the file writes them."""

    name: str
    because: tuple[str, ...]


def origin(header: Sequence[str]) -> Found | None:
    """The maker of a list, if its columns tell.

    >>> origin(["id", "Description", "Email", "Name", "Created (UTC)", "Delinquent"])
    Found(name='Stripe', because=('Created (UTC)', 'Delinquent'))
    >>> origin(["Email", "Name"]) is None
    True
    """
    named = {plain(cell): cell for cell in header if cell.strip()}
    best, most = None, ENOUGH - 1
    for one in ORIGINS:
        sure = one.sure & named.keys()
        points = 2 * len(sure) + len(one.usual & named.keys())
        if sure and points > most:
            because = tuple(cell for word, cell in named.items() if word in sure)[:3]
            best, most = Found(one.name, because), points
    return best
