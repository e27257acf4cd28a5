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
