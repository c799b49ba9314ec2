#!/usr/bin/env python3
"""Verify a proof dossier of Tocsin: one file, the standard library of Python 3.9 or newer, no keys.

    python3 verify.py DOSSIER.zip [--key HEX] [--anchor HEX]

`--key`: the public key under which the company says it signs. `--anchor`: a link of the chain that
you were given at another time or by another way. Prints what was looked at; whatever is not as it
was is named after "CHANGED". Exit 0: whole. 1: changed. 2: no dossier.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

Point = tuple[int, int, int, int]  # projective, with the product of its first two
FORMAT = "tocsin proof 1"
START = "0" * 64
# What reading a damaged archive can raise; NotImplementedError is a RuntimeError.
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, KeyError, ValueError)
DATE = (1980, 1, 1, 0, 0, 0)


class Verdict:
    """What was found, line by line."""

    def __init__(self) -> None:
        self.changed: list[str] = []
        self.fine: list[str] = []

    def bad(self, words: str) -> None:
        if words not in self.changed:
            self.changed.append(words)

    def good(self, words: str) -> None:
        self.fine.append(words)


def canonical(value: Any) -> str:
    """The one way in which a value is written as JSON here."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def chained(before: str, body: str) -> str:
    """The hash at the end of a line: over the one before it, and the line itself."""
    return hashlib.sha256(f"{before}\n{body}".encode()).hexdigest()


def digest_of(entry: dict[str, Any]) -> str:
    """What stands for one entry of the file of changes in its chain."""
    names = ("n", "at", "actor", "verb", "incident", "report", "detail_hash", "mac")
    return hashlib.sha256(canonical([entry[name] for name in names]).encode()).hexdigest()


def link_of(before: str, digest: str) -> str:
    """The chain that anybody can follow: each link holds all entries before it."""
    return hashlib.sha256((before + digest).encode()).hexdigest()


# Ed25519 (RFC 8032), verification only, in whole numbers: slow, and enough for one signature.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
BASE_Y = 4 * pow(5, P - 2, P) % P


def _x_of(y: int, sign: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x % 2 != sign else x


def _add(one: Point, two: Point) -> Point:
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = two
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(number: int, point: Point) -> Point:
    out = (0, 1, 1, 0)
    while number:
        if number & 1:
            out = _add(out, point)
        point, number = _add(point, point), number >> 1
    return out


def _point(raw: bytes) -> Point | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = _x_of(y, sign) if y < P else None
    return None if x is None else (x, y, 1, x * y % P)


def signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) of `message` was made by the holder of `key` (32 bytes)."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r = _point(key), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    x = _x_of(BASE_Y, 0) or 0
    base = (x, BASE_Y, 1, x * BASE_Y % P)
    left, right = _times(s, base), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def walls(file: IO[bytes], archive: zipfile.ZipFile, verdict: Verdict) -> None:
    """The archive's own words around its members: every byte of them is as it must be."""
    end = 0
    for info in sorted(archive.infolist(), key=lambda one: one.header_offset):
        name = info.filename
        plain = (info.compress_type, info.date_time, info.comment, info.create_system)
        if plain != (zipfile.ZIP_STORED, DATE, b"", 3) or info.compress_size != info.file_size:
            verdict.bad(f"{name}: the archive's entry for it")
        if (info.external_attr, info.internal_attr, info.volume) != (0o100600 << 16, 0, 0):
            verdict.bad(f"{name}: the archive's entry for it")
        if info.header_offset != end:
            verdict.bad(f"{name}: something lies before it in the archive")
        file.seek(info.header_offset)
        head = file.read(30)
        if len(head) < 30:
            verdict.bad(f"{name}: its place in the archive")
            continue
        sign, version, flags, method, time, date, crc, packed, size, long, more = struct.unpack(
            "<4sHHHHHIIIHH", head
        )
        raw, extra = file.read(long), file.read(more)
        want = (b"PK\3\4", info.flag_bits, zipfile.ZIP_STORED, 0, 33, raw == name.encode())
        if (sign, flags, method, time, date, True) != want or version not in (20, 45):
            verdict.bad(f"{name}: its head in the archive")
        if info.flag_bits & ~0x808 or info.extract_version not in (20, 45):
            verdict.bad(f"{name}: the archive's entry for it")
        if info.create_version not in (20, 45) or (version != info.extract_version and more == 0):
            verdict.bad(f"{name}: the archive's entry for it")
        zip64 = more == 20
        if more and (not zip64 or extra[:4] != b"\1\0\x10\0"):
            verdict.bad(f"{name}: its head in the archive")
        if zip64 and struct.unpack("<QQ", extra[4:]) not in ((0, 0), (info.file_size,) * 2):
            verdict.bad(f"{name}: its head in the archive")
        # Sizes stand behind the member; here there is nothing, or that they stand elsewhere.
        if crc or {packed, size} - ({0xFFFFFFFF, 0} if zip64 else {0}):
            verdict.bad(f"{name}: its head in the archive")
        file.seek(info.compress_size, 1)
        tail = file.read(24 if zip64 else 16)
        try:
            found = struct.unpack("<4sIQQ" if zip64 else "<4sIII", tail)
        except struct.error:
            found = None
        if found != (b"PK\7\x08", info.CRC, info.file_size, info.file_size):
            verdict.bad(f"{name}: what stands behind it in the archive")
        end = file.tell()
    _index(file, archive, end, verdict)


def _index(file: IO[bytes], archive: zipfile.ZipFile, end: int, verdict: Verdict) -> None:
    """The list at the end of the archive, written anew from what it says and compared."""
    if archive.comment:
        verdict.bad("the end of the archive")
    file.seek(end)
    rest = file.read()
    size = 0
    for info in archive.infolist():
        extra = info.extra
        entry = rest[size : size + 46]
        if len(entry) < 46 or entry[:4] != b"PK\1\2" or entry[34:36] != b"\0\0" or entry[7]:
            verdict.bad(f"{info.filename}: the archive's entry for it")
            return
        long, more, words = struct.unpack("<HHH", entry[28:34])
        known = rest[size + 46 : size + 46 + long] == info.filename.encode()
        if not known or words or (more and not _wide(extra)):
            verdict.bad(f"{info.filename}: the archive's entry for it")
        if not more and struct.unpack("<III", entry[16:28]) != (
            info.CRC,
            info.file_size,
            info.file_size,
        ):
            verdict.bad(f"{info.filename}: the archive's entry for it")
        size += 46 + long + more + words
    count = len(archive.infolist())
    last = rest[size:]
    if last[:4] == b"PK\6\6":  # a large one: two records more
        head = struct.unpack("<4sQHHIIQQQQ", last[:56])
        place = struct.unpack("<4sIQI", last[56:76])
        right = (44, 45, 45, 0, 0, count, count, size, end)
        if head[1:] != right or place != (b"PK\6\7", 0, end + size, 1):
            verdict.bad("the end of the archive")
        last = last[76:]
        few = (min(count, 0xFFFF), min(size, 0xFFFFFFFF), min(end, 0xFFFFFFFF))
    else:
        few = (count, size, end)
    if last != struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, few[0], few[0], few[1], few[2], 0):
        verdict.bad("the end of the archive")


def _wide(extra: bytes) -> bool:
    return extra[:2] == b"\1\0" and len(extra) in (12, 20, 28)


def lines(archive: Any, name: str, verdict: Verdict) -> Iterator[tuple[int, Any, str]]:
    """The lines of a member whose lines are chained, as values; names the first that is wrong."""
    before, number = chained(START, name), 0
    with archive.open(name) as stored:
        for raw in stored:
            number += 1
            where = f"{name}, line {number}"
            try:
                text = raw.decode("ascii")
                body, mark, found = text.rstrip("\n").rpartition(',"h":"')
                value = json.loads(body + "}")
                right = text.endswith('"}\n') and mark and canonical(value) == body + "}"
            except ValueError:
                right, value, found, body = False, None, "", ""
            want = chained(before, body + "}")
            if not right or found[:-2] != want:
                verdict.bad(f"{where}: the line, or its place among the others")
                return
            before = want
            yield number, value, before


def members(archive: zipfile.ZipFile, manifest: Any, verdict: Verdict) -> set[str]:
    """Every member is there, once, with the bytes it had."""
    listed = {name: (size, sha256) for name, size, sha256 in manifest["members"]}
    names = archive.namelist()
    for name in sorted(set(names)):
        if names.count(name) > 1:
            verdict.bad(f"{name}: it is in the archive more than once")
        if name not in listed and name not in ("manifest.json", "signature.json"):
            verdict.bad(f"{name}: added; it was not in the dossier")
    if [name for name in names if name in listed] != [one[0] for one in manifest["members"]]:
        verdict.bad("the order of the members")
    whole = set()
    for name, (size, sha256) in listed.items():
        if name not in names:
            verdict.bad(f"{name}: removed; it was in the dossier")
            continue
        found, count = hashlib.sha256(), 0
        try:
            with archive.open(name) as stored:
                stored._expected_crc = None  # type: ignore[attr-defined]  # what changed is named by its hash, below
                while piece := stored.read(1 << 20):
                    found.update(piece)
                    count += len(piece)
        except BROKEN:
            count = -1
        if (count, found.hexdigest()) != (size, sha256):
            verdict.bad(f"{name}: its content")
        else:
            whole.add(name)
    return whole


def seal(archive: zipfile.ZipFile, raw: bytes, key: str | None, verdict: Verdict) -> None:
    """The signature over the manifest, and which of the two was changed."""
    text = archive.read("signature.json")
    try:
        given = json.loads(text)
        right = canonical(given).encode() + b"\n" == text
        public, signature = bytes.fromhex(given["key"]), bytes.fromhex(given["signature"])
        named = given["manifest"]
    except (ValueError, KeyError, TypeError):
        verdict.bad("signature.json: its content")
        return
    own = hashlib.sha256(raw).hexdigest()
    if not right:
        verdict.bad("signature.json: its content")
    if named != own:
        ours = signed(public, f"{FORMAT}\n{own}".encode(), signature)
        verdict.bad("signature.json: its content" if ours else "manifest.json: its content")
    elif not signed(public, f"{FORMAT}\n{own}".encode(), signature):
        verdict.bad("signature.json: the signature is not one of this key over this manifest")
    if key and key.lower() != given["key"]:
        verdict.bad("signature.json: it was signed with another key than the one you gave")
    if not key:
        verdict.good(f"Signed with the key {given['key']}. Ask the company whether it is theirs.")
    else:
        verdict.good("Signed with the key you gave.")


def approval(archive: _Lax, notice: Any, verdict: Verdict) -> None:
    """The approved texts and list: their hash, and each person's row in what was hashed."""
    if notice["approval"] is None:
        verdict.good("Nothing was approved.")
        return
    sha256 = hashlib.sha256()
    rows = (value for _n, value, _h in lines(archive, "people.jsonl", verdict))
    with archive.open("approval.bin") as stored:
        texts = {}
        while True:
            start = stored.read(1)
            if start != b"[":
                break
            line = start + stored.readline()
            sha256.update(line)
            words = json.loads(line)
            if words[0] == "text":
                texts[words[1]] = words[2:]
        if texts != notice["texts"]:
            verdict.bad("notice.json: its texts are not those that were approved")
        while start:
            head = start + stored.read(23)
            number, group, long, keys, sealed = struct.unpack(">QIIII", head)
            rest = stored.read(long + keys + sealed)
            sha256.update(head + rest)
            row = next(rows, None)
            key = rest[long : long + keys].hex()
            if row is None or (row["id"], row["group"], row["key"]) != (number, group, key):
                verdict.bad(f"people.jsonl: the row of {number} is not the one that was approved")
                break
            start = stored.read(1)
    extra = next(rows, None)
    if extra is not None:
        verdict.bad(f"people.jsonl: the row of {extra['id']} was not approved")
    if sha256.hexdigest() != notice["approval"]:
        verdict.bad("approval.bin: its SHA-256 is not the one that was approved")
    else:
        verdict.good(f"Texts, settings and list are those approved: SHA-256 {notice['approval']}")


def chain(archive: _Lax, manifest: Any, notice: Any, anchor: str | None, verdict: Verdict) -> None:
    """The file of changes: every link, and what its entries say of this notice."""
    link, expected, anchored, hashes = START, 1, False, []
    for number, entry, _h in lines(archive, "chain.jsonl", verdict):
        where = f"chain.jsonl, line {number}"
        if entry["n"] != expected:
            verdict.bad(f"{where}: an entry is missing before it, or was added")
        expected += 1
        digest = entry["digest"] if "digest" in entry else digest_of(entry)
        if entry.get("detail") is not None:
            said = hashlib.sha256(entry["detail"].encode()).hexdigest()
            if said != entry["detail_hash"]:
                verdict.bad(f"{where}: what it says")
            detail = json.loads(entry["detail"])
            if entry["verb"] == "notice.approved" and detail.get("notice") == notice["uid"]:
                hashes.append(detail.get("hash"))
        link = link_of(link, digest)
        anchored = anchored or link == anchor
    if link != manifest["chain"]["link"]:
        verdict.bad("chain.jsonl: its last link is not the one in the manifest")
    if notice["approval"] is not None and notice["approval"] not in hashes:
        verdict.bad("chain.jsonl: no entry says that exactly this was approved")
    if anchor and not anchored:
        verdict.bad("chain.jsonl: the link you gave is not in it")
    elif anchor:
        verdict.good("The link you gave is in the chain: nothing before it was changed since.")
    verdict.good(f"Chain of {expected - 1} entries, last link {link}")


def rows(archive: _Lax, manifest: Any, verdict: Verdict) -> None:
    """Chained lines of every member that has them, and the letters that are included."""
    letters = {}
    for name, kept in manifest["rows"].items():
        count, last = 0, chained(START, name)
        for number, value, hashed in lines(archive, name, verdict):
            count, last = number, hashed
            if name == "people.jsonl" and value.get("letter"):
                letter = f"letters/{value['id']:016x}.eml"
                if letter in archive.names:
                    letters[letter] = value["letter"]
        if [count, last] != kept:
            verdict.bad(f"{name}: lines were removed or added at its end")
        else:
            verdict.good(f"{name}: {count} lines")
    for name, sha256 in letters.items():
        if hashlib.sha256(archive.read(name)).hexdigest() != sha256:
            verdict.bad(f"{name}: it is not the letter whose hash stands in the person's row")


def verify(path: str, key: str | None = None, anchor: str | None = None) -> Verdict:
    """The verdict on one dossier. Raises ValueError for what is none."""
    verdict = Verdict()
    try:
        archive = zipfile.ZipFile(path)
        raw = archive.read("manifest.json")
    except BROKEN as error:
        if not _salvaged(path):
            raise ValueError(f"{path} is no dossier, or its end is damaged ({error}).") from error
        verdict.bad(f"manifest.json, or the archive around its members ({error})")
        return verdict
    with archive, Path(path).open("rb") as file:
        walls(file, archive, verdict)
        try:
            seal(archive, raw, key, verdict)
        except BROKEN:
            verdict.bad("signature.json: removed, or its content")
        try:
            manifest = json.loads(raw)
            assert manifest["format"] == FORMAT and canonical(manifest).encode() + b"\n" == raw
        except (ValueError, KeyError, TypeError, AssertionError):
            verdict.bad("manifest.json: its content")
            return verdict
        whole = members(archive, manifest, verdict)
        for name in manifest["rows"]:
            if name not in whole and name in archive.NameToInfo:
                try:
                    for _ in lines(_Lax(archive), name, verdict):
                        pass  # names the line
                except BROKEN:
                    verdict.bad(f"{name}: its head in the archive")
        if whole == {name for name, _size, _hash in manifest["members"]}:
            lax = _Lax(archive)
            try:
                notice = json.loads(lax.read("notice.json"))
                rows(lax, manifest, verdict)
                approval(lax, notice, verdict)
                chain(lax, manifest, notice, anchor, verdict)
            except BROKEN:
                verdict.bad("the archive around its members")
    return verdict


class _Lax:
    """The archive, read past a wrong checksum: the hashes say better what was changed."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive, self.names = archive, set(archive.namelist())

    def read(self, name: str) -> bytes:
        with self.open(name) as stored:
            return stored.read()

    def open(self, name: str) -> IO[bytes]:
        stored = self.archive.open(name)
        stored._expected_crc = None  # type: ignore[attr-defined]
        return stored


def _salvaged(path: str) -> bool:
    """Whether there is a dossier in a file whose archive cannot be opened."""
    try:
        with Path(path).open("rb") as file:
            return file.read(4) == b"PK\3\4" and FORMAT.encode() in file.read()
    except OSError:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description="Verify a proof dossier of Tocsin.")
    parser.add_argument("dossier")
    parser.add_argument("--key", help="the public key of the company, 64 hexadecimal digits")
    parser.add_argument("--anchor", help="a link of the chain you were given before")
    given = parser.parse_args()
    try:
        verdict = verify(given.dossier, given.key, given.anchor)
    except ValueError as error:
        print(error)
        return 2
    for words in verdict.fine:
        print(words)
    for words in verdict.changed:
        print(f"CHANGED {words}")
    print("CHANGED: see above." if verdict.changed else "WHOLE: nothing was changed.")
    return 1 if verdict.changed else 0


if __name__ == "__main__":
    sys.exit(main())
