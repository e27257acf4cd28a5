"""Work without a line: blocks of provisional numbers, and what was taken under them."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, Guard, LogRow, Row, append_only
from modules.frontdesk.constants import OfflineOutcome


class BlockStands(Guard):
    """A block begins behind the last one and keeps its numbers, its owner and its day (BA048).

    What was told about it (the highest number printed) only rises; a block that was given back stays given back.
    """

    name = "block_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("begun", "integer")]  # noqa: RUF012  pgtrigger reads it from the instance
    func = """
        IF TG_OP = 'INSERT' THEN
            PERFORM pg_advisory_xact_lock(hashtextextended('frontdesk.offline:' || TG_TABLE_SCHEMA, 0));
            EXECUTE format('SELECT COALESCE(max(last), 0) + 1 FROM %I.%I', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO begun;
            NEW.last := begun + (NEW.last - NEW.first);
            NEW.first := begun;
            NEW.printed_to := begun - 1;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR NEW.printed_to < OLD.printed_to OR OLD.returned_at IS NOT NULL
            OR (NEW.first, NEW.last, NEW.owner_id, NEW.desk, NEW.store, NEW.day)
                IS DISTINCT FROM (OLD.first, OLD.last, OLD.owner_id, OLD.desk, OLD.store, OLD.day)
        THEN
            RAISE EXCEPTION 'block %-% of provisional numbers stands', OLD.first, OLD.last USING ERRCODE = 'BA048';
        END IF;
        RETURN NEW;
    """


class TakingFits(Guard):
    """A provisional number comes out of the taker's own block (BA049); that it is used once says the constraint."""

    name = "taking_fits"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("fits", "boolean")]  # noqa: RUF012  pgtrigger reads it from the instance
    func = """
        IF NEW.block_id IS NULL THEN
            RETURN NEW;
        END IF;
        EXECUTE format('SELECT owner_id = $2 AND $3 BETWEEN first AND last FROM %I.frontdesk_offlineblock WHERE id = $1',
            TG_TABLE_SCHEMA) INTO fits USING NEW.block_id, NEW.taken_by_id, NEW.number;
        IF fits IS NOT TRUE THEN
            RAISE EXCEPTION 'number % is not of the taker''s block', NEW.number USING ERRCODE = 'BA049';
        END IF;
        RETURN NEW;
    """


class OfflineBlock(Row):
    """Provisional numbers reserved for one person on one computer on one day. Never official, never given twice."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner_name = models.CharField(max_length=160, default="")
    desk = models.CharField(max_length=12)
    store = models.UUIDField()
    day = models.DateField()
    first = models.PositiveIntegerField(default=1)
    last = models.PositiveIntegerField()
    printed_to = models.PositiveIntegerField(default=0)
    waiting = models.PositiveSmallIntegerField(default=0)
    heard_at = models.DateTimeField(default=timezone.now)
    returned_at = models.DateTimeField(null=True)

    class Meta(Row.Meta):
        verbose_name = _("block of provisional numbers")
        verbose_name_plural = _("blocks of provisional numbers")
        triggers: ClassVar = [AuditTrail(), BlockStands()]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="frontdesk_offline_apart",
                expressions=[
                    (
                        Func(
                            F("first"),
                            F("last"),
                            Value("[]"),
                            function="int4range",
                            output_field=IntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    )
                ],
            ),
            models.CheckConstraint(
                condition=Q(first__gt=0)
                & Q(last__gte=F("first"))
                & Q(printed_to__gte=F("first") - 1)
                & Q(printed_to__lte=F("last")),
                name="frontdesk_offline_block",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label(self.first)} … {self.label(self.last)}"

    def label(self, number: int) -> str:
        """As the provisional slip writes it: OFF-D7-0231."""
        return f"OFF-{self.desk}-{number:04d}"


class OfflineTaking(LogRow):
    """What became of one thing taken without a line. `uid` is the key that its form made when it was opened.

    `request_uid` is kept without a foreign key, for a draft may be discarded while what was taken stays told.
    `created_at` is when the server received it.
    """

    block = models.ForeignKey(
        OfflineBlock, null=True, on_delete=models.PROTECT, related_name="takings", db_index=False
    )
    number = models.PositiveIntegerField(null=True)
    provisional = models.CharField(max_length=40)
    service_code = models.CharField(max_length=20, default="", blank=True)
    taken_at = models.DateTimeField()
    clock_fits = models.BooleanField(default=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    taken_by_name = models.CharField(max_length=160, default="")
    outcome = models.CharField(max_length=8, choices=OfflineOutcome.choices)
    request_uid = models.UUIDField(null=True)
    reason = models.TextField(default="", blank=True)

    class Meta(LogRow.Meta):
        verbose_name = _("taken without a line")
        verbose_name_plural = _("taken without a line")
        triggers: ClassVar = [*append_only(), TakingFits()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="frontdesk_offline_number_once"),
            models.UniqueConstraint(fields=["request_uid"], name="frontdesk_offline_request_once"),
            models.CheckConstraint(
                condition=Q(outcome__in=OfflineOutcome.values)
                & Q(block__isnull=False, number__isnull=False)
                | Q(outcome__in=OfflineOutcome.values) & Q(block__isnull=True, number__isnull=True),
                name="frontdesk_offline_numbered",
            ),
            models.CheckConstraint(
                condition=Q(outcome=OfflineOutcome.VOID, request_uid__isnull=True) & ~Q(reason="")
                | ~Q(outcome=OfflineOutcome.VOID) & Q(request_uid__isnull=False),
                name="frontdesk_offline_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.provisional
