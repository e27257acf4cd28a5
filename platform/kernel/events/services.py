"""Emit, relay, deliver. What must not live here: what a handler does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kernel import registry
from kernel.activation.services import active_codes
from kernel.events.declaring import from_payload, name_of, to_payload
from kernel.events.models import Delivery, OutboxEvent
from kernel.tasks import tenant_task
from kernel.tenancy import current_schema, use
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)
MOST_TRIES = 10
_BATCH = 200
_ASKED = "events:relay-asked"
_ASKED_SECONDS = 5


def emit(happened: Any, *, by: Viewer) -> OutboxEvent:
    """Write the fact beside the change that made it; deliveries follow after commit, or by the sweeper."""
    row = outbox_row(happened, by=by)
    row.save(force_insert=True)
    relay_soon()
    return row


def outbox_row(happened: Any, *, by: Viewer) -> OutboxEvent:
    """The fact as a row, for a service that writes it together with others. It then calls `relay_soon`."""
    return OutboxEvent(
        name=name_of(happened),
        payload=to_payload(happened),
        occurred_at=timezone.now(),
        actor_id=by.user_id,
        request_id=by.request_id,
    )


def relay_soon() -> None:
    """Ask for one relay after this transaction, however many events it writes.

    A relay that was asked for and has not begun will see them too, so in a rush few are sent.
    """
    waiting = transaction.get_connection().run_on_commit
    if any(getattr(entry[1], "relays_events", False) for entry in waiting):
        return
    schema = current_schema()

    def ask() -> None:
        with use(schema):
            if cache.add(_ASKED, True, _ASKED_SECONDS):
                relay.send_to(schema)

    ask.relays_events = True  # type: ignore[attr-defined]
    transaction.on_commit(ask)


@tenant_task(name="events.relay")
def relay() -> int:
    """Plan a delivery for each active listener of each waiting event, then deliver what is due."""
    cache.delete(_ASKED)  # whoever commits from here on asks again
    planned = 0
    while True:
        with transaction.atomic():
            waiting = list(
                OutboxEvent.objects.select_for_update(skip_locked=True)
                .filter(relayed_at=None)
                .order_by("id")[:_BATCH]
            )
            if not waiting:
                break
            active = active_codes()
            now = timezone.now()
            deliveries = [
                Delivery(event=row, handler=listener.handler, next_try_at=now)
                for row in waiting
                for module, listener in registry.handlers(row.name)
                if module in active
            ]
            Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
            for reader in registry.outbox_readers(active):
                registry.load(reader)(waiting)
            OutboxEvent.objects.filter(id__in=[row.id for row in waiting]).update(relayed_at=now)
            planned += len(deliveries)
    deliver_due()
    return planned


def deliver_due(limit: int = 500) -> int:
    """Deliver what is due, oldest first, each in a transaction of its own. Returns how many succeeded."""
    done = 0
    due = Q(next_try_at__lte=timezone.now()) | Q(next_try_at=None)
    ids = list(
        Delivery.objects.filter(due, done_at=None, parked_at=None)
        .order_by("event_id", "id")
        .values_list("id", flat=True)[:limit]
    )
    for delivery_id in ids:
        done += deliver_one(delivery_id)
    return done


def deliver_one(delivery_id: int) -> bool:
    """Run one handler for one event, once: the mark and the handler's writes commit together.

    A handler that fails is tried again with growing pauses and parked after `MOST_TRIES`; others go on.
    """
    try:
        with transaction.atomic():
            delivery = (
                Delivery.objects.select_for_update(skip_locked=True, of=("self",))
                .select_related("event")
                .filter(id=delivery_id, done_at=None)
                .first()
            )
            if delivery is None:
                return False
            handle = registry.load(delivery.handler)  # imports the event's class with it
            handle(from_payload(delivery.event.name, delivery.event.payload))
            Delivery.objects.filter(id=delivery_id).update(
                done_at=timezone.now(), tries=delivery.tries + 1, last_error=""
            )
        return True
    except Exception as error:  # a handler's fault must not stop the others
        log.exception("event.delivery_failed", delivery=delivery_id)
        _postpone(delivery_id, error)
        return False


def _postpone(delivery_id: int, error: Exception) -> None:
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update().get(id=delivery_id)
        tries = delivery.tries + 1
        now = timezone.now()
        Delivery.objects.filter(id=delivery_id, done_at=None).update(
            tries=tries,
            last_error=f"{type(error).__name__}: {error}"[:2000],
            next_try_at=now + timedelta(seconds=min(2**tries, 3600)),
            parked_at=now if tries >= MOST_TRIES else None,
        )
