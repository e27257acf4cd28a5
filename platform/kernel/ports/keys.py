"""Who may use the municipality's interface: integrators' keys. Provided by the edge, asked by the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from kernel.identity.models import User
from kernel.viewer import Viewer


@dataclass(frozen=True)
class KeyLine:
    """A key as it may be shown: never its text, which was shown once."""

    uid: UUID
    name: str
    prefix: str
    account_name: str
    scopes: tuple[str, ...]
    made_on: date
    expires_on: date | None
    is_withdrawn: bool
    is_expired: bool

    @property
    def is_good(self) -> bool:
        return not (self.is_withdrawn or self.is_expired)


class KeyPort(Protocol):
    """Has no absent answer: the edge is part of every house."""

    def scopes(self) -> tuple[str, ...]:
        """Every scope that a key can have here."""
        ...

    def keys(self, viewer: Viewer) -> tuple[KeyLine, ...]:
        """Good keys first, then the newest. Refuses `NotPermitted`."""
        ...

    def issue(
        self,
        *,
        account: User,
        name: str,
        scopes: Sequence[str],
        expires_on: date | None,
        by: Viewer,
    ) -> str:
        """The key's text, shown once and kept nowhere. Refuses `NotPermitted`."""
        ...

    def withdraw(self, uid: UUID, *, reason: str, by: Viewer) -> None:
        """The key opens nothing from now on. Refuses `NotVisible` for a key that is not here."""
        ...
