"""Queries that are asked in every request, with their text ready.

The ORM takes longer to write the text of a look-up than the database takes to answer it. Here it writes it once in a
process; the rows come back as the same objects.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)


class Slot(Value):
    """The place of a value in a ready query: `filter(uid=Slot(0))`."""

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        return "%s", [self]

    @property
    def identity(self) -> tuple[type[Slot], int]:  # type: ignore[override]
        return Slot, self.place


def any_of(column: str, place: int, kind: str) -> Func:
    """The column is one of a list of values: `filter(any_of("code", 0, "text"))`."""
    template = f"%(expressions)s::{kind}[])"
    return Func(
        F(column), Slot(place), template=template, arg_joiner=" = ANY(", output_field=BooleanField()
    )


class ReadyQuery(Generic[M]):
    """`build` gives the queryset, with a `Slot` for each value that is told when it is asked."""

    def __init__(self, build: Callable[[], QuerySet[M]]) -> None:
        self._build = build
        self._read: Callable[[tuple[Any, ...]], M] | None = None
        self._text = ""
        self._given: tuple[Any, ...] = ()

    def all(self, *values: Any) -> list[M]:
        """The rows for these values, one query."""
        if self._read is None:
            self._read = self._prepare()
        given = [values[one.place] if isinstance(one, Slot) else one for one in self._given]
        with connection.cursor() as cursor:
            cursor.execute(self._text, given)
            return [self._read(row) for row in cursor.fetchall()]

    def first(self, *values: Any) -> M | None:
        """The first row, None without any."""
        return next(iter(self.all(*values)), None)

    def _prepare(self) -> Callable[[tuple[Any, ...]], M]:
        queryset = self._build()
        compiler = queryset.query.get_compiler(connection=connection)
        self._text, self._given = compiler.as_sql()
        told: Any = compiler.klass_info
        start, end = told["select_fields"][0], told["select_fields"][-1] + 1
        own = [one[0].target.attname for one in compiler.select[start:end]]
        related = get_related_populators(told, compiler.select, queryset.db)  # type: ignore[call-arg]
        converters = compiler.get_converters([one[0] for one in compiler.select])

        def read(row: tuple[Any, ...]) -> M:
            if converters:
                (converted,) = compiler.apply_converters([row], converters)
                row = tuple(converted)
            made: M = told["model"].from_db(queryset.db, own, row[start:end])
            for one in related:
                one.populate(row, made)
            return made

        return read
