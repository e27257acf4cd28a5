"""The edge's answer to the face: webhooks of every key, for who keeps the keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q

from api.keys import keys_of
from api.models import Webhook, WebhookDelivery
from api.webhooks import services
from api.webhooks.catalogue import offered
from api.webhooks.delivering import message_id
from api.webhooks.planning import good_webhooks
from kernel import registry
from kernel.calendar.selectors import today
from kernel.errors import NotVisible
from kernel.ports.webhooks import DeliveryLine, TryLine, WebhookLine
from kernel.viewer import Viewer


class Webhooks:
    """Answers `kernel.ports.webhooks.WebhookPort`."""

    def keys(self, viewer: Viewer) -> tuple[tuple[str, str], ...]:
        good = keys_of(viewer).filter(
            Q(expires_on=None) | Q(expires_on__gte=today()),
            revoked_at=None,
            account__is_active=True,
        )
        return tuple((str(one.uid), one.name) for one in good)

    def types(self) -> tuple[tuple[str, str, str], ...]:
        return tuple(
            (str(registry.module(module).title), code, str(one.title))
            for code, (module, one) in offered().items()
        )

    def lines(self, viewer: Viewer) -> tuple[WebhookLine, ...]:
        rows = services.webhooks_of(viewer).annotate(**_COUNTS)
        good = set(good_webhooks().values_list("pk", flat=True))
        return tuple(_line(one, is_good=one.off_at is not None or one.pk in good) for one in rows)

    def line(self, viewer: Viewer, uid: UUID) -> WebhookLine:
        found = services.webhooks_of(viewer).annotate(**_COUNTS).filter(uid=uid).first()
        if found is None:
            raise NotVisible()
        good = found.off_at is not None or good_webhooks().filter(pk=found.pk).exists()
        return _line(found, is_good=good)

    def deliveries(
        self, viewer: Viewer, uid: UUID, *, since: int, count: int
    ) -> tuple[DeliveryLine, ...]:
        rows = services.deliveries_of(services.webhook_for(viewer, uid))[since : since + count]
        return tuple(_delivery(one) for one in rows)

    def make(self, *, key: UUID, url: str, types: Sequence[str], by: Viewer) -> tuple[UUID, str]:
        found = keys_of(by).filter(uid=key).first()
        if found is None:
            raise NotVisible()
        hook, secret = services.make_webhook(key=found, url=url, types=types, by=by)
        return hook.uid, secret

    def change(self, uid: UUID, *, url: str, types: Sequence[str], by: Viewer) -> None:
        services.change_webhook(services.webhook_for(by, uid), url=url, types=types, by=by)

    def switch(self, uid: UUID, *, on: bool, by: Viewer) -> None:
        services.change_webhook(services.webhook_for(by, uid), is_on=on, by=by)

    def exchange_secret(self, uid: UUID, *, by: Viewer) -> str:
        return services.exchange_secret(services.webhook_for(by, uid), by=by)

    def ping(self, uid: UUID, *, by: Viewer) -> None:
        services.ping(services.webhook_for(by, uid), by=by)

    def resend(self, uid: UUID, message: UUID, *, by: Viewer) -> None:
        services.resend(services.webhook_for(by, uid), message, by=by)


_COUNTS = {
    "waiting": Count(
        "deliveries", filter=Q(deliveries__done_at=None, deliveries__given_up_at=None)
    ),
    "failed": Count("deliveries", filter=Q(deliveries__given_up_at__isnull=False)),
}


def _line(hook: Webhook, *, is_good: bool) -> WebhookLine:
    return WebhookLine(
        uid=hook.uid,
        programme=hook.key.name,
        key_is_good=is_good,
        url=hook.url,
        types=tuple(hook.types),
        off_at=hook.off_at,
        off_because=hook.off_because,
        former_secret_until=hook.former_until,
        waiting=hook.waiting,  # type: ignore[attr-defined]
        failed=hook.failed,  # type: ignore[attr-defined]
    )


def _delivery(row: WebhookDelivery) -> DeliveryLine:
    return DeliveryLine(
        message=row.message,
        message_id=message_id(row),
        type=row.type,
        subject=row.subject,
        occurred_at=row.occurred_at,
        done_at=row.done_at,
        given_up_at=row.given_up_at,
        next_try_at=row.next_try_at,
        tries=tuple(
            TryLine(
                at=datetime.fromisoformat(one["at"]),
                status=one["status"],
                detail=one["detail"],
                milliseconds=one["ms"],
            )
            for one in reversed(row.log)
        ),
    )
