"""Reading and writing the number of a parcel: block/parcel[/sub], in either dialect. Pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kernel.text import fold

# حوض 12 قطعة 5 (West Bank) and قطعة 643 قسيمة 15 (Gaza): the first number is the block in both.
_LABELS = re.compile(r"(?<!\S)(?:رقم|حوض|حوض رقم|قطعه|قسيمه|block|parcel)(?!\S)")
_NUMBER = r"[0-9]{1,6}[a-z\u0621-\u064a]?"
_CODE = re.compile(
    rf"(?P<block>{_NUMBER})"
    rf"(?:\s*-?\s*(?P<name>[^\W\d_]{{2,}}(?:\s[^\W\d_]+)*))?"
    rf"(?:\s*[/\\\s,،-]\s*(?P<parcel>{_NUMBER}))?"
    rf"(?:\s*[/\\\s,،-]\s*(?P<sub>{_NUMBER}))?"
)


@dataclass(frozen=True)
class ParcelCode:
    """What somebody typed to name a parcel; empty where nothing was typed."""

    block_no: str
    block_name: str = ""
    parcel_no: str = ""
    sub_no: str = ""

    @property
    def key(self) -> str:
        """The code as the register compares it: `643/15` or `643/15/2`."""
        return "/".join(part for part in (self.block_no, self.parcel_no, self.sub_no) if part)


def read_code(typed: str) -> ParcelCode | None:
    """The parcel somebody typed (`643/15`, `٦٤٣/١٥`, `حوض 12 الكروم قطعة 5`), or None when it is no such thing."""
    text = " ".join(_LABELS.sub(" ", fold(typed)).split())
    found = _CODE.fullmatch(text)
    if found is None:
        return None
    return ParcelCode(
        found["block"], (found["name"] or "").strip(), found["parcel"] or "", found["sub"] or ""
    )


def looks_like_code(typed: str) -> bool:
    """Whether a text can only mean a parcel: it has both numbers, or names a block."""
    code = read_code(typed)
    if code is None:
        return False
    return bool(code.parcel_no) or _LABELS.search(fold(typed)) is not None
