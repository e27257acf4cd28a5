"""What somebody has typed and not yet sent."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone


class Draft(models.Model):
    """A form in the writing, of one person, under the form's key. Not audited: it is nobody's record yet."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.TextField()
    payload: Any = models.JSONField()
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "frontend_draft"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="frontend_draft_of_a_form"),
        ]

    def __str__(self) -> str:
        return self.key
