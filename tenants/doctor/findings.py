"""What was looked at, how it stands, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Grade = Literal["ok", "warn", "bad"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, and what to do when it does not stand well."""

    code: str
    grade: Grade
    sentence: str
    mend: str = ""


def when(holds: bool, code: str, sentence: str, mend: str, *, grade: Grade = "bad") -> Finding:
    """In order, or not with this grade and this advice."""
    return Finding(code, "ok", sentence) if holds else Finding(code, grade, sentence, mend)
