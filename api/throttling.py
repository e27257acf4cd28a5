"""A fair share for each key: its own bucket, never one behind a shared address."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from rest_framework.throttling import SimpleRateThrottle

from api.models import ApiKey


class ClientThrottle(SimpleRateThrottle):
    """So many calls in each minute of the clock, counted by one number in the cache.

    The framework's own keeps the time of every call and carries them all to and fro with each. A cache that is
    away refuses nobody.
    """

    scope = "client"
    num_requests: int
    duration: int

    def allow_request(self, request: Any, view: Any) -> bool:
        self.now = self.timer()
        counted = f"{self.get_cache_key(request, view)}:{int(self.now // self.duration)}"
        try:
            calls = cache.incr(counted)
        except ValueError:  # the minute's first
            cache.add(counted, 0, self.duration)
            calls = cache.incr(counted)
        return bool(calls is None or calls <= self.num_requests)

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return float(self.duration - self.now % self.duration)

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        if isinstance(request.auth, ApiKey):
            return f"throttle:key:{request.auth.pk}"
        return f"throttle:address:{self.get_ident(request)}"
