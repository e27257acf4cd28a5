"""Integrators' keys: opaque, kept as a hash, in the municipality's own schema (a key of one town opens no other).

And their webhooks: where they want to be told, and what was delivered.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from kernel.db import AuditTrail, BumpVersion, Row, VersionedRow


class ApiKey(Row):
    """A key with which a programme acts as an account, narrowed to `scopes` ("frontdesk:read", "finance:write")."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="api_keys"
    )
    name = models.TextField()
    prefix = models.TextField()
    digest = models.TextField()
    scopes = ArrayField(models.TextField())
    expires_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta(Row.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["digest"], name="api_key_digest"),
            models.CheckConstraint(
                condition=models.Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_key_is_hashed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Webhook(VersionedRow):
    """An address of an integrator that is told of some types of events, as long as its key is good.

    Secrets are locked under the municipality's own key. After an exchange the former one signs too, until its time.
    """

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="webhooks")
    url = models.TextField()
    types = ArrayField(models.TextField())
    secret = models.TextField()
    former_secret = models.TextField(default="")
    former_until = models.DateTimeField(null=True)
    off_at = models.DateTimeField(null=True)
    off_because = models.TextField(default="")

    class Meta(VersionedRow.Meta):
        triggers: ClassVar = [AuditTrail(hidden=("secret", "former_secret")), BumpVersion()]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(url__regex=r"^https?://"), name="api_webhook_address"
            ),
            models.CheckConstraint(
                condition=models.Q(types__len__gt=0), name="api_webhook_told_of_something"
            ),
            models.CheckConstraint(
                condition=models.Q(off_at=None, off_because="")
                | (models.Q(off_at__isnull=False) & ~models.Q(off_because="")),
                name="api_webhook_off_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class WebhookDelivery(models.Model):
    """One message to one address: planned with its event, tried until it is taken or given up. Kept for a month.

    `tries` of `log` are what the pages show; nothing that the other side answered is kept but its status.
    """

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(
        Webhook, on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    message = models.UUIDField()
    type = models.TextField()
    subject = models.TextField()
    address = models.TextField()
    occurred_at = models.DateTimeField()
    next_try_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)
    log: Any = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            # Reads the log of one webhook, too: messages are named by time.
            models.UniqueConstraint(fields=["webhook", "message"], name="api_webhookdelivery_once"),
            models.CheckConstraint(
                condition=models.Q(done_at=None) | models.Q(given_up_at=None),
                name="api_webhookdelivery_one_end",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["webhook", "subject", "id"],
                name="api_webhookdelivery_open",
                condition=models.Q(done_at=None, given_up_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"
