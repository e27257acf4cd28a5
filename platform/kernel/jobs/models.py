from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.db import VersionedRow


class Status(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


OPEN = (Status.WAITING, Status.RUNNING)


class Job(VersionedRow):
    """A piece of long work that somebody asked for. Its pulse is kept apart, so that progress costs nothing."""

    kind = models.TextField()
    title = models.TextField()
    status = models.TextField(choices=Status.choices, default=Status.WAITING)
    params: Any = models.JSONField(default=dict)
    requested_by = models.BigIntegerField(null=True)
    requested_by_name = models.TextField(default="")
    attempt = models.PositiveSmallIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)
    result_file = models.UUIDField(null=True)
    result_text = models.TextField(default="")
    error = models.TextField(default="")

    class Meta(VersionedRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="jobs_job_status"),
            models.CheckConstraint(
                condition=Q(status__in=OPEN, finished_at=None)
                | (~Q(status__in=OPEN) & ~Q(finished_at=None)),
                name="jobs_job_finished",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["status"], condition=Q(status__in=OPEN), name="jobs_job_open"),
            models.Index(fields=["requested_by", "-id"], name="jobs_job_asker"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN


class Pulse(models.Model):
    """How far a job is, where to go on, and the last sign of life of the run that holds it.

    Not audited, and one row that is overwritten: a hundred progress marks leave no trail and little dust.
    `attempt` fences: a run that lost its job to a later one can write nothing more.
    """

    job = models.OneToOneField(
        Job, on_delete=models.PROTECT, primary_key=True, related_name="pulse"
    )
    attempt = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    place: Any = models.JSONField(default=dict)
    beat_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(total=0) | Q(done__lte=F("total")), name="jobs_pulse_done"
            )
        ]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"

    @property
    def percent(self) -> int | None:
        """Whole percent, or None while nobody knows how much there is."""
        return self.done * 100 // self.total if self.total else None
