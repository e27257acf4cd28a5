"""Open a citizen's request, or finish a step of one. Provided by the front desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kernel.viewer import Viewer


@dataclass(frozen=True)
class RequestRef:
    """A request as others name it. Without a number it was stopped at a gate and stayed a draft."""

    uid: str
    number: str
    state: str
    service_code: str


class RequestPort(Protocol):
    """Has no absent answer: without a front desk a module opens its own record."""

    def open_request(
        self, *, service_code: str, party_id: int | None, answers: Mapping[str, Any], by: Viewer
    ) -> RequestRef: ...

    def complete_step(
        self, *, request_uid: str, step_code: str, outcome: str = "done", text: str = "", by: Viewer
    ) -> RequestRef: ...
