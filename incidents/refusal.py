"""What an action says when it will not do what was asked."""


class Refused(Exception):
    """A change that was not made. `message` says what and why; `missing` lists what would help.

    Both are translated texts for the person who asked, without personal data.
    """

    def __init__(self, message: str, missing: list[str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.missing = missing or []


class Stale(Refused):
    """An edit made on an older version of a row. The view shows both versions."""
