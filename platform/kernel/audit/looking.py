"""Looks that are written down: who opened what is nobody's business without a reason."""

from __future__ import annotations

from django.utils import timezone

from kernel.audit.models import AuditEntry
from kernel.viewer import Viewer

LOOK = "look"


def record_look(*, table_name: str, row_id: int | str, what: str, by: Viewer) -> None:
    """Write to the trail that somebody looked at what is nobody's business without a reason: a citizen's money, a
    hidden name. The trail seals it like a change; `what` says which part was shown.
    """
    AuditEntry.objects.create(
        at=timezone.now(),
        table_name=table_name,
        row_id=str(row_id),
        operation=LOOK,
        actor_id=by.user_id,
        actor_name=by.name,
        channel=by.channel,
        on_behalf_of=by.on_behalf_of,
        reason=what,
        request_id=by.request_id,
    )
