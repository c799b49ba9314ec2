"""Invented people: three languages in turn, every fifth name not ASCII, each address once."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FIRST = ("Ada", "Bruno", "Clara", "David", "Emma", "Felix", "Greta", "Hugo", "Ines", "Jonas")
LAST = ("Archer", "Baker", "Carter", "Dubois", "Evers", "Fischer", "Garnier", "Hansen")
NOT_ASCII = ("Zoë Müller", "Éloïse Lefèvre", "Jürgen Groß", "Søren Ångström", "Łucja Żak", "李 娜")
LANGUAGES = ("en", "fr", "de")


class Person(NamedTuple):
    """One data subject of a measurement."""

    address: str
    name: str
    language: str


def people(count: int) -> Iterator[Person]:
    """The first so many people, always the same. Each name is told apart by its number.

    >>> [person.name for person in people(5)]
    ['Ada Archer 0', 'Bruno Baker 1', 'Clara Carter 2', 'David Dubois 3', 'Łucja Żak 4']
    """
    for number in range(count):
        if number % 5 == 4:
            name = NOT_ASCII[number % len(NOT_ASCII)]
        else:
            name = f"{FIRST[number % len(FIRST)]} {LAST[number % len(LAST)]}"
        language = LANGUAGES[number % len(LANGUAGES)]
        yield Person(f"person{number}@people.example", f"{name} {number}", language)


def write_csv(file: Path, count: int) -> None:
    """The people as a file that a controller would import."""
    with file.open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["email", "name", "language"])
        rows.writerows((one.address, one.name, one.language) for one in people(count))


def read_csv(file: Path) -> list[Person]:
    """The people of such a file."""
    with file.open(encoding="utf-8", newline="") as source:
        return [Person(*row) for row in list(csv.reader(source))[1:]]
