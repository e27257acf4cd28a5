"""Which webhooks are told of what happened: planned in the transaction that hands the events on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from api.models import Webhook, WebhookDelivery
from api.webhooks.catalogue import offered
from api.webhooks.delivering import deliver
from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.snapshots import Snapshot


def _wanted() -> frozenset[str]:
    found = Webhook.objects.filter(off_at=None).values_list("types", flat=True)
    return frozenset(one for types in found for one in types)


# Most municipalities have no webhook: then an event costs no query here.
wanted_types: Snapshot[frozenset[str]] = Snapshot("api.webhook_types", _wanted)


def plan(events: Sequence[OutboxEvent]) -> None:
    """A delivery for each good webhook that asked for the type. Planned twice, it is the same delivery."""
    wanted = wanted_types.get()
    if not wanted:
        return
    types = {
        (one.event, code): (module, one)
        for code, (module, one) in offered().items()
        if code in wanted
    }
    told = [(event, code) for event in events for (name, code) in types if name == event.name]
    if not told:
        return
    hooks = list(good_webhooks().select_related("key"))
    planned = []
    for event, code in told:
        module, one = types[event.name, code]
        subject = str(event.payload[one.subject])
        planned += [
            WebhookDelivery(
                webhook=hook,
                message=event.uid,
                type=code,
                subject=subject,
                address=one.address.format(id=subject),
                occurred_at=event.occurred_at,
            )
            for hook in hooks
            if code in hook.types and f"{module}:read" in hook.key.scopes
        ]
    WebhookDelivery.objects.bulk_create(planned, ignore_conflicts=True)
    send_soon({one.webhook_id for one in planned})


def good_webhooks() -> QuerySet[Webhook]:
    """Those that are on, of keys that open something today."""
    return Webhook.objects.filter(
        Q(key__expires_on=None) | Q(key__expires_on__gte=today()),
        off_at=None,
        key__revoked_at=None,
        key__account__is_active=True,
    )


def send_soon(webhook_ids: Iterable[int]) -> None:
    """Ask for deliveries after this transaction, a task for each address: a slow one holds up nobody else."""
    for one in sorted(webhook_ids):
        deliver.enqueue(one)
