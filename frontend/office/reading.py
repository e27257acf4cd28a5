"""What the settings pages show, read in few queries."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise

from kernel import registry
from kernel.activation.services import active_codes
from kernel.audit.models import AuditEntry
from kernel.manifest import Permission
from kernel.numbering.models import Counter, Void
from kernel.organisation.models import Assignment, Section


def seats_by_user(user_ids: Iterable[int], *, on: date) -> dict[int, list[Assignment]]:
    """Open seats of many people in one query."""
    found: dict[int, list[Assignment]] = {}
    open_ones = Assignment.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=on), user_id__in=list(user_ids), starts_on__lte=on
    ).select_related("section", "role")
    for seat in open_ones:
        found.setdefault(seat.user_id, []).append(seat)
    return found


@dataclass(frozen=True)
class SectionRow:
    """A section in the tree: how deep it lies and how many seats are held in it."""

    section: Section
    depth: int
    seats: int


def section_rows(sections: QuerySet[Section], *, on: date) -> list[SectionRow]:
    """The organisation as a tree, parents before children, in the order of positions."""
    held = Tally(
        Assignment.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=on), starts_on__lte=on
        ).values_list("section_id", flat=True)
    )
    children: dict[int | None, list[Section]] = {}
    rows = list(sections.select_related("head"))
    known = {one.pk for one in rows}
    for one in rows:
        children.setdefault(one.parent_id if one.parent_id in known else None, []).append(one)
    placed: list[SectionRow] = []

    def place(parent: int | None, depth: int) -> None:
        for one in children.get(parent, ()):
            placed.append(SectionRow(one, depth, held.get(one.pk, 0)))
            place(one.pk, depth + 1)

    place(None, 0)
    return placed


def permissions_by_module() -> list[tuple[str | Promise, list[Permission]]]:
    """Permissions of the modules that are on, under the module's title."""
    active = active_codes()
    return [
        (module.title, list(module.permissions))
        for module in registry.modules()
        if module.permissions and module.code in active
    ]


@dataclass(frozen=True)
class Book:
    """A number book: what it numbers, the last number given, what was struck out."""

    title: str
    series: str
    year: int
    book: str
    last: int
    voids: list[Void]


def number_books() -> list[Book]:
    """Every book in which a number was given, newest year first."""
    declared = registry.number_series()
    struck: dict[tuple[str, int, str], list[Void]] = {}
    for one in Void.objects.order_by("number"):
        struck.setdefault((one.series, one.year, one.book), []).append(one)
    return [
        Book(
            title=str(declared[one.series].title) if one.series in declared else one.series,
            series=one.series,
            year=one.year,
            book=one.book,
            last=one.last,
            voids=struck.get((one.series, one.year, one.book), []),
        )
        for one in Counter.objects.order_by("-year", "series", "book")
    ]


@dataclass(frozen=True)
class Change:
    """One column that an entry of the trail changed."""

    name: str
    before: Any
    after: Any


def changes_of(entry: AuditEntry) -> list[Change]:
    """What an entry changed, column by column; an insert shows what was written, a delete what went."""
    before, after = entry.before or {}, entry.after or {}
    names = sorted({*before, *after})
    return [
        Change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
