"""Make, change, switch and try webhooks. Each belongs to a key and goes with it; whoever keeps the keys keeps all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from api.errors import TooManyWebhooks, WebhookIsOff, WebhookTypeRefused
from api.models import ApiKey, Webhook, WebhookDelivery
from api.webhooks.addresses import check_address
from api.webhooks.catalogue import PING, offered_to
from api.webhooks.delivering import PURPOSE, give_up
from api.webhooks.planning import send_soon, wanted_types
from api.webhooks.signing import new_secret
from kernel.audit.recording import recorded
from kernel.db import uuid7
from kernel.errors import NotVisible
from kernel.identity.keys import lock
from kernel.viewer import Viewer

MOST = 10
FORMER_LIVES = timedelta(hours=24)


def webhooks_of(viewer: Viewer, *, key: ApiKey | None = None) -> QuerySet[Webhook]:
    """Those of the account whose key calls, so that a lost key can be replaced; all of them for who keeps the keys.

    Refuses `NotPermitted`.
    """
    rows = Webhook.objects.select_related("key__account").order_by("-id")
    if key is not None:
        return rows.filter(key__account=key.account_id)
    viewer.require("api.manage_clients")
    return rows


def webhook_for(viewer: Viewer, uid: UUID, *, key: ApiKey | None = None) -> Webhook:
    """One webhook. Refuses `NotVisible`."""
    found = webhooks_of(viewer, key=key).filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    return found


def deliveries_of(hook: Webhook) -> QuerySet[WebhookDelivery]:
    """Its messages of the last month, the newest first."""
    return WebhookDelivery.objects.filter(webhook=hook).order_by("-message")


def make_webhook(*, key: ApiKey, url: str, types: Sequence[str], by: Viewer) -> tuple[Webhook, str]:
    """A webhook and its secret, which is shown once.

    Refuses `WebhookAddressRefused`, `WebhookTypeRefused` and `TooManyWebhooks`.
    """
    address, wanted = check_address(url), _checked(key, types)
    secret = new_secret()
    with recorded(by=by):
        ApiKey.objects.select_for_update().get(pk=key.pk)
        if Webhook.objects.filter(key=key).count() >= MOST:
            raise TooManyWebhooks(most=MOST)
        hook = Webhook.objects.create(
            key=key, url=address, types=wanted, secret=lock(secret, purpose=PURPOSE)
        )
        wanted_types.changed()
    return hook, secret


def change_webhook(
    hook: Webhook,
    *,
    url: str | None = None,
    types: Sequence[str] | None = None,
    is_on: bool | None = None,
    by: Viewer,
) -> Webhook:
    """Another address, other types, on or off. What was planned while it is switched off is given up."""
    with recorded(by=by):
        row = Webhook.objects.select_for_update().select_related("key").get(pk=hook.pk)
        if url is not None:
            row.url = check_address(url)
        if types is not None:
            row.types = _checked(row.key, types)
        if is_on is True:
            row.off_at, row.off_because = None, ""
        elif is_on is False and row.off_at is None:
            row.off_at, row.off_because = timezone.now(), "by_hand"
            give_up(WebhookDelivery.objects.filter(webhook=row))
        row.save(update_fields=["url", "types", "off_at", "off_because"])
        wanted_types.changed()
        row.refresh_from_db(fields=["version"])
    return row


def exchange_secret(hook: Webhook, *, by: Viewer) -> str:
    """A new secret, shown once. The former one goes on signing beside it for a day."""
    secret = new_secret()
    with recorded(by=by):
        row = Webhook.objects.select_for_update().get(pk=hook.pk)
        row.former_secret, row.former_until = row.secret, timezone.now() + FORMER_LIVES
        row.secret = lock(secret, purpose=PURPOSE)
        row.save(update_fields=["secret", "former_secret", "former_until"])
    return secret


def ping(hook: Webhook, *, by: Viewer) -> WebhookDelivery:
    """Send a message that means nothing but «are you there?». Refuses `WebhookIsOff`."""
    if hook.off_at is not None:
        raise WebhookIsOff()
    with transaction.atomic():
        made = WebhookDelivery.objects.create(
            webhook=hook,
            message=uuid7(),
            type=PING,
            subject=str(hook.uid),
            address=f"/webhooks/{hook.uid}",
            occurred_at=timezone.now(),
        )
        send_soon([hook.pk])
    return made


def resend(hook: Webhook, message: UUID, *, by: Viewer) -> WebhookDelivery:
    """Send a message again under its own id, whatever became of it. Refuses `NotVisible` and `WebhookIsOff`."""
    with transaction.atomic():
        row = (
            WebhookDelivery.objects.select_for_update()
            .filter(webhook=hook, message=message)
            .first()
        )
        if row is None:
            raise NotVisible()
        if hook.off_at is not None:
            raise WebhookIsOff()
        row.tries, row.next_try_at = 0, timezone.now()
        row.done_at = row.given_up_at = None
        row.save(update_fields=["tries", "next_try_at", "done_at", "given_up_at"])
        send_soon([hook.pk])
    return row


def _checked(key: ApiKey, types: Sequence[str]) -> list[str]:
    allowed = offered_to(key.scopes)
    wanted = sorted(set(types))
    for one in wanted:
        if one not in allowed:
            raise WebhookTypeRefused(type=one)
    if not wanted:
        raise WebhookTypeRefused(type="")
    return wanted
