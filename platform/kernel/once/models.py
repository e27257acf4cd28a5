from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone


class OnceClaim(models.Model):
    """One thing asked for under one key, and what came of it. Commits with the thing itself."""

    scope = models.TextField()
    key = models.TextField()
    fingerprint = models.TextField()
    result: Any = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "once_claim"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["scope", "key"], name="once_claim_key")
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
