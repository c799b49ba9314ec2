"""Pure: the groups of people of whom the same data is concerned, numbered as they come up."""

from collections.abc import Mapping

MOST = 50  # groups of one letter: each has a paragraph that a person writes in each language


class TooManyGroups(ValueError):
    """A list with more kinds of concern than anybody can write paragraphs for."""


class Groups:
    """Gives each set of data its number; people of whom nothing is said are of group 0.

    `known`: the groups there are already, by their data.
    """

    def __init__(self, known: Mapping[tuple[str, ...], int] | None = None) -> None:
        self.numbers: dict[tuple[str, ...], int] = {**(known or {}), (): 0}

    def number(self, data: tuple[str, ...]) -> int:
        """The number of a group; a new one when this set of data was not seen before.

        Raises TooManyGroups.
        """
        number = self.numbers.get(data)
        if number is None:
            number = max(self.numbers.values()) + 1
            if number > MOST:
                raise TooManyGroups
            self.numbers[data] = number
        return number
