"""Take a number; strike one out. Numbers are gapless because they live and die with the caller's transaction.

What must not live here: what a number is printed on. A caller takes its number last, just before it commits:
everybody else of the same series, year and book waits for that commit.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction

from kernel import registry
from kernel.audit.recording import recorded
from kernel.manifest import NumberSeries
from kernel.numbering.errors import NumberAlreadyVoid, NumberNeverGiven, VoidNeedsReason
from kernel.numbering.models import NO_YEAR, Counter, Void
from kernel.viewer import Viewer

_NEXT = """
    INSERT INTO numbering_counter AS counter (series, year, book, last) VALUES (%s, %s, %s, 1)
    ON CONFLICT (series, year, book) DO UPDATE SET last = counter.last + 1
    RETURNING last
"""


class OutsideTransaction(RuntimeError):
    """A number was asked for where it could not be given back: a fault in our code."""


class UnknownSeries(LookupError):
    """No manifest declares the series: a fault in our code."""


@dataclass(frozen=True)
class Issued:
    """A number as it counts and as it is written."""

    number: int
    text: str


def take(series: str, *, year: int, book: str = "", by: Viewer) -> Issued:
    """The next number of the series in this year and book, held until the caller's transaction ends.

    A rollback gives it back, so there is no gap. A series declared with `yearly=False` ignores the year when
    counting. Raises `OutsideTransaction` without a transaction and `UnknownSeries` for one nobody declared.
    """
    declared = _declared(series)
    if not connection.in_atomic_block:
        raise OutsideTransaction(f"{series}: a number is taken inside the transaction that uses it")
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [series, _counting_year(declared, year), book])
        (number,) = cursor.fetchone()
    return Issued(number=number, text=written(series, number, year=year, book=book))


def written(series: str, number: int, *, year: int, book: str = "") -> str:
    """The number as the series writes it, for example 2026/00123."""
    return _declared(series).pattern.format(year=year, number=number, book=book)


def void(series: str, *, year: int, book: str = "", number: int, reason: str, by: Viewer) -> Void:
    """Strike out a number that was given and carries nothing (a spoilt sheet, a cancelled slip).

    Refuses `VoidNeedsReason`, `NumberNeverGiven` and `NumberAlreadyVoid`. Whether the record that carried it may
    be cancelled is its module's question.
    """
    if not reason.strip():
        raise VoidNeedsReason()
    counted = {"series": series, "year": _counting_year(_declared(series), year), "book": book}
    if number < 1 or not Counter.objects.filter(**counted, last__gte=number).exists():
        raise NumberNeverGiven(number=number)
    with recorded(by=by, reason=reason):
        try:
            with transaction.atomic():
                return Void.objects.create(
                    **counted,
                    number=number,
                    reason=reason.strip(),
                    voided_by=by.user_id,
                    voided_by_name=by.name,
                )
        except IntegrityError:
            raise NumberAlreadyVoid(number=number) from None


def _declared(series: str) -> NumberSeries:
    try:
        return registry.number_series()[series]
    except KeyError:
        raise UnknownSeries(f"no manifest declares the number series {series!r}") from None


def _counting_year(declared: NumberSeries, year: int) -> int:
    return year if declared.yearly else NO_YEAR
