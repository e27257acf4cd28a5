"""What was counted: the report an auditor asks for first."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass

from kernel import registry
from kernel.numbering.models import NO_YEAR, Counter, Void
from kernel.viewer import Viewer


@dataclass(frozen=True)
class GapReport:
    """One book against the records that carry its numbers. `is_sound` when nothing needs explaining."""

    last: int
    voided: tuple[Void, ...]
    missing: tuple[int, ...]
    doubled: tuple[int, ...]
    beyond: tuple[int, ...]
    voided_but_used: tuple[int, ...]

    @property
    def is_sound(self) -> bool:
        return not (self.missing or self.doubled or self.beyond or self.voided_but_used)


def gaps(
    viewer: Viewer, series: str, *, year: int, book: str = "", used: Iterable[int]
) -> GapReport:
    """Compare the book with `used`, the numbers its records carry (cancelled records included).

    Missing: given, but on no record and not voided. Doubled: on two records. Beyond: never given.
    """
    if not registry.number_series()[series].yearly:
        year = NO_YEAR
    counter = Counter.objects.filter(series=series, year=year, book=book).first()
    last = counter.last if counter else 0
    voided = tuple(Void.objects.filter(series=series, year=year, book=book).order_by("number"))
    struck = {one.number for one in voided}
    tally = Tally(used)
    return GapReport(
        last=last,
        voided=voided,
        missing=tuple(n for n in range(1, last + 1) if n not in tally and n not in struck),
        doubled=tuple(sorted(n for n, times in tally.items() if times > 1)),
        beyond=tuple(sorted(n for n in tally if not 1 <= n <= last)),
        voided_but_used=tuple(sorted(struck & tally.keys())),
    )
