"""The national register that comes with the product: real municipalities from which a town is made."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.text import fold_key

_FILE = Path(__file__).parent / "data" / "municipalities.csv"


class NotInRegister(Refusal):
    code = "not_in_register"
    sentence = _("No municipality in the register is called “%(name)s”.")


@dataclass(frozen=True)
class RegisterRow:
    """A municipality as public sources name it. `fee_class` A-D or "" when unknown; population may be missing."""

    name_ar: str
    name_en: str
    governorate_ar: str
    governorate_en: str
    region: str
    fee_class: str
    population: int | None
    population_year: int | None
    source: str

    @property
    def dialect(self) -> str:
        return "gaza" if self.region == "GS" else "west_bank"

    @property
    def timezone(self) -> str:
        return "Asia/Gaza" if self.region == "GS" else "Asia/Hebron"


@cache
def rows() -> tuple[RegisterRow, ...]:
    with _FILE.open(encoding="utf-8", newline="") as handle:
        return tuple(_row(one) for one in csv.DictReader(handle))


def _row(one: dict[str, Any]) -> RegisterRow:
    return RegisterRow(
        name_ar=one["name_ar"].strip(),
        name_en=one["name_en"].strip(),
        governorate_ar=one["governorate_ar"].strip(),
        governorate_en=one["governorate_en"].strip(),
        region=one["region"].strip(),
        fee_class=one["class"] if one["class"] in "ABCD" else "",
        population=int(one["population"]) if one["population"] else None,
        population_year=int(one["population_year"]) if one["population_year"] else None,
        source=one["source"],
    )


def find(name: str) -> RegisterRow:
    """The row of that Arabic (any spelling) or English name. Refuses `NotInRegister`."""
    wanted = fold_key(name).casefold()
    for row in rows():
        if wanted in (fold_key(row.name_ar), row.name_en.casefold().replace(" ", "")):
            return row
    raise NotInRegister(name=name)
