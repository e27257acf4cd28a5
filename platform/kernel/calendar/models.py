from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import get_language

from kernel.db import Row


class Holiday(Row):
    """Days on which the municipality is closed, from the first to the last. Withdrawn, never deleted."""

    first_day = models.DateField()
    last_day = models.DateField()
    name_ar = models.TextField()
    name_en = models.TextField(default="", blank=True)
    declared_by = models.BigIntegerField(null=True)
    declared_by_name = models.TextField(default="")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_by_name = models.TextField(default="")
    withdrawn_reason = models.TextField(default="")

    class Meta(Row.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")), name="calendar_holiday_days"
            ),
            models.CheckConstraint(condition=~Q(name_ar=""), name="calendar_holiday_named"),
            ExclusionConstraint(
                name="calendar_holiday_once",
                expressions=[
                    (
                        Func(
                            F("first_day"),
                            F("last_day"),
                            Value("[]"),
                            function="daterange",
                            output_field=models.TextField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
                condition=Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.name_en if in_english and self.name_en else self.name_ar
