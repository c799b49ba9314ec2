"""Compiling the French texts: the tree holds .po files only, the .mo beside them is made here."""

import secrets
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_all(folder: Path) -> None:
    """Compile every catalogue that is newer than its compiled form. Safe with several at once."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as lines:
            catalogue = read_po(lines, locale=source.parent.parent.name)
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        draft = target.with_name(f"{target.name}.{secrets.token_hex(4)}")
        draft.write_bytes(compiled.getvalue())
        draft.replace(target)
