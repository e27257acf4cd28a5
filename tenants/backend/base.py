"""The connection layer: every query runs in exactly one municipality's schema, by its own role, or not at all.

The municipality is a context variable (`kernel.tenancy`). Role and path are set by one message when it is entered,
compared before each cursor, and never contain `public`. No municipality active: no cursor. Stands in for the
backend of django-tenants, whose path is lazy and falls through to `public`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base as postgresql
from django.db.utils import DatabaseError, OperationalError
from django.utils.functional import cached_property

from kernel.tenancy import SHARED, WrongTenant, current_schema, current_schema_or_none, use
from kernel.tenancy.context import Place, current_place
from tenants.backend.operations import DatabaseOperations, TownErrors
from tenants.backend.pool import TownPool
from tenants.backend.wall import WALLS, TownAway, entering

_IN_ERROR = psycopg.pq.TransactionStatus.INERROR
_NO_SUCH_ROLE = ("22023", "42501")


class AfterCommit:
    """What is to be done after commit, in the municipality in which it was asked for."""

    def __init__(self, work: Callable[[], Any], schema: str) -> None:
        self._work = work
        self._schema = schema

    def __call__(self) -> None:
        with use(self._schema):
            self._work()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._work, name)


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """Django's PostgreSQL wrapper that refuses to open a cursor outside of a municipality."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._place: Place | None = None
        self._town_of_transaction: str | None = None
        super().__init__(*args, **kwargs)

    @property
    def pool(self) -> TownPool | None:
        """Django's, made of `TownPool`: one for the process, opened by the first who asks it for a connection."""
        wishes = self.settings_dict["OPTIONS"].get("pool")
        if self.alias == NO_DB_ALIAS or not wishes:
            return None
        pools: dict[str, TownPool] = self._connection_pools  # type: ignore[attr-defined]
        if self.alias not in pools:
            checks = TownPool.check_connection if self.settings_dict["CONN_HEALTH_CHECKS"] else None
            made = TownPool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]
                check=checks,
                **wishes,
            )
            pools.setdefault(self.alias, made)  # two threads may have made one; neither is open yet
        return pools[self.alias]

    @cached_property
    def wrap_database_errors(self) -> TownErrors:
        return TownErrors(self)

    @property
    def schema_name(self) -> str:
        """The active schema by the name that django-tenants' models and router ask for."""
        return current_schema_or_none() or SHARED

    def set_schema(self, *_: Any, **__: Any) -> None:
        raise ImproperlyConfigured("enter a municipality with kernel.tenancy.use(schema)")

    set_tenant = set_schema

    def set_schema_to_public(self) -> None:
        raise ImproperlyConfigured("enter the shared register with kernel.tenancy.use_shared()")

    def get_new_connection(self, conn_params: Any) -> Any:
        self._place = None
        connection = super().get_new_connection(conn_params)
        refuse_a_path_left_behind(connection, self.pool)
        return connection

    def close(self) -> None:
        self._place = None
        self._town_of_transaction = None
        super().close()

    def rollback(self) -> None:
        self._place = None  # a SET made in the transaction is undone with it
        self._town_of_transaction = None
        super().rollback()

    def commit(self) -> None:
        super().commit()
        self._town_of_transaction = None

    def savepoint_commit(self, sid: str) -> None:
        super().savepoint_commit(sid)
        self._forget_town_of_transaction()

    def savepoint_rollback(self, sid: str) -> None:
        try:
            super().savepoint_rollback(sid)
        finally:
            self._place = None
            self._forget_town_of_transaction()

    def on_commit(self, func: Callable[[], Any], robust: bool = False) -> None:
        """Django's, in the municipality of the registration: what is entered by then is not what was meant."""
        super().on_commit(AfterCommit(func, current_schema()), robust)

    def _cursor(self, name: str | None = None) -> Any:
        place = current_place()
        if place.schema is None:
            current_schema()  # says so
        cursor = super()._cursor(name=name)  # type: ignore[misc]
        if self._place != place or self._is_elsewhere(place):
            self._stand(place)
        if self._town_of_transaction is None and place.schema != SHARED and self._in_transaction():
            self._town_of_transaction = place.schema
        return cursor

    def point_to_current_tenant(self) -> None:
        """Set role and path of an open connection at once, so that raw cursors follow too."""
        place = current_place()
        if place.schema is None or self.connection is None or self._place == place:
            return
        # A connection that broke stands nowhere: whoever asks next is told so, leaving a municipality is no fault.
        if self.connection.closed or self.connection.info.transaction_status == _IN_ERROR:
            self._place = None
            return
        self._stand(place)

    def _is_elsewhere(self, place: Place) -> bool:
        """What the server itself reports (PostgreSQL 18), against a path that somebody set by hand; no round trip."""
        told = self.connection.info.parameter_status("search_path")
        return told is not None and told.split(",", 1)[0].strip('"') != place.schema

    def _stand(self, place: Place) -> None:
        self._keep_to_one_town(place)
        message = entering(self, place)
        try:
            with self.connection.cursor() as raw:
                raw.execute(message)
        except (DatabaseError, psycopg.Error) as error:
            self._place = None
            if getattr(error, "sqlstate", None) in _NO_SUCH_ROLE:
                raise TownAway(f"there is no municipality {place.schema} here") from error
            # In an aborted transaction nothing but a rollback can follow; the path is set again after it.
            if self.connection.info.transaction_status != _IN_ERROR:
                raise
        else:
            self._place = place
            pool = self.pool
            if pool is not None:
                pool.remember(self.connection, str(place.schema))

    def _keep_to_one_town(self, place: Place) -> None:
        """A transaction belongs to one municipality: what is written in two could not be moved, or spread over nodes."""
        if place.schema == SHARED:
            return
        # The register lies between two towns when it is asked in between: the first one is remembered.
        was = self._town_of_transaction or (self._place.schema if self._place else None)
        if not self._in_transaction():
            self._town_of_transaction = None
        elif was not in (None, SHARED, place.schema):
            raise WrongTenant(f"a transaction of {was} cannot go on in {place.schema}")

    def _in_transaction(self) -> bool:
        """Whether the code itself opened a transaction; the one that a test is wrapped in is not meant."""
        return any(not getattr(one, "_from_testcase", False) for one in self.atomic_blocks)

    def _forget_town_of_transaction(self) -> None:
        if not self._in_transaction():
            self._town_of_transaction = None


def refuse_a_path_left_behind(connection: Any, pool: Any) -> None:
    """A connection handed out by the pool stands nowhere. One that does not is destroyed, and the request fails."""
    if pool is None:
        return
    told = connection.info.parameter_status("search_path")
    if told not in (None, "", '""'):
        connection.close()
        pool.putconn(connection)
        raise OperationalError(f"the pool gave a connection that still stood in {told}")


def forget_inherited_pools() -> None:
    """In a forked child: the parent's pools have threads that do not exist here, and sockets that are not ours."""
    postgresql.DatabaseWrapper._connection_pools.clear()  # type: ignore[attr-defined]
    WALLS.clear()


os.register_at_fork(after_in_child=forget_inherited_pools)
