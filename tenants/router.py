"""Which tables belong where, and which rows may meet: the register in `public`, everything else in a municipality."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from kernel.tenancy import SHARED, WrongTenant, current_schema
from tenants import stamps


class SchemaRouter:
    """Django asks before each relation that is followed or made; rows of two municipalities never meet."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        labels = settings.SHARED_LABELS if current_schema() == SHARED else settings.TENANT_LABELS
        return app_label in labels

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool | None:
        towns = {stamps.town_of(one), stamps.town_of(other)} - {None}
        if len(towns) > 1 and stamps.SWITCHED_ON:
            raise WrongTenant(f"a row of {towns.pop()} cannot point at one of {towns.pop()}")
        return None

    def db_for_read(self, model: type[models.Model], **hints: Any) -> None:
        """No choice of a database: the check of whoever asks for his relations."""
        row = hints.get("instance")
        if isinstance(row, models.Model):
            stamps.refuse_foreign_row(row)

    db_for_write = db_for_read
