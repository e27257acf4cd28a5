from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from kernel.db import AuditTrail, BumpVersion, Guard, VersionedRow

EVERYTHING = "everything"


class HoldStands(Guard):
    """A hold is raised once and cleared once (BA012); what it says is never rewritten and never removed."""

    name = "hold_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.cleared_at IS NOT NULL
            OR (NEW.subject, NEW.effect, NEW.reason, NEW.source, NEW.policy, NEW.raised_by, NEW.raised_by_name)
            IS DISTINCT FROM
            (OLD.subject, OLD.effect, OLD.reason, OLD.source, OLD.policy, OLD.raised_by, OLD.raised_by_name) THEN
            RAISE EXCEPTION 'hold % can only be cleared, once', OLD.id USING ERRCODE = 'BA012';
        END IF;
        RETURN NEW;
    """


class Hold(VersionedRow):
    """Something that stands in the way of a subject ("party:7", "land_unit:3", "request:<uid>").

    `effect` is what it blocks (`EVERYTHING` blocks all); `source` the record it comes from ("court:<uid>"), which
    holds a subject for an effect at most once at a time.
    """

    subject = models.TextField()
    effect = models.TextField()
    reason = models.TextField()
    source = models.TextField()
    policy = models.TextField(default="")
    raised_by = models.BigIntegerField(null=True)
    raised_by_name = models.TextField(default="")
    cleared_at = models.DateTimeField(null=True)
    cleared_by = models.BigIntegerField(null=True)
    cleared_by_name = models.TextField(default="")
    cleared_reason = models.TextField(default="")

    class Meta(VersionedRow.Meta):
        triggers: ClassVar = [AuditTrail(), BumpVersion(), HoldStands()]
        constraints: ClassVar = [
            # Its first column also serves the look-up of what holds a subject now.
            models.UniqueConstraint(
                fields=["subject", "effect", "source"],
                condition=Q(cleared_at=None),
                name="holds_hold_once",
            ),
            models.CheckConstraint(
                condition=~Q(subject="") & ~Q(effect="") & ~Q(reason="") & ~Q(source=""),
                name="holds_hold_told",
            ),
            models.CheckConstraint(
                condition=Q(cleared_at=None)
                | (Q(cleared_at__gte=F("created_at")) & ~Q(cleared_reason="")),
                name="holds_hold_cleared_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.effect}"

    @property
    def is_cleared(self) -> bool:
        return self.cleared_at is not None
