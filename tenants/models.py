"""The register: which municipalities there are, under which hosts, in which state. Nothing about a citizen.

Table names are qualified: no municipality's path contains `public`, and the register is read from the hub.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from kernel.db import uuid7


class Kind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Municipality")
    JOINT_COUNCIL = "joint_council", _("Joint services council")
    HUB = "hub", _("Hub")


class Stage(models.TextChoices):
    """The life of a municipality here; `provisioning` is never served."""

    PROVISIONING = "provisioning", _("Being made")
    ONBOARDING = "onboarding", _("Coming on board")
    TRAINING = "training", _("In training")
    LIVE = "live", _("Live")
    SUSPENDED = "suspended", _("Suspended")
    ARCHIVED = "archived", _("Archived")


SERVED = frozenset({Stage.ONBOARDING, Stage.TRAINING, Stage.LIVE})


class Municipality(TenantMixin):
    """One schema and who it belongs to. The municipality's own profile stands in its own schema."""

    auto_create_schema = False
    auto_drop_schema = False

    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    kind = models.TextField(choices=Kind.choices, default=Kind.MUNICIPALITY)
    stage = models.TextField(choices=Stage.choices, default=Stage.PROVISIONING)
    name_ar = models.TextField()
    name_en = models.TextField()
    governorate_ar = models.TextField(default="", blank=True)
    governorate_en = models.TextField(default="", blank=True)
    region = models.CharField(max_length=2, default="WB")
    is_demo = models.BooleanField(default=False)
    release = models.TextField(default="", blank=True)
    stage_since = models.DateTimeField(default=timezone.now)
    stage_reason = models.TextField(default="", blank=True)
    stage_before = models.TextField(choices=Stage.choices, default="", db_default="", blank=True)
    """In which stage it was served before it was suspended: to this it comes back."""
    delete_after = models.DateField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        db_table = '"public"."tenants_municipality"'
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(region__in=["WB", "GS"]), name="tenants_municipality_region"
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^[a-z][a-z0-9_]{1,47}$"),
                name="tenants_municipality_schema",
            ),
        ]

    def __str__(self) -> str:
        return self.name_ar


class Host(DomainMixin):
    """A host name under which a municipality is served."""

    tenant = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="domains")

    class Meta:
        db_table = '"public"."tenants_host"'

    def __str__(self) -> str:
        return str(self.domain)


class Release(models.Model):
    """The text of which every municipality of one release is made: taken once from the migrated template."""

    id = models.BigAutoField(primary_key=True)
    fingerprint = models.TextField()
    ddl = models.TextField()
    rows: Any = models.TextField(default="")
    tables = models.PositiveIntegerField()
    indexes = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = '"public"."tenants_release"'
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["fingerprint"], name="tenants_release_fingerprint")
        ]


class Figure(models.Model):
    """One indicator of one municipality on one day: a number with its provenance, nothing about a citizen.

    `value` is None when the municipality could not tell. Figures are replaced within the day, kept afterwards.
    """

    id = models.BigAutoField(primary_key=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="figures")
    code = models.TextField()
    unit = models.TextField(default="", blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=3, null=True)
    on = models.DateField()
    gathered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = '"public"."tenants_figure"'
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality", "code", "on"], name="tenants_figure_once_a_day"
            )
        ]


class RolloutState(models.TextChoices):
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")


class TurnState(models.TextChoices):
    """How far one municipality is in a release; `refused` was not touched, because its tables had drifted."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    REFUSED = "refused", _("Refused")


class Rollout(models.Model):
    """One release over the fleet: who asked, what is to be reached, and how it ended."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    target = models.TextField()
    steps: Any = models.JSONField(default=list)
    state = models.TextField(choices=RolloutState.choices, default=RolloutState.RUNNING)
    asked_by = models.TextField(default="", blank=True)
    note = models.TextField(default="", blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = '"public"."tenants_rollout"'

    def __str__(self) -> str:
        return f"{self.target[:12]} {self.state}"


class Turn(models.Model):
    """One municipality's turn in a release."""

    id = models.BigAutoField(primary_key=True)
    rollout = models.ForeignKey(Rollout, on_delete=models.CASCADE, related_name="turns")
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="turns")
    state = models.TextField(choices=TurnState.choices, default=TurnState.WAITING)
    is_canary = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    took_ms = models.PositiveIntegerField(null=True)
    error = models.TextField(default="", blank=True)
    brought: Any = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = '"public"."tenants_turn"'
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rollout", "municipality"], name="tenants_turn_once")
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} {self.state}"


class SupportAccess(models.Model):
    """An operator's visit to a municipality: asked for, approved there, over by itself. Kept for ever by both.

    `account` is the row of the visitor's account in the municipality's own table of staff.
    """

    id = models.BigAutoField(primary_key=True)
    municipality = models.ForeignKey(Municipality, on_delete=models.CASCADE, related_name="visits")
    asked_by = models.BigIntegerField()
    asked_by_name = models.TextField()
    reason = models.TextField()
    minutes = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.TextField(default="", blank=True)
    approved = models.BooleanField(null=True)
    ends_at = models.DateTimeField(null=True)
    entered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="", blank=True)
    account = models.BigIntegerField(null=True)

    class Meta:
        db_table = '"public"."tenants_support_access"'
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & models.Q(minutes__range=(5, 240)),
                name="tenants_support_reasoned",
            ),
            models.CheckConstraint(
                condition=models.Q(entered_at=None) | models.Q(approved=True),
                name="tenants_support_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_by_name} {self.asked_at:%Y-%m-%d}"

    @property
    def state(self) -> str:
        """asked, refused, open, or over."""
        if self.approved is None:
            return "asked" if self.ended_at is None else "over"
        if not self.approved:
            return "refused"
        over = self.ended_at is not None or (
            self.ends_at is not None and self.ends_at <= timezone.now()
        )
        return "over" if over else "open"
