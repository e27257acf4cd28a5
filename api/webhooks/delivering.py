"""Send what is due: claim a row, send outside of any transaction, write down what came of it.

A worker that dies in between leaves its row claimed; after the claim's time another sends it again, under the same
message id. For one object, messages leave in the order of what happened: the next waits until the former was taken
or given up.
"""

from __future__ import annotations

import json
import random
import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from api.models import Webhook, WebhookDelivery
from api.webhooks import signing
from api.webhooks.catalogue import PING, offered_to
from api.webhooks.sending import Outcome, post
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.identity.keys import CannotOpen, open_locked
from kernel.profile.selectors import profile
from kernel.tasks import tenant_task
from kernel.viewer import Viewer

log = structlog.get_logger(__name__)
PURPOSE = "webhook"
PAUSES = tuple(
    timedelta(seconds=one) for one in (5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 72_000)
)
"""Between tries: 5 seconds, 5 and 30 minutes, 2, 5, 10, 14, 20 and 20 hours: three days in all."""
_JITTER = 0.1
_CLAIM = timedelta(minutes=5)
_RUN_SECONDS = 120
_LOG_LINES = 20
KEPT = timedelta(days=30)
_dice = random.SystemRandom()


@tenant_task(name="webhooks.deliver", soft_time_limit=280, time_limit=290)
def deliver(webhook_id: int) -> int:
    """Send what is due to one address, oldest first. An address that does not answer at all is left for the sweeper."""
    hook = _good(webhook_id)
    if hook is None:
        return 0
    taken, began = 0, time.monotonic()
    while time.monotonic() - began < _RUN_SECONDS:
        delivery = _claim(hook.pk)
        if delivery is None:
            return taken
        outcome = _send(hook, delivery)
        taken += outcome.is_taken
        _write_down(hook, delivery, outcome)
        if outcome.is_gone or outcome.status is None:
            return taken
    deliver.enqueue(webhook_id)
    return taken


@tenant_task(name="webhooks.sweep")
def sweep() -> int:
    """Ask for what is due, and forget what ended long ago."""
    due = (
        _open().filter(next_try_at__lte=timezone.now()).values_list("webhook", flat=True).distinct()
    )
    found = list(due)
    for one in found:
        deliver.enqueue(one)
    old = timezone.now() - KEPT
    WebhookDelivery.objects.filter(Q(done_at__lt=old) | Q(given_up_at__lt=old)).delete()
    return len(found)


def give_up(rows: QuerySet[WebhookDelivery]) -> int:
    """Nothing more is sent of these."""
    return rows.filter(done_at=None, given_up_at=None).update(given_up_at=timezone.now())


def pause_after(tries: int) -> timedelta | None:
    """How long to wait after that many tries; None when there were enough."""
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 + _dice.uniform(-_JITTER, _JITTER))


def _good(webhook_id: int) -> Webhook | None:
    """The webhook, if it may still be told; what its key or a module that is off no longer allows is given up."""
    hook = Webhook.objects.select_related("key__account").get(pk=webhook_id)
    key, rows = hook.key, WebhookDelivery.objects.filter(webhook=hook)
    over = key.expires_on is not None and key.expires_on < today()
    if hook.off_at or key.revoked_at or over or not key.account.is_active:
        give_up(rows)
        return None
    give_up(rows.exclude(type__in=[PING, *offered_to(key.scopes)]))
    return hook


def _open() -> QuerySet[WebhookDelivery]:
    return WebhookDelivery.objects.filter(done_at=None, given_up_at=None)


def _claim(webhook_id: int) -> WebhookDelivery | None:
    """The oldest due message that no earlier one of the same object holds up."""
    earlier = _open().filter(
        webhook=OuterRef("webhook"), subject=OuterRef("subject"), id__lt=OuterRef("id")
    )
    with transaction.atomic():
        delivery = (
            _open()
            .select_for_update(skip_locked=True)
            .filter(~Exists(earlier), webhook=webhook_id, next_try_at__lte=timezone.now())
            .order_by("id")
            .first()
        )
        if delivery is not None:
            delivery.next_try_at = timezone.now() + _CLAIM
            delivery.save(update_fields=["next_try_at"])
    return delivery


def _send(hook: Webhook, delivery: WebhookDelivery) -> Outcome:
    try:
        secrets = living_secrets(hook)
    except CannotOpen:
        return Outcome(None, "secret_unreadable", 0)
    body = json.dumps(payload_of(delivery), separators=(",", ":")).encode()
    now = int(timezone.now().timestamp())
    message = message_id(delivery)
    return post(hook.url, body, signing.headers(secrets, message=message, at=now, body=body))


def payload_of(delivery: WebhookDelivery) -> dict[str, Any]:
    """What is sent: that it happened, to what, and where to read it."""
    base = str(profile().public_base_url).rstrip("/")
    return {
        "type": delivery.type,
        "timestamp": delivery.occurred_at.isoformat(),
        "data": {"id": delivery.subject, "url": f"{base}/api/v1{delivery.address}"},
    }


def message_id(delivery: WebhookDelivery) -> str:
    return f"msg_{delivery.message.hex}"


def living_secrets(hook: Webhook) -> list[str]:
    """The secret, and the former one while its time lasts."""
    locked = [hook.secret]
    if hook.former_secret and hook.former_until and hook.former_until > timezone.now():
        locked.append(hook.former_secret)
    return [open_locked(one, purpose=PURPOSE) for one in locked]


def _write_down(hook: Webhook, delivery: WebhookDelivery, outcome: Outcome) -> None:
    now = timezone.now()
    with transaction.atomic():
        row = WebhookDelivery.objects.select_for_update().get(pk=delivery.pk)
        row.tries += 1
        row.log = [*row.log, _line(now, outcome)][-_LOG_LINES:]
        if outcome.is_taken:
            row.done_at, row.given_up_at = now, None
        else:
            pause = pause_after(row.tries)
            row.next_try_at = now + (pause or timedelta())
            if row.done_at is None and (pause is None or outcome.is_gone):
                row.given_up_at = row.given_up_at or now
        row.save()
    log.info("webhook.tried", webhook=hook.pk, status=outcome.status, tries=row.tries)
    if outcome.is_gone:
        _switch_off(hook)


def _line(at: datetime, outcome: Outcome) -> dict[str, Any]:
    return {
        "at": at.isoformat(),
        "status": outcome.status,
        "detail": outcome.detail,
        "ms": outcome.milliseconds,
    }


def _switch_off(hook: Webhook) -> None:
    """The other side said 410: it is never asked again, until somebody switches it on."""
    with recorded(by=Viewer.system("webhooks"), reason="410"):
        row = Webhook.objects.select_for_update().get(pk=hook.pk)
        if row.off_at is None:
            row.off_at, row.off_because = timezone.now(), "gone"
            row.save(update_fields=["off_at", "off_because"])
            give_up(WebhookDelivery.objects.filter(webhook=row))
