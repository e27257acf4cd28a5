"""Which tables belong where: the register in `public`, everything else in a municipality."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from kernel.tenancy import SHARED, current_schema


class SchemaRouter:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        labels = settings.SHARED_LABELS if current_schema() == SHARED else settings.TENANT_LABELS
        return app_label in labels
