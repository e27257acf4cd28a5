"""Towns spread over several nodes: PostgreSQL with Citus and its schema-based sharding. Nothing happens without `CITUS`.

What this needs of the tables (no foreign key out of a schema, bigint numbers, no path in a trigger's function, one schema for
each transaction) is kept by `tests/isolation/test_towns_can_be_spread_over_nodes.py`.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from kernel.tenancy import as_owner, use_shared


def spread(schema: str) -> bool:
    """Hand a schema that stands complete to Citus, which places it on a node. False where there is no Citus.

    After the replay and not before: adding an identity column to a distributed table is refused.
    """
    if not settings.CITUS:
        return False
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT citus_schema_distribute(%s::regnamespace)", [f'"{schema}"'])
    return True
