"""Columns that every table of the books spells the same way."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from kernel.db import append_only

ZERO = 0


def amount(**options: Any) -> models.DecimalField[Any, Any]:
    """An amount in the row's currency: three decimals, because the dinar has a thousand fils."""
    return models.DecimalField(max_digits=18, decimal_places=3, **options)


def rate(**options: Any) -> models.DecimalField[Any, Any]:
    """Base currency units for one unit of the row's currency."""
    return models.DecimalField(max_digits=18, decimal_places=8, **options)


def currency(**options: Any) -> models.CharField[Any, Any]:
    return models.CharField(max_length=3, **options)


class Fact(models.Model):
    """A detail row of something posted: written once, no public id of its own, never changed (BA002)."""

    id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True
        triggers: ClassVar = append_only()
