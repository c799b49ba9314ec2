"""What a file is, by its first bytes; what its sender calls it only breaks ties.

Pure. A name and a declared type are claims: a program that is called invoice.pdf is a program.
"""

from incidents.intake import N_

UNKNOWN = "application/octet-stream"
# (where the bytes stand, the bytes, what it is). The first that fits decides.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"BM", "image/bmp"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypavif", "image/avif"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"%!PS", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"MZ", "application/vnd.microsoft.portable-executable"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"\xca\xfe\xba\xbe", "application/x-executable"),
    (0, b"\xcf\xfa\xed\xfe", "application/x-executable"),
    (0, b"#!", "text/x-script"),
    (0, b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (257, b"ustar", "application/x-tar"),
    (32769, b"CD001", "application/x-iso9660-image"),
    (0, b"\x78\x9f\x3e\x22", "application/ms-tnef"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
# What a zip archive is, by a name in its first part.
_ARCHIVES: tuple[tuple[bytes, str], ...] = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"mimetypeapplication/vnd.oasis", "application/vnd.oasis.opendocument"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
)
# Text that a program acts on: never called plain text, whatever its name.
_ACTIVE: tuple[tuple[bytes, str], ...] = (
    (b"<svg", "image/svg+xml"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<script", "text/html"),
    (b"<head", "text/html"),
    (b"<body", "text/html"),
    (b"<?php", "text/x-script"),
    (b"<?xml", "application/xml"),
)
# Texts that their sender may name: all are looked at as plain text.
_TEXTS = frozenset(
    ["text/plain", "text/csv", "text/calendar", "text/vcard", "message/rfc822", "application/json"]
)
PICTURES = frozenset(
    ["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff"]
)
_WORDS = {
    "image/png": N_("picture"),
    "image/jpeg": N_("picture"),
    "image/gif": N_("picture"),
    "image/webp": N_("picture"),
    "image/bmp": N_("picture"),
    "image/tiff": N_("picture"),
    "image/heic": N_("picture"),
    "image/avif": N_("picture"),
    "image/svg+xml": N_("drawing that may hold a program"),
    "text/html": N_("web page that may hold a program"),
    "text/x-script": N_("program"),
    "application/vnd.microsoft.portable-executable": N_("program"),
    "application/x-executable": N_("program"),
    "application/java-archive": N_("program"),
    "application/x-ms-shortcut": N_("shortcut that may start a program"),
    "application/pdf": N_("PDF"),
    "application/zip": N_("archive"),
    "application/vnd.rar": N_("archive"),
    "application/x-7z-compressed": N_("archive"),
    "application/gzip": N_("archive"),
    "application/x-bzip2": N_("archive"),
    "application/x-xz": N_("archive"),
    "application/x-tar": N_("archive"),
    "application/x-iso9660-image": N_("archive"),
    "message/rfc822": N_("mail"),
    "text/plain": N_("text"),
    "text/csv": N_("text"),
    "text/calendar": N_("text"),
    "text/vcard": N_("text"),
    "application/json": N_("text"),
    "application/xml": N_("text"),
}
_LOOKED_AT = 65_536


def kind(content: bytes, declared: str = "") -> str:
    """The media type of a file by its content; UNKNOWN where nothing tells.

    >>> kind(b"MZ\\x90\\0", "application/pdf"), kind(b"Hello", "text/csv"), kind(b"\\0\\1\\2")
    ('application/vnd.microsoft.portable-executable', 'text/csv', 'application/octet-stream')
    """
    head = content[:_LOOKED_AT]
    for start, signature, found in _SIGNATURES:
        if content[start : start + len(signature)] == signature:
            return _archive(head) if found == "application/zip" else found
    if not is_text(head):
        return UNKNOWN
    opening = head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for sign, found in _ACTIVE:
        if opening.startswith(sign) or (sign in (b"<svg", b"<script") and sign in opening):
            return found
    declared = declared.partition(";")[0].strip().lower()
    return declared if declared in _TEXTS else "text/plain"


def _archive(head: bytes) -> str:
    return next((found for sign, found in _ARCHIVES if sign in head), "application/zip")


def is_text(head: bytes) -> bool:
    """Whether bytes are a text in UTF-8, UTF-16 with its mark, or an 8-bit charset."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if not head:
        return False
    controls = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13, 27))
    return controls == 0


def words(media_type: str) -> str:
    """What a file is, as an untranslated word for people."""
    return _WORDS.get(media_type, N_("file"))


def is_shown_as_text(media_type: str) -> bool:
    """Whether its words may be read in a page."""
    return media_type.startswith("text/") or media_type in _TEXTS or media_type.endswith("xml")
