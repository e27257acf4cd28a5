"""What a file really is, read from its content; names are only claims."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import BinaryIO, Final

import puremagic
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Kind:
    """A kind of file that is kept. `extensions` begin with the one given to a name without any."""

    media_type: str
    title: str | Promise
    extensions: tuple[str, ...]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
PDF = Kind("application/pdf", "PDF", ("pdf",))
JPEG = Kind("image/jpeg", "JPEG", ("jpg", "jpeg", "jpe", "jfif"))
PNG = Kind("image/png", "PNG", ("png",))
WEBP = Kind("image/webp", "WebP", ("webp",))
TIFF = Kind("image/tiff", "TIFF", ("tif", "tiff"))
WORD = Kind(f"{_OFFICE}.wordprocessingml.document", _("a Word document"), ("docx",))
EXCEL = Kind(f"{_OFFICE}.spreadsheetml.sheet", _("an Excel workbook"), ("xlsx",))
TEXT = Kind("text/plain", _("plain text"), ("txt", "csv"))

KEPT: Final = (PDF, JPEG, PNG, WEBP, TIFF, WORD, EXCEL, TEXT)
BY_MEDIA_TYPE: Final = {kind.media_type: kind for kind in KEPT}
BY_EXTENSION: Final = {extension: kind for kind in KEPT for extension in kind.extensions}
PICTURES: Final = frozenset({JPEG, PNG, WEBP, TIFF})

_HEAD = 4096
_MOST_ENTRIES = 5000
_MOST_UNPACKED = 300 * 1024 * 1024
_MOST_RATIO = 250
# Bytes that plain text never has, in UTF-8 as in Windows-1256.
_BINARY = bytes(set(range(32)) - {9, 10, 12, 13}) + b"\x7f"
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<script", b"<?xml", b"<?php", b"#!")
_FOREIGN: Final = (
    (b"MZ", _("a Windows program")),
    (b"\x7fELF", _("a program")),
    (b"\xd0\xcf\x11\xe0", _("an old Word or Excel file; save it as docx or xlsx")),
    (b"Rar!", _("an archive")),
    (b"7z\xbc\xaf", _("an archive")),
    (b"\x1f\x8b", _("an archive")),
    (b"GIF8", _("a GIF picture")),
    (b"{\\rtf", _("an RTF document")),
)


class UnsafePackage(Exception):
    """A zip whose directory promises to harm whoever unpacks it."""


def sniff(content: BinaryIO) -> Kind | str | Promise:
    """The kind of the content, or words for what it is when it is not kept.

    Raises `UnsafePackage` for zip bombs, unsafe names inside and broken directories.
    """
    content.seek(0)
    head = content.read(_HEAD)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return TIFF
    if head.startswith(b"PK\x03\x04"):
        return _package(content)
    if head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"heif"):
        return _("an iPhone HEIC picture; set the camera to “most compatible”")
    for mark, words in _FOREIGN:
        if head.startswith(mark):
            return words
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        return _("a web page or script")
    if _is_text(content):
        return TEXT
    return _named(head)


def _package(content: BinaryIO) -> Kind | str | Promise:
    try:
        with zipfile.ZipFile(content) as package:
            entries = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnsafePackage from error
    _refuse_bomb(entries)
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in names):
        return _("a document with macros")
    if "[Content_Types].xml" in names:
        if "word/document.xml" in names:
            return WORD
        if "xl/workbook.xml" in names:
            return EXCEL
    return _("an archive")


def _refuse_bomb(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > _MOST_ENTRIES:
        raise UnsafePackage
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _MOST_UNPACKED or unpacked > _MOST_RATIO * max(packed, 4096):
        raise UnsafePackage
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        is_link = (entry.external_attr >> 16) & 0o170000 == 0o120000
        if ".." in parts or parts[0] == "" or ":" in parts[0] or is_link:
            raise UnsafePackage


def _is_text(content: BinaryIO) -> bool:
    content.seek(0)
    while chunk := content.read(1 << 16):
        if chunk.translate(None, _BINARY) != chunk:
            return False
    return True


def _named(head: bytes) -> str | Promise:
    try:
        name = str(puremagic.magic_string(head)[0].name)
    except (puremagic.PureError, IndexError, ValueError):
        name = ""
    return name or _("of an unknown kind")
