"""Counters and the numbers that were taken and then struck out."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q

from kernel.db import Guard, LogRow

NO_YEAR = 0


class CountsUpwards(Guard):
    """A counter rises by one and is never lowered, moved or removed (BA010): a number once given stays given."""

    name = "counts_upwards"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR NEW.last <> OLD.last + 1
            OR (NEW.series, NEW.year, NEW.book) IS DISTINCT FROM (OLD.series, OLD.year, OLD.book) THEN
            RAISE EXCEPTION 'counter %/%/% only counts upwards', OLD.series, OLD.year, OLD.book
                USING ERRCODE = 'BA010';
        END IF;
        RETURN NEW;
    """


class Counter(models.Model):
    """The last number of one series, year and book; year 0 for a series that never starts again.

    Not audited: the numbered record is, and a trail row for each number would double the hottest write.
    """

    series = models.TextField()
    year = models.PositiveSmallIntegerField()
    book = models.TextField(default="")
    last = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "year", "book"], name="numbering_counter_key"
            ),
            models.CheckConstraint(condition=Q(last__gte=1), name="numbering_counter_started"),
        ]
        triggers: ClassVar = [CountsUpwards()]

    def __str__(self) -> str:
        return f"{self.series} {self.year} {self.book} {self.last}"


class Void(LogRow):
    """A number that was taken and carries nothing: who struck it out, and why. It stays in the report."""

    series = models.TextField()
    year = models.PositiveSmallIntegerField()
    book = models.TextField(default="")
    number = models.PositiveIntegerField()
    reason = models.TextField()
    voided_by = models.BigIntegerField(null=True)
    voided_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["series", "year", "book", "number"], name="numbering_void_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="numbering_void_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.year} {self.book} {self.number}"
