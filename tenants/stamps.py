"""Rows and querysets carry the municipality they come from, and are refused in another one.

Set where Django itself makes a row or a query, so that every model is covered, also those of Django and of libraries:
at load, at creation, and when a queryset is begun. A row keeps it through pickling, copies and caches. What was begun
while no municipality was active (a form's class attribute) is bound by its first use.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import models
from django.db.models import base, query
from django.db.models.sql.query import Query, RawQuery

from kernel.tenancy import SHARED, WrongTenant, current_schema_or_none

SWITCHED_ON = True
"""Only the test that shows what would leak switches it off."""


class TownState(base.ModelState):
    """Django's state of a row, with the municipality in which the row was loaded or begun."""

    def __init__(self) -> None:
        self.town = current_schema_or_none()


def town_of(row: models.Model) -> str | None:
    """Where a row comes from; None when it was begun in no municipality and not yet saved."""
    return getattr(row._state, "town", None)


def refuse_foreign_row(row: models.Model) -> None:
    """Raises `WrongTenant` for a row of another municipality; binds one that belongs nowhere yet."""
    here = current_schema_or_none()
    town = town_of(row)
    if town is None:
        row._state.town = here  # type: ignore[attr-defined]
    elif town != here and here is not None and SWITCHED_ON:
        raise WrongTenant(f"a {row._meta.label} of {town} was used in {here}")


def refuse_foreign_query(asked: Any) -> None:
    """Raises `WrongTenant` for a query that was begun in another municipality."""
    town = getattr(asked, "town", None)
    if town is not None and SWITCHED_ON:
        here = current_schema_or_none()
        if here is not None and town != here:
            raise WrongTenant(f"a query begun in {town} was asked in {here}")


class _Kept:
    """`QuerySet._result_cache`: rows that were read in one municipality are not given out in another."""

    def __get__(self, rows: Any, owner: Any = None) -> Any:
        if rows is None:
            return self
        state = rows.__dict__
        kept = state.get("_result_cache")
        if kept is not None and SWITCHED_ON:
            here, town = current_schema_or_none(), state.get("_read_in")
            if here != town and None not in (here, town):
                raise WrongTenant(f"rows read in {town} were looked at in {here}")
        return kept

    def __set__(self, rows: Any, kept: Any) -> None:
        rows.__dict__["_result_cache"] = kept
        if kept is not None:
            rows.__dict__["_read_in"] = current_schema_or_none()


def stamp_everything() -> None:
    """From now on, in this process. Done once at start; a second time does nothing."""
    if base.ModelState is TownState:
        return
    base.ModelState = TownState  # type: ignore[misc]
    for kind in (Query, RawQuery):
        kind.__init__ = _stamped(kind.__init__)  # type: ignore[method-assign]
    Query.check_query_object_type = _checked_value(Query.check_query_object_type)  # type: ignore[method-assign]
    RawQuery._execute_query = _checked_query(RawQuery._execute_query)  # type: ignore[attr-defined]
    query.QuerySet._result_cache = _Kept()  # type: ignore[assignment,misc]
    query.RawQuerySet._result_cache = _Kept()  # type: ignore[attr-defined]
    query.QuerySet.bulk_update = _checked_rows(query.QuerySet.bulk_update)  # type: ignore[method-assign]
    for name in ("save_base", "delete", "refresh_from_db"):
        setattr(models.Model, name, _checked_row(getattr(models.Model, name)))


def _stamped(begin: Callable[..., None]) -> Callable[..., None]:
    @wraps(begin)
    def begun(self: Any, *args: Any, **kwargs: Any) -> None:
        begin(self, *args, **kwargs)
        # The register holds no town's table: a query begun there is one that a module keeps ready.
        town = current_schema_or_none()
        self.town = None if town == SHARED else town

    return begun


def _checked_row(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def acted(self: models.Model, *args: Any, **kwargs: Any) -> Any:
        refuse_foreign_row(self)
        return act(self, *args, **kwargs)

    acted.alters_data = getattr(act, "alters_data", False)  # type: ignore[attr-defined]
    return acted


def _checked_rows(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def acted(self: Any, objs: Any, *args: Any, **kwargs: Any) -> Any:
        rows = tuple(objs)
        for row in rows:
            refuse_foreign_row(row)
        return act(self, rows, *args, **kwargs)

    return acted


def _checked_query(act: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(act)
    def acted(self: Any, *args: Any, **kwargs: Any) -> Any:
        refuse_foreign_query(self)
        return act(self, *args, **kwargs)

    return acted


def _checked_value(act: Callable[..., Any]) -> Callable[..., Any]:
    """A row given as a filter's value: its id means another row here."""

    @wraps(act)
    def acted(self: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, models.Model):
            refuse_foreign_row(value)
        return act(self, value, *args, **kwargs)

    return acted
