"""The French texts as they lie in the tree, for the tests that hold them to the source."""

import runpy
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
TEXTS = runpy.run_path(str(ROOT / ".ci" / "texts"))
OURS = TEXTS["FRENCH"]
LIBRARY = OURS.with_name("flask_security.po")
SAID_BY = ("alt", "aria-label", "label", "placeholder", "title")  # attributes that people read


def read(file):
    """The texts of a catalogue."""
    with file.open("rb") as lines:
        return [text for text in read_po(lines, locale="fr") if text.id]


def forms(text):
    """[(English, French)]: one pair, or singular and plural."""
    if text.pluralizable:
        return list(zip(text.id, text.string, strict=True))
    return [(text.id, text.string)]
