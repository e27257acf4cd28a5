"""The cache as the house wants it: when it is away, pages are slower and limits are looser, nobody is locked out."""

from __future__ import annotations

from typing import Any

from django_redis.cache import RedisCache


class ForgivingCache(RedisCache):
    """django-redis with `IGNORE_EXCEPTIONS`, and an `add` that succeeds while the server is away.

    `add` is how locks are taken (the sign-in's rate limits among them): a lock that nobody can take because the
    cache is away would shut the municipality's door.
    """

    def add(self, *args: Any, **kwargs: Any) -> bool:
        added = super().add(*args, **kwargs)
        return True if added is None else bool(added)

    def clear(self) -> bool:
        """Forget what the active municipality keeps here; the server is shared with the others and is never emptied."""
        self.delete_pattern("*")
        return True
