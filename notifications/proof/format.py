"""Pure: how a dossier is written. What reads it, docs/verify.py, is written apart and imports
nothing of ours; the tests hold both together."""

import hashlib
import json
from typing import Any

FORMAT = "tocsin proof 1"
START = "0" * 64
DATE = (1980, 1, 1, 0, 0, 0)


def canonical(value: Any) -> str:
    """The one way in which a value is written as JSON here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def chained(before: str, body: str) -> str:
    """The hash at the end of a line: over the one before it, and the line itself."""
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


def digest_of(entry: dict[str, Any]) -> str:
    """What stands for one entry of the file of changes in the chain that anybody can follow."""
    names = ("n", "at", "actor", "verb", "incident", "report", "detail_hash", "mac")
    return hashlib.sha256(canonical([entry[name] for name in names]).encode()).hexdigest()


def link_of(before: str, digest: str) -> str:
    """The link after `before`: it holds all entries so far."""
    return hashlib.sha256((before + digest).encode()).hexdigest()
