"""What the caches know of a municipality is another life's after a restore: forget all of it."""

from __future__ import annotations

from django.core.cache import caches

from kernel.tenancy import as_owner, use


def forget_caches(schema: str) -> None:
    """Remove every cached key of the municipality, and with them the stamps that hold each process's snapshots."""
    with as_owner(), use(schema):
        cache = caches["default"]
        pattern = getattr(cache, "delete_pattern", None)
        if pattern is None:
            cache.clear()
        else:
            pattern("*")
