from __future__ import annotations

from typing import ClassVar

from django.db import models

from kernel.db import VersionedRow


class ModuleSwitch(VersionedRow):
    """One installed module in this municipality: on or off. Who switched it, and when, is in the trail."""

    code = models.TextField()
    is_on = models.BooleanField()

    class Meta(VersionedRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="activation_switch_code")
        ]
