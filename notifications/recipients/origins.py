"""Pure: where a list comes from, told by several of its columns, since makers rename them.

Which names are sure, and by what:

- Stripe: the export of card data by its documentation
  (docs.stripe.com/get-started/data-migrations/export-file-formats); those of the dashboard
  (customers, payments of three ages, subscriptions, invoices) by header rows in programs that
  people published to read them. Whoever exports picks the columns, and metadata comes as
  "key (metadata)" (docs.cello.so/guides/attribution/stripe-reports).
- Kajabi: contacts, subscriptions and transactions by published programs that read them.
- Freshdesk: its fields (support.freshdesk.com/support/solutions/articles/203410 and 50000010165)
  and their older labels; no export was seen.
- ClickFunnels: Classic by what its API answers (gist.github.com/sahanh, b36f5366), 2.0 by its API
  (developers.myclickfunnels.com/reference/upsertcontact); no export was seen.
- Circle: some by its API; the rest from memory. That the list is exported as CSV with the addresses
  first is on convology.com/bulk-add-and-remove-members-from-spaces-in-circle-and-more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from notifications.recipients.plain import bracketed, plain

ENOUGH = 4  # points that make an origin sure
SEVERAL = 3  # telling columns that together are as good as one that is sure


@dataclass(frozen=True)
class Origin:
    """A maker of exports. `sure`: columns that hardly anybody else has (2 points each); `telling`:
    those that some others have, too; `usual`: those that many have (1 point each).

    "(word)" stands for what a name has in brackets at its end, "*" for any words.
    """

    name: str
    sure: re.Pattern[str]
    telling: re.Pattern[str]
    usual: re.Pattern[str]


def _origin(name: str, *names: str) -> Origin:
    sure, telling, usual = (
        re.compile(re.escape(some).replace(r"\|", "|").replace(r"\*", ".*")) for some in names
    )
    return Origin(name, sure, telling, usual)


ORIGINS = (
    _origin(
        "Stripe",
        "created utc|created date utc|delinquent|refunded volume|dispute losses|start utc|"
        "current period start utc|current period end utc|trial start utc|trial end utc|"
        "canceled at utc|ended at utc|refunded date utc|dispute date utc|dispute evidence due utc|"
        "card last4|card funding|card fingerprint|card issue country|card address line1|"
        "card cvc status|card avs zip status|card tokenization method|card transaction ids|"
        "default source|paymentintent id|interchange costs|taxes on fee|seller message|"
        "converted amount refunded|business vat id|(metadata)",
        "total spend|payment count|average order|card id|card name|card number|card brand|"
        "card exp month|amount refunded|converted amount|statement descriptor|captured|"
        "customer description|customer address line1|account balance|cancellation reason",
        "id|description|email|name|customer id|customer email|customer name|plan|status|currency|"
        "amount|fee|card address city|card address zip",
    ),
    _origin(
        "Kajabi",
        "kajabi subscription id|(phone number)|(mobile phone number)|(business number)|"
        "(address line 1)|(address line 2)|(address city)|(address state)|(address zip)|"
        "(address country)",
        "member id|products|offers|offer id|order no|sign in count|net revenue|external user id|"
        "email marketing status|marketing subscription|coupon used|trial ends on|canceled on|"
        "next payment date|last activity|last activity at|site id|offer title|"
        "customer start date",
        "id|name|first name|last name|email|tags|created at|subscribed|customer id|customer name|"
        "customer email|provider|payment method|interval",
    ),
    _origin(
        "ClickFunnels",
        "funnel id|funnel step id|funnel step|cf uvid|cf affiliate id|aff sub|cart affiliate id|"
        "fb url|current visit id|contact profile id|webinar ext|webinar last time",
        "workspace id|public id|anonymous|page id|funnel name|webinar at|email address verified|"
        "phone number verified|contact score|affiliate id",
        "id|email|email address|first name|last name|phone|phone number|ip|time zone|uuid|"
        "created at|updated at|name|tags|vat number|shipping address|additional info|country|"
        "unsubscribed at|instagram url|linkedin url|twitter url|website url",
    ),
    _origin(
        "Freshdesk",
        "unique external id|can see all tickets|can see all tickets * company|view all tickets|"
        "can view all tickets|view all tickets * company",
        "client manager|background information|twitter|twitter id|x handle|other phone numbers|"
        "other companies|other emails|about|work phone|mobile phone",
        "full name|name|title|email|company|company name|address|tags|time zone|language|"
        "external id|contact id|facebook id",
    ),
    _origin(
        "Circle",
        "member tags|community member id|accepted invitation|invitation accepted|"
        "profile confirmed at|space groups|paywalls|sso user id|member id circle",
        "community id|headline|spaces|posts count|comments count|topics count|activity score|"
        "access groups|invitation link|profile url|public profile url|avatar url|last seen at|"
        "invited by|joined date",
        "id|name|email|first name|last name|location|bio|last seen|joined|joined at|tags|"
        "website|created at|user id|status|role|member email|public uid",
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
    words = {plain(cell): cell for cell in header if cell.strip()}
    named = words | {f"({own})": cell for cell in words.values() if (own := bracketed(cell))}
    best, most = None, ENOUGH - 1
    for one in ORIGINS:
        sure, telling, usual = (
            [cell for word, cell in named.items() if names.fullmatch(word)]
            for names in (one.sure, one.telling, one.usual)
        )
        points = 2 * len(sure) + len(telling) + len(usual)
        if points > most and (sure or len(telling) >= SEVERAL):
            best, most = Found(one.name, tuple(sure or telling)[:3]), points
    return best
