"""Writes a dossier as a stream: members one after the other, each hashed, nothing compressed.

Uncompressed on purpose: so every byte of the archive is a byte under a hash.
"""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from notifications.proof.format import DATE, FORMAT, START, canonical, chained


class Archive:
    """A dossier being written to a stream that need not be seekable."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.zip = zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED)
        self.members: list[list[Any]] = []  # [name, bytes, SHA-256]
        self.rows: dict[str, list[Any]] = {}  # name -> [lines, hash at the end of the last]

    def add(self, name: str, content: bytes | Iterable[bytes]) -> None:
        """One member, whole or piece by piece."""
        with self._member(name) as write:
            for piece in (content,) if isinstance(content, bytes) else content:
                write(piece)

    def add_lines(self, name: str, values: Iterable[dict[str, Any]]) -> None:
        """One member of JSON lines, each with a hash over itself and the one before."""
        before, count = chained(START, name), 0
        with self._member(name) as write:
            for value in values:
                body = canonical(value)
                before = chained(before, body)
                write(f'{body[:-1]},"h":"{before}"}}\n'.encode())
                count += 1
        self.rows[name] = [count, before]

    @contextmanager
    def _member(self, name: str) -> Iterator[Any]:
        sha256, size = hashlib.sha256(), 0
        with self.zip.open(_info(name), "w", force_zip64=True) as out:

            def write(piece: bytes) -> None:
                nonlocal size
                out.write(piece)
                sha256.update(piece)
                size += len(piece)

            yield write
        self.members.append([name, size, sha256.hexdigest()])

    def seal(self, manifest: dict[str, Any], sign: Any) -> str:
        """Write the manifest and its signature, and end; returns the manifest's SHA-256.

        `sign` takes bytes and returns (public key, signature), both hex.
        """
        whole = {**manifest, "format": FORMAT, "members": self.members, "rows": self.rows}
        raw = canonical(whole).encode() + b"\n"
        self.zip.writestr(_info("manifest.json"), raw)
        own = hashlib.sha256(raw).hexdigest()
        key, signature = sign(f"{FORMAT}\n{own}".encode())
        given = {"manifest": own, "key": key, "signature": signature}
        self.zip.writestr(_info("signature.json"), canonical(given).encode() + b"\n")
        self.zip.close()
        return own


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type, info.create_system = zipfile.ZIP_STORED, 3
    info.external_attr = 0o100600 << 16
    return info
