"""What the hub knows of keys, copies and moves. Nothing about a citizen; table names are qualified like the register's."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Key(models.Model):
    """The public half of a municipality's key. The private half was given to it once and is kept nowhere here."""

    id = models.BigAutoField(primary_key=True)
    municipality = models.OneToOneField(
        "tenants.Municipality", on_delete=models.CASCADE, related_name="export_key"
    )
    public = models.TextField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = '"public"."portability_key"'
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(public__regex=r"^age1[a-z0-9]{20,}$"), name="portability_key_is_age"
            )
        ]

    def __str__(self) -> str:
        return self.public


class Purpose(models.TextChoices):
    BACKUP = "backup", _("Backup")
    EXPORT = "export", _("Export")
    MOVE = "move", _("Move")


class Copy(models.Model):
    """One copy of a municipality that was made, where it lies, and when it was last proved by restoring it.

    `schema` stays when the municipality is gone: the list of what was given away outlives it.
    """

    id = models.BigAutoField(primary_key=True)
    municipality = models.ForeignKey(
        "tenants.Municipality", on_delete=models.SET_NULL, null=True, related_name="copies"
    )
    schema = models.TextField()
    purpose = models.TextField(choices=Purpose.choices)
    place = models.TextField()
    sha256 = models.TextField(default="")
    size = models.PositiveBigIntegerField()
    rows = models.PositiveBigIntegerField()
    files = models.PositiveBigIntegerField()
    missing_files = models.PositiveBigIntegerField(default=0)
    release = models.TextField()
    made_at = models.DateTimeField()
    made_in_ms = models.PositiveBigIntegerField()
    proved_at = models.DateTimeField(null=True)
    proved_in_ms = models.PositiveBigIntegerField(null=True)
    fault = models.TextField(default="")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = '"public"."portability_copy"'
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(purpose__in=Purpose.values), name="portability_copy_purpose"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["schema", "-made_at"], name="portability_copy_newest")
        ]

    def __str__(self) -> str:
        return f"{self.schema} {self.made_at:%Y-%m-%dT%H:%M}"


class Passage(models.Model):
    """A move on its way: written before the municipality is closed here, ended when it is open there or again here.

    While one is open the municipality cannot be resumed here: the same command decides where it lives.
    """

    id = models.BigAutoField(primary_key=True)
    municipality = models.ForeignKey(
        "tenants.Municipality", on_delete=models.CASCADE, related_name="passages"
    )
    to = models.TextField()
    stage = models.TextField()
    began_at = models.DateTimeField(default=timezone.now)
    arrived_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        db_table = '"public"."portability_passage"'
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["municipality"],
                condition=Q(arrived_at=None, given_up_at=None),
                name="portability_passage_one_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.to
