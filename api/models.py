"""Integrators' keys: opaque, kept as a hash, in the municipality's own schema (a key of one town opens no other)."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel.db import Row


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
