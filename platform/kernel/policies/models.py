"""The manual's titles, the dated values of its keys, and what was decided under them."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, BumpVersion, Guard, LogRow, Row, VersionedRow


class ArticleKind(models.TextChoices):
    ENFORCED = "enforced", _("Enforced by the system")
    ASSISTED = "assisted", _("Warned about by the system")
    PROCEDURAL = "procedural", _("Kept by people")


class ManualTitle(Row):
    """A title of the policies manual (دليل السياسات), by department. Keys refer to it by its code."""

    department = models.TextField()
    code = models.TextField()
    title_ar = models.TextField()
    title_en = models.TextField(default="")
    kind = models.TextField(choices=ArticleKind.choices, default=ArticleKind.PROCEDURAL)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(Row.Meta):
        db_table = "policies_manual_title"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="policies_manual_title_code"),
            models.CheckConstraint(
                condition=Q(kind__in=ArticleKind.values), name="policies_manual_title_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.title_en if in_english and self.title_en else self.title_ar


class ValueStands(Guard):
    """What was adopted stays as adopted (BA011): only its end and its withdrawal may be written later."""

    name = "value_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (NEW.key, NEW.scope, NEW.value, lower(NEW.valid_during), NEW.article, NEW.resolution)
            IS DISTINCT FROM (OLD.key, OLD.scope, OLD.value, lower(OLD.valid_during), OLD.article, OLD.resolution)
        THEN
            RAISE EXCEPTION 'policy value % was adopted and cannot be rewritten', OLD.key USING ERRCODE = 'BA011';
        END IF;
        RETURN NEW;
    """


class PolicyValue(VersionedRow):
    """What the municipality adopted for one key (and scope) over one span of days; two never overlap."""

    key = models.TextField()
    scope = models.TextField(default="")
    value: Any = models.JSONField()
    valid_during = DateRangeField()
    article = models.TextField(default="")
    resolution = models.TextField(default="")
    adopted_by = models.BigIntegerField(null=True)
    adopted_by_name = models.TextField(default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta(VersionedRow.Meta):
        db_table = "policies_value"
        triggers: ClassVar = [AuditTrail(), BumpVersion(), ValueStands()]
        constraints: ClassVar = [
            ExclusionConstraint(
                name="policies_value_no_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("valid_during", RangeOperators.OVERLAPS),
                ],
                condition=Q(withdrawn_at=None),
            ),
            models.CheckConstraint(
                condition=Q(valid_during__isempty=False, valid_during__lower_inf=False),
                name="policies_value_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.scope} {self.valid_during}"


class PolicySuspension(VersionedRow):
    """Days in which a policy is not applied, though it stays adopted (Hebron's three months of 2012)."""

    key = models.TextField()
    scope = models.TextField(default="")
    during = DateRangeField()
    reason = models.TextField()
    resolution = models.TextField(default="")
    suspended_by = models.BigIntegerField(null=True)
    suspended_by_name = models.TextField(default="")

    class Meta(VersionedRow.Meta):
        db_table = "policies_suspension"
        constraints: ClassVar = [
            ExclusionConstraint(
                name="policies_suspension_no_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    ("scope", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(during__lower_inf=False, during__upper_inf=False) & ~Q(reason=""),
                name="policies_suspension_window",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.scope} {self.during}"


class Decision(LogRow):
    """What was decided at an enforcement point, from what, under which values: enough to explain it years later.

    `inputs` is the snapshot that was judged; `answers` the policy values used, by id; `release` the fingerprint of
    all values and defaults in force, so that two decisions can be told to stand under the same manual.
    """

    point = models.TextField()
    subject = models.TextField()
    outcome = models.TextField()
    inputs: Any = models.JSONField(default=dict)
    answers: Any = models.JSONField(default=list)
    reasons: Any = models.JSONField(default=list)
    basis_date = models.DateField()
    release = models.TextField()
    decided_by = models.BigIntegerField(null=True)
    decided_by_name = models.TextField(default="")
    request_id = models.TextField(default="")

    class Meta(LogRow.Meta):
        db_table = "policies_decision"
        indexes: ClassVar = [
            models.Index(fields=["subject", "point"], name="policies_decision_subject"),
            models.Index(fields=["point", "basis_date"], name="policies_decision_point"),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.subject}: {self.outcome}"


class Override(LogRow):
    """Somebody with authority let a case pass against a decision, for a reason, until a day (policy GOV-05)."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="overrides")
    point = models.TextField()
    subject = models.TextField()
    authority = models.TextField()
    reason = models.TextField()
    expires_on = models.DateField()
    overridden_by = models.BigIntegerField(null=True)
    overridden_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        db_table = "policies_override"
        indexes: ClassVar = [
            models.Index(fields=["subject", "point"], name="policies_override_subject")
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(authority=""), name="policies_override_reasoned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.point} {self.subject} until {self.expires_on}"
