"""How often one address may knock. Generous to reports: a room of 500 people behind one address
passes; a machine that sends thousands is told to wait, and how to reach us otherwise.

Tries to log in are counted by address and account together, so that a stranger's guesses never
lock out the person herself, who comes from another address (OWASP ASVS 6.3.1).

Counted in memory only, by a hash under a key of the day: no network address is stored, and
what is counted today cannot be tied to what was counted yesterday.
"""

from collections.abc import Iterable
from functools import cached_property
from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from incidents.db import now
from incidents.guesses import Guesses
from incidents.seal import vault

if TYPE_CHECKING:
    from limits.strategies import FixedWindowRateLimiter

PER_ADDRESS = "1000 per 10 minutes"
ALTOGETHER = "20000 per 1 hour"
LOOKS = "5000 per 10 minutes"  # answers checked before they are sent; each report has a few
HELD_UNIT = 64 * 1024  # bytes; a smaller file counts as one unit
HELD = "32768 per 1 day"  # units: 2 GB of files of forms that are not sent yet, from one address
LOGINS = "10 per 5 minutes"  # for one account from one address
LOGINS_FROM_ONE = "100 per 5 minutes"  # for all accounts from one address
KNOCKS = (
    "security.login",
    "security.two_factor_token_validation",
    "security.mf_recovery",
    "security.forgot_password",  # or a stranger fills somebody's mailbox with our mails
)


class Throttle:
    """What was counted. `limits` is loaded when the first one knocks: it brings 1 MB along, and
    nobody knocks at a program that only sends."""

    def __init__(self, per_address: str, altogether: str) -> None:
        self.per_address, self.altogether = per_address, altogether

    @cached_property
    def _limiter(self) -> "FixedWindowRateLimiter":
        from limits.storage import MemoryStorage
        from limits.strategies import FixedWindowRateLimiter

        return FixedWindowRateLimiter(MemoryStorage())

    def hit(self, limit: str, *names: str, cost: int = 1) -> bool:
        """Count one more of these names; False beyond the limit."""
        from limits import parse

        return self._limiter.hit(parse(limit), *names, cost=cost)


def _throttle() -> Throttle:
    throttle: Throttle = current_app.extensions["throttle"]
    return throttle


def admit(door: str = "report") -> None:
    """Count one sending at a door. Raises TooManyRequests (429) beyond the limit."""
    throttle = _throttle()
    if not (
        throttle.hit(throttle.per_address, door, sender())
        and throttle.hit(throttle.altogether, door)
    ):
        raise TooManyRequests


def look() -> None:
    """Count one page of answers that is not sent yet. Raises TooManyRequests beyond the limit."""
    if not _throttle().hit(LOOKS, "look", sender()):
        raise TooManyRequests


def admit_files(sizes: Iterable[int]) -> None:
    """Count files, by their bytes, that wait for a form to be sent. Raises TooManyRequests."""
    units = sum(max(1, -(-size // HELD_UNIT)) for size in sizes)
    if units and not _throttle().hit(HELD, "held", sender(), cost=units):
        raise TooManyRequests


def guesses() -> Guesses:
    """Who tried wrong codes of receipts."""
    return current_app.extensions["guesses"]


def sender() -> str:
    """The name of this day for the network a request comes from."""
    return vault().index(f"{now().date()} {network(request.remote_addr or '')}", "throttle")


def _slow_down_guessing() -> None:
    """Before each try at a password or a code, and each wish for a reset."""
    if request.method == "POST" and request.endpoint in KNOCKS:
        admit_guess(request.form.get("email", ""))


def admit_guess(email: str) -> None:
    """Count one try at a password or a code of an account. Raises TooManyRequests (429)."""
    throttle, who = _throttle(), sender()
    account = vault().index(email.strip().casefold(), "throttle")
    if not (
        throttle.hit(LOGINS, "login", who, account) and throttle.hit(LOGINS_FROM_ONE, "login", who)
    ):
        raise TooManyRequests


def network(address: str) -> str:
    """What one sender can be told apart by: an IPv4 address, or the /64 of an IPv6 one.

    >>> network("192.0.2.7"), network("2001:db8:1:2:3::4")
    ('192.0.2.7', '2001:db8:1:2')
    >>> network("::ffff:192.0.2.7"), network("a socket")
    ('192.0.2.7', '')
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return ":".join(f"{int(part, 16):x}" for part in parsed.exploded.split(":")[:4])
    return str(parsed)


def init_app(app: Flask, per_address: str = PER_ADDRESS, altogether: str = ALTOGETHER) -> None:
    """Start counting from nothing."""
    app.extensions["guesses"] = Guesses()
    app.extensions["throttle"] = Throttle(per_address, altogether)
    app.before_request(_slow_down_guessing)
