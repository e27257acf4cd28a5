"""What a clerk typed about a parcel, a premises or a share, read and checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.places.constants import LandKind
from kernel.places.errors import PlaceFactsRefused
from kernel.text import clean, normalise_digits

NUMBER = re.compile(r"[0-9]{1,6}[A-Za-z\u0621-\u064a]?")
LARGEST_AREA = Decimal(10) ** 9

REQUIRED = _("This is needed.")
NOT_A_NUMBER = _("Write a number like 15 or 15أ.")
NOT_AN_AREA = _("Write the area in square metres, more than zero.")
UNKNOWN_CHOICE = _("Choose one of the list.")
ENDS_BEFORE_START = _("It must end after it starts.")
NOT_A_SHARE = _("Write the share as a fraction of the whole, like 1/3.")


@dataclass(frozen=True, kw_only=True)
class LandUnitFacts:
    """A parcel as typed: numbers in any digits, the area in m² (a dunum is 1,000)."""

    block_no: str
    parcel_no: str
    sub_no: str = ""
    block_name: str = ""
    kind: str = LandKind.SETTLED
    local_kind: str = ""
    locality: str = ""
    area_m2: Decimal | str | None = None
    neighbourhood_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """The columns to write. Refuses `PlaceFactsRefused` with every fault at once."""
        faults: dict[str, list[str | Promise]] = {}
        read: dict[str, Any] = {
            "kind": self.kind,
            "local_kind": clean(self.local_kind)[:60],
            "locality": clean(self.locality)[:60],
            "block_name": clean(self.block_name)[:60],
            "neighbourhood_id": self.neighbourhood_id,
        }
        for name in ("block_no", "parcel_no", "sub_no"):
            read[name] = normalise_digits(clean(getattr(self, name)))
            if not read[name] and name != "sub_no":
                faults[name] = [REQUIRED]
            elif read[name] and not NUMBER.fullmatch(read[name]):
                faults[name] = [NOT_A_NUMBER]
        if self.kind not in LandKind.values:
            faults["kind"] = [UNKNOWN_CHOICE]
        try:
            read["area_m2"] = read_area(self.area_m2)
        except ValueError:
            faults["area_m2"] = [NOT_AN_AREA]
        if faults:
            raise PlaceFactsRefused(faults)
        return read


def read_area(typed: Decimal | str | None) -> Decimal | None:
    """An area in m², or None when nothing was typed. ValueError when it is no area."""
    if typed is None or typed == "":
        return None
    text = normalise_digits(clean(typed)) if isinstance(typed, str) else typed
    try:
        area = Decimal(text.replace(",", "").replace("٫", ".") if isinstance(text, str) else text)
    except InvalidOperation:
        raise ValueError(typed) from None
    if not area.is_finite() or not 0 < area < LARGEST_AREA:
        raise ValueError(typed)
    return area.quantize(Decimal("0.01"))
