"""Which municipality is this? The one answer, and everything that is bound to it.

The rest of the house imports from here: the active municipality, keys and signatures that are worth nothing in
another one, and threads that know where they are.
"""

from kernel.tenancy.context import (
    HUB,
    SHARED,
    TEMPLATE,
    VALID_SCHEMA,
    NoTenant,
    WrongTenant,
    as_owner,
    cache_key,
    current_schema,
    current_schema_or_none,
    shared_cache_key,
    use,
    use_shared,
)
from kernel.tenancy.keys import town_key, town_keys
from kernel.tenancy.threads import TownExecutor, spawn

__all__ = [
    "HUB",
    "SHARED",
    "TEMPLATE",
    "VALID_SCHEMA",
    "NoTenant",
    "TownExecutor",
    "WrongTenant",
    "as_owner",
    "cache_key",
    "current_schema",
    "current_schema_or_none",
    "shared_cache_key",
    "spawn",
    "town_key",
    "town_keys",
    "use",
    "use_shared",
]
