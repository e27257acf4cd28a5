"""What the settings pages show, read in few queries."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kernel import registry
from kernel.activation.services import active_codes
from kernel.audit.models import AuditEntry
from kernel.manifest import Permission
from kernel.numbering.models import Counter, Void
from kernel.organisation.models import Assignment, Section
from kernel.viewer import Viewer


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


_NAMING = frozenset({"applicant_id", "beneficiary_id", "agent_id", "contact_phone", "seen_by"})
"""Columns by which somebody whose name is hidden would be known."""


def withheld_rows(entries: Sequence[AuditEntry], viewer: Viewer) -> set[tuple[str, str]]:
    """Rows among these that hide a name (`is_hidden`) from this viewer, whatever the entry itself changed.

    Who may see hidden names of the row's module sees them here too.
    """
    found: set[tuple[str, str]] = set()
    tables = {one.table_name for one in entries}
    for model in apps.get_models():
        table, label = model._meta.db_table, model._meta.app_label
        if table not in tables or viewer.may(f"{label}.see_hidden"):
            continue
        if not any(field.name == "is_hidden" for field in model._meta.get_fields()):
            continue
        ids = [
            int(one.row_id) for one in entries if one.table_name == table and one.row_id.isdigit()
        ]
        hidden = model._base_manager.filter(pk__in=ids, is_hidden=True).values_list("pk", flat=True)
        found |= {(table, str(pk)) for pk in hidden}
    return found


def changes_of(entry: AuditEntry, *, withheld: Collection[tuple[str, str]] = ()) -> list[Change]:
    """What an entry changed, column by column; an insert shows what was written, a delete what went."""
    before, after = entry.before or {}, entry.after or {}
    silent = _NAMING if (entry.table_name, entry.row_id) in withheld else frozenset()
    return [
        Change(name, _("name withheld"), _("name withheld"))
        if name in silent
        else Change(name, before.get(name), after.get(name))
        for name in sorted({*before, *after})
        if before.get(name) != after.get(name)
    ]
