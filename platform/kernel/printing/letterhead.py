"""The head of a municipality's paper, as plain data."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from kernel.printing.wording import Digits, MonthNames, isolated, printable, with_digits

_DEFAULT_COLOUR = "#3F5F3A"


@dataclass(frozen=True)
class Letterhead:
    """Who issues the paper and how this municipality writes. `above_ar` and `above_en` are the
    lines over the name (state, ministry). `preprinted` leaves the head empty for stationery
    that carries it already. `verify_base` is the address that a QR leads to."""

    name_ar: str
    name_en: str = ""
    above_ar: tuple[str, ...] = ("دولة فلسطين", "وزارة الحكم المحلي")
    above_en: tuple[str, ...] = ("State of Palestine", "Ministry of Local Government")
    governorate_ar: str = ""
    governorate_en: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""
    colour: str = _DEFAULT_COLOUR
    emblem: bytes = field(default=b"", repr=False)
    emblem_media_type: str = "image/png"
    digits: Digits = "western"
    months: MonthNames = "levantine"
    is_demo: bool = False
    preprinted: bool = False
    verify_base: str = ""


@lru_cache(maxsize=64)
def drawn(head: Letterhead) -> dict[str, Any]:
    """The letterhead as the templates read it."""

    def words(text: str) -> str:
        return with_digits(isolated(printable(text)), head.digits)

    return {
        "name_ar": words(head.name_ar),
        "name_en": printable(head.name_en),
        "above_ar": [words(line) for line in head.above_ar],
        "above_en": [printable(line) for line in head.above_en],
        "governorate_ar": words(head.governorate_ar),
        "governorate_en": printable(head.governorate_en),
        "contact": [
            words(line) for line in (head.address, head.phone, head.email, head.website) if line
        ],
        "colour": head.colour if re.fullmatch(r"#[0-9A-Fa-f]{6}", head.colour) else _DEFAULT_COLOUR,
        "emblem": _as_svg(head.emblem, head.emblem_media_type),
        "monogram": _monogram(head.name_ar),
        "digits": head.digits,
        "demo": head.is_demo,
        "preprinted": head.preprinted,
    }


def _as_svg(image: bytes, media_type: str) -> str:
    """Typst takes pictures as text from us; a bitmap travels inside an SVG."""
    if not image:
        return ""
    if media_type == "image/svg+xml":
        return image.decode("utf-8", "replace")
    encoded = base64.b64encode(image).decode("ascii")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><image width="100" '
        f'height="100" href="data:{media_type};base64,{encoded}"/></svg>'
    )


def _monogram(name: str) -> str:
    words = [word for word in printable(name).split() if word not in ("بلدية", "مجلس", "قروي")]
    first = words[0] if words else "ب"
    return first.removeprefix("ال")[:1] or "ب"
