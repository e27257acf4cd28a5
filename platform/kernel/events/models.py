from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.db import models

from kernel.db import AppendOnly, uuid7


class OutboxEvent(models.Model):
    """A fact, written with the change that made it true. `relayed_at` is when its deliveries were planned."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    name = models.TextField()
    payload: Any = models.JSONField()
    occurred_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    request_id = models.TextField(default="")
    relayed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "events_outbox"
        indexes: ClassVar = [
            models.Index(
                fields=["id"], name="events_outbox_waiting", condition=models.Q(relayed_at=None)
            ),
            # Read by the archive when it is switched on after a time without it; few rows, none in most towns.
            models.Index(
                fields=["id"],
                name="events_outbox_papers",
                condition=models.Q(name="kernel.PaperKept"),
            ),
        ]
        triggers: ClassVar = [AppendOnly(name="never_deleted", operation=pgtrigger.Delete)]


class Delivery(models.Model):
    """One handler's receipt of one event. Done once; failures are counted and tried again later."""

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(OutboxEvent, on_delete=models.PROTECT, related_name="deliveries")
    handler = models.TextField()
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    last_error = models.TextField(default="")
    parked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "events_delivery"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "handler"], name="events_delivery_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"],
                name="events_delivery_open",
                condition=models.Q(done_at=None, parked_at=None),
            )
        ]
