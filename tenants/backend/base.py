"""The connection layer: every query runs in exactly one municipality's schema, or not at all.

The municipality is a context variable (`kernel.tenancy`); the path is set when it is entered, compared before each
cursor, and never contains `public`. No municipality active: no cursor. Stands in for the backend of
django-tenants, whose path is lazy and falls through to `public`.
"""

from __future__ import annotations

from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base as postgresql
from django.db.utils import DatabaseError

from kernel.tenancy import SHARED, current_schema, current_schema_or_none

EXTENSIONS = "extensions"


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Django's PostgreSQL wrapper that refuses to open a cursor outside of a municipality."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._path: str | None = None
        super().__init__(*args, **kwargs)

    @property
    def schema_name(self) -> str:
        """The active schema by the name that django-tenants' models and router ask for."""
        return current_schema_or_none() or SHARED

    def set_schema(self, *_: Any, **__: Any) -> None:
        raise ImproperlyConfigured("enter a municipality with kernel.tenancy.use(schema)")

    set_tenant = set_schema

    def set_schema_to_public(self) -> None:
        raise ImproperlyConfigured("enter the shared register with kernel.tenancy.use_shared()")

    def close(self) -> None:
        self._path = None
        super().close()

    def rollback(self) -> None:
        self._path = None  # a SET made in the transaction is undone with it
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._path = None

    def _cursor(self, name: str | None = None) -> Any:
        schema = current_schema()
        cursor = super()._cursor(name=name)  # type: ignore[misc]
        if self._path != schema:
            self._set_path(schema)
        return cursor

    def point_to_current_tenant(self) -> None:
        """Set the path of an open connection at once, so that raw cursors follow too."""
        schema = current_schema_or_none()
        if schema is None or self.connection is None or self._path == schema:
            return
        if self.connection.info.transaction_status == psycopg.pq.TransactionStatus.INERROR:
            self._path = None
            return
        self._set_path(schema)

    def _set_path(self, schema: str) -> None:
        path = f'"{schema}", {EXTENSIONS}'
        try:
            with self.connection.cursor() as raw:
                raw.execute(f"SET search_path = {path}")
        except (DatabaseError, psycopg.Error):
            # In an aborted transaction nothing but a rollback can follow; the path is set again after it.
            self._path = None
            if self.connection.info.transaction_status != psycopg.pq.TransactionStatus.INERROR:
                raise
        else:
            self._path = schema
