"""Small parts of the backend: where its compilers are, and which failures mean that a municipality is not whole."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db.backends.postgresql import operations as postgresql
from django.db.utils import DatabaseErrorWrapper

from tenants.backend.wall import TownBroken, TownForbids

_NOT_WHOLE = (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)


class DatabaseOperations(postgresql.DatabaseOperations):
    compiler_module = "tenants.backend.compiler"


class TownErrors(DatabaseErrorWrapper):
    """Django's translation of errors; a table that is not there means that the municipality is away or half migrated."""

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        if exc_type is not None and issubclass(exc_type, _NOT_WHOLE):
            self.wrapper.errors_occurred = True  # type: ignore[attr-defined]
            raise TownBroken(*exc_value.args).with_traceback(traceback) from exc_value
        if exc_type is not None and issubclass(exc_type, psycopg.errors.InsufficientPrivilege):
            hint = "append-only, or for the owner's hand (kernel.tenancy.as_owner)"
            raise TownForbids(f"{str(exc_value).strip()}: {hint}").with_traceback(
                traceback
            ) from exc_value
        super().__exit__(exc_type, exc_value, traceback)
