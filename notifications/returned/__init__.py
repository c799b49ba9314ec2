"""Mail that comes back: what a mail server says of a mail it could not, or not yet, deliver.

The fields for machines first (RFC 3464), then what flufl.bounce knows, then the words for people
in any mail system's dialect. Pure: bytes in, what they say out. What a person writes is never
taken for a return because of its words: a mail system must have sent it.
"""

from notifications.returned.parsing import OUTCOMES, Returned, Row, parse

__all__ = ["OUTCOMES", "Returned", "Row", "parse"]
