"""The other ways of telling people: a page for everybody, letters on paper, what a person did.

`asked` says which way the law wants, by the last decision.
"""

from notifications.channels.asked import Asked, asked

__all__ = ["Asked", "asked"]
