"""Which programmes are told that something happened. Provided by the edge, asked by the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from kernel.viewer import Viewer


@dataclass(frozen=True)
class WebhookLine:
    """A webhook as it may be shown: never its secret, which was shown once."""

    uid: UUID
    programme: str
    key_is_good: bool
    url: str
    types: tuple[str, ...]
    off_at: datetime | None
    off_because: str
    former_secret_until: datetime | None
    waiting: int
    failed: int

    @property
    def is_on(self) -> bool:
        return self.off_at is None and self.key_is_good


@dataclass(frozen=True)
class TryLine:
    """One try: the status that was answered, or why nobody answered."""

    at: datetime
    status: int | None
    detail: str
    milliseconds: int


@dataclass(frozen=True)
class DeliveryLine:
    message: UUID
    message_id: str
    type: str
    subject: str
    occurred_at: datetime
    done_at: datetime | None
    given_up_at: datetime | None
    next_try_at: datetime
    tries: tuple[TryLine, ...]


class WebhookPort(Protocol):
    """Has no absent answer: the edge is part of every house. Each refuses `NotPermitted` and `NotVisible`."""

    def keys(self, viewer: Viewer) -> tuple[tuple[str, str], ...]:
        """Good keys that can have a webhook: uid and name."""
        ...

    def types(self) -> tuple[tuple[str, str, str], ...]:
        """What there is to be told of here: module's title, type, title."""
        ...

    def lines(self, viewer: Viewer) -> tuple[WebhookLine, ...]: ...

    def line(self, viewer: Viewer, uid: UUID) -> WebhookLine: ...

    def deliveries(
        self, viewer: Viewer, uid: UUID, *, since: int, count: int
    ) -> tuple[DeliveryLine, ...]:
        """`count` of them after the `since` newest."""
        ...

    def make(self, *, key: UUID, url: str, types: Sequence[str], by: Viewer) -> tuple[UUID, str]:
        """The webhook's uid and its secret, shown once."""
        ...

    def change(self, uid: UUID, *, url: str, types: Sequence[str], by: Viewer) -> None: ...

    def switch(self, uid: UUID, *, on: bool, by: Viewer) -> None: ...

    def exchange_secret(self, uid: UUID, *, by: Viewer) -> str: ...

    def ping(self, uid: UUID, *, by: Viewer) -> None: ...

    def resend(self, uid: UUID, message: UUID, *, by: Viewer) -> None: ...
