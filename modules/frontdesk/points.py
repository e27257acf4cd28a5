"""A point on the ground as an answer: `31.346300,34.303100`, latitude first. Pure.

Kept with six decimals, about ten centimetres. A point outside the country is refused: mostly it is one whose two
numbers were typed the wrong way round.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from kernel.text import normalise_digits
from modules.frontdesk.definitions import Field

STEP = Decimal("0.000001")
LATITUDES = (Decimal("29"), Decimal("33.5"))
LONGITUDES = (Decimal("34"), Decimal("36.5"))

CENTRES: Mapping[str, tuple[str, str]] = {
    "جنين": ("32.46", "35.30"),
    "طوباس": ("32.32", "35.37"),
    "طولكرم": ("32.31", "35.03"),
    "نابلس": ("32.22", "35.26"),
    "قلقيلية": ("32.19", "34.97"),
    "سلفيت": ("32.08", "35.18"),
    "رام الله والبيرة": ("31.90", "35.20"),
    "أريحا والأغوار": ("31.86", "35.46"),
    "أريحا": ("31.86", "35.46"),
    "القدس": ("31.78", "35.23"),
    "بيت لحم": ("31.70", "35.20"),
    "الخليل": ("31.53", "35.10"),
    "شمال غزة": ("31.55", "34.50"),
    "غزة": ("31.52", "34.45"),
    "دير البلح": ("31.42", "34.35"),
    "الوسطى": ("31.42", "34.35"),
    "خان يونس": ("31.34", "34.30"),
    "خانيونس": ("31.34", "34.30"),
    "رفح": ("31.29", "34.25"),
}
"""The middle of each governorate, roughly: where a map begins before anything is known of a town."""


@dataclass(frozen=True)
class Point:
    latitude: Decimal
    longitude: Decimal

    def __str__(self) -> str:
        return f"{self.latitude},{self.longitude}"


class NotAPoint(ValueError):
    """What was typed is no point at all."""


class ElsewhereOnEarth(ValueError):
    """A point, but not in this country."""


def read_point(text: str) -> Point:
    """The point that was typed: two decimal numbers, a comma, a semicolon or a space between them.

    Refuses `NotAPoint` and `ElsewhereOnEarth`.
    """
    typed = normalise_digits(text).replace("٫", ".").replace("،", ",")
    parts = [one for one in re.split(r"[\s,;]+", typed.strip()) if one]
    if len(parts) != 2:
        raise NotAPoint
    try:
        latitude, longitude = (Decimal(one).quantize(STEP) for one in parts)
    except InvalidOperation:
        raise NotAPoint from None
    if not (latitude.is_finite() and longitude.is_finite()):
        raise NotAPoint
    inside = (
        LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]
    )
    if not inside:
        raise ElsewhereOnEarth
    return Point(latitude, longitude)


def point_in(fields: Sequence[Field], answers: Mapping[str, Any]) -> Point | None:
    """The first point among the answers; where a request stands on the map."""
    for one in fields:
        if one.kind == "point" and answers.get(one.code):
            return read_point(str(answers[one.code]))
    return None


def centre_of(governorate: str, *, gaza: bool) -> Point:
    """Where a map of a town begins of which no point is known yet."""
    found = CENTRES.get(governorate.strip()) or (("31.42", "34.36") if gaza else ("31.95", "35.22"))
    return Point(Decimal(found[0]), Decimal(found[1]))
