"""Where sessions rest: the municipality's own table and cache, and its name inside each session.

Rows and cache keys are the municipality's already, and the row is signed by its own key. The name inside is the last
check: whatever way a session came here, one that was begun in another municipality is nobody's.
"""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.cached_db import SessionStore as CachedSessions

from kernel.tenancy import current_schema

TOWN = "_town"


class SessionStore(CachedSessions):
    """Django's cached sessions; one of another municipality loads as an empty, new session."""

    def load(self) -> dict[str, Any]:
        loaded: dict[str, Any] = super().load()
        if loaded and loaded.get(TOWN) != current_schema():
            self._session_key = None
            return {}
        return loaded

    def save(self, must_create: bool = False) -> None:
        # The session is emptied at sign-out, so the name is put in where it is kept.
        kept = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        kept[TOWN] = current_schema()
        super().save(must_create)
