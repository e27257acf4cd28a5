"""Which object belongs into which address: read off the queries of the door itself, so that nothing is listed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.doors import TOWN, Door, doors

AT_MOST = 2
"""Objects with which a door is tried."""


class Addresses:
    """The addresses of one town's doors. Both twins have the same."""

    def __init__(self, browser: Client, programme: Client) -> None:
        self._browser, self._programme = browser, programme
        self._table_at: dict[str, str] = {}
        self._uids: dict[str, list[str]] = {}
        self.unknown: list[str] = []
        """Doors whose queries name no table: nothing could be put into their address."""

    def of(self, door: Door) -> list[str]:
        """Every address with which the door is tried."""
        return [door.address(**values) for values in self._filled(door, door.objects, {})]

    def _filled(
        self, door: Door, holes: tuple[str, ...], values: dict[str, str]
    ) -> Iterator[dict[str, str]]:
        if not holes:
            yield dict(values)
            return
        hole, *rest = holes
        table = self._table(door, hole, values)
        if table is None:
            self.unknown.append(str(door))
            yield dict(values)
            return
        for uid in self._newest(table):
            yield from self._filled(door, tuple(rest), {**values, hole: uid})

    def _table(self, door: Door, hole: str, values: dict[str, str]) -> str | None:
        where = door.before(hole)
        if where not in self._table_at:
            asked = self._asked(door, hole, values)
            if asked is None:
                return None
            self._table_at[where] = asked
        return self._table_at[where]

    def _asked(self, door: Door, hole: str, values: dict[str, str]) -> str | None:
        """The table in which the door looks for an object that exists nowhere."""
        nobody = uuid4()
        client: Any = self._programme if door.endpoint else self._browser
        for method in (*door.actions, "get", "post"):
            with CaptureQueriesContext(connection) as asked:
                getattr(client, method)(door.address(**{**values, hole: str(nobody)}))
            for query in asked.captured_queries:
                found = re.search(rf'"(\w+)"\."uid" = \'(?:{nobody}|{nobody.hex})\'', query["sql"])
                if found:
                    return found[1]
        return self._called_like(hole)

    def _called_like(self, hole: str) -> str | None:
        """Where the door asks for a sheaf and picks from it, the table that is called like the part of the address."""
        tables = connection.introspection.table_names()
        return next((table for table in sorted(tables) if table.endswith(hole)), None)

    def counterparts(self) -> dict[str, str]:
        """Uid of an object so far put into an address -> uid of the same object in the town that is entered now."""
        return {
            ours: theirs
            for table, uids in self._uids.items()
            for ours, theirs in zip(uids, _newest_of(table), strict=True)
        }

    def _newest(self, table: str) -> list[str]:
        if table not in self._uids:
            self._uids[table] = _newest_of(table)
        return self._uids[table]


def _newest_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT uid::text FROM "{table}" ORDER BY id DESC LIMIT {AT_MOST}')
        return [uid for (uid,) in cursor.fetchall()]


def town_doors() -> tuple[Door, ...]:
    return doors(TOWN)
