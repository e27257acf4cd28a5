"""The route of a request: its steps, the pauses of its clock, and what the citizen still has to bring."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, BumpVersion, Row, VersionedRow
from modules.frontdesk.constants import DeficiencyKind, PauseKind, StepKind, StepOutcome, StepState
from modules.frontdesk.definitions import Field, Step, Words
from modules.frontdesk.models.guards import PauseEndsOnce, StepDoneOnce
from modules.frontdesk.models.requests import Request

ADDED = "asked_"
OPINION = Field("opinion", "longtext", Words("الرأي", "Opinion"), required=True)


class RequestStep(VersionedRow):
    """One step of a request's route, planned at submission so that every section on the route is known at once."""

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    code = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField(default=1)
    stage = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=StepKind.choices)
    section = models.ForeignKey(
        "organisation.Section", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    role = models.CharField(max_length=60, default="", blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    taken_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.PLANNED)
    opened_at = models.DateTimeField(null=True)
    opened_on = models.DateField(null=True)
    days_allowed = models.PositiveSmallIntegerField(default=0)
    due_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    done_by_name = models.CharField(max_length=160, default="", blank=True)
    days_used = models.SmallIntegerField(null=True)
    outcome = models.CharField(max_length=12, choices=StepOutcome.choices, default="", blank=True)
    answers: Any = models.JSONField(default=dict)
    note = models.TextField(default="", blank=True)

    class Meta(VersionedRow.Meta):
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        triggers: ClassVar = [AuditTrail(), BumpVersion(), StepDoneOnce()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "code", "round"], name="frontdesk_step_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=StepState.values) & Q(kind__in=StepKind.values),
                name="frontdesk_step_choices",
            ),
            models.CheckConstraint(
                condition=Q(state=StepState.PLANNED, opened_at__isnull=True, done_at__isnull=True)
                | Q(
                    state=StepState.OPEN,
                    opened_at__isnull=False,
                    opened_on__isnull=False,
                    done_at__isnull=True,
                )
                | Q(
                    state=StepState.DONE,
                    opened_at__isnull=False,
                    done_at__isnull=False,
                    days_used__isnull=False,
                )
                | Q(state=StepState.SKIPPED, done_at__isnull=True),
                name="frontdesk_step_times",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["section", "-request"], name="frontdesk_step_section"),
            models.Index(
                fields=["section", "due_on"],
                name="frontdesk_step_open",
                condition=Q(state=StepState.OPEN),
            ),
            models.Index(
                fields=["assignee", "due_on"],
                name="frontdesk_step_mine",
                condition=Q(state=StepState.OPEN, assignee__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state == StepState.OPEN

    @property
    def is_done(self) -> bool:
        return self.state == StepState.DONE

    @property
    def plan(self) -> Step:
        """The step as the service's version describes it. Needs the request with its version at hand.

        A step that a section added on the way is no step of the version: it asks one opinion.
        """
        if self.code.startswith(ADDED):
            return Step(
                code=self.code,
                title=Words(f"رأي {self.section.name_ar}", f"Opinion of {self.section.name_en}"),
                kind=StepKind.TECHNICAL_CHECK,
                section=self.section.code,
                days=self.days_allowed,
                fields=(OPINION,),
            )
        return self.request.design.step(self.code)

    @property
    def is_added(self) -> bool:
        """Whether a section asked for it on the way, beside the version's route."""
        return self.code.startswith(ADDED)

    @property
    def title(self) -> str:
        return str(self.plan.title)


class Pause(Row):
    """A stretch of days that is not the municipality's: it waits for the citizen or for an outside body."""

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="pauses")
    step = models.ForeignKey(
        RequestStep, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=10, choices=PauseKind.choices)
    body = models.CharField(_("outside body"), max_length=160, default="", blank=True)
    reason = models.TextField(default="", blank=True)
    started_at = models.DateTimeField()
    started_on = models.DateField()
    started_by_name = models.CharField(max_length=160, default="", blank=True)
    ended_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    answer = models.TextField(default="", blank=True)

    class Meta(Row.Meta):
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        triggers: ClassVar = [AuditTrail(), PauseEndsOnce()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request", "kind"],
                name="frontdesk_pause_request",
                condition=Q(kind__in=[PauseKind.CITIZEN, PauseKind.PAYMENT], ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["step"],
                name="frontdesk_pause_external",
                condition=Q(kind=PauseKind.EXTERNAL, ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PauseKind.values)
                & (
                    Q(ended_at__isnull=True, ended_on__isnull=True)
                    | Q(ended_at__isnull=False, ended_on__isnull=False)
                ),
                name="frontdesk_pause_choices",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_on}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Deficiency(Row):
    """One thing the citizen must mend before the clock goes on; `target` is a paper's or an answer's code."""

    pause = models.ForeignKey(Pause, on_delete=models.PROTECT, related_name="deficiencies")
    kind = models.CharField(max_length=20, choices=DeficiencyKind.choices)
    target = models.CharField(max_length=60, default="", blank=True)
    note = models.TextField(default="", blank=True)
    resolved_at = models.DateTimeField(null=True)
    resolved_by_name = models.CharField(max_length=160, default="", blank=True)

    class Meta(Row.Meta):
        verbose_name = _("deficiency")
        verbose_name_plural = _("deficiencies")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=DeficiencyKind.values) & (~Q(target="") | ~Q(note="")),
                name="frontdesk_deficiency_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target}"
