"""What a desk makes for itself (saved views, macros), committees' sessions, and the plan of a blocked citizen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, BumpVersion, Row, VersionedRow
from modules.frontdesk.constants import HALL_TOOLS, SessionState, ToolKind
from modules.frontdesk.models.guards import SessionStands


class DeskTool(Row):
    """A saved view of the inbox or a macro: of one person, or of a section (then of everybody there).

    Also the hall's: its categories in one row, a row for each counter, whose owner is who sits there now, and a row for
    each kind of appointment.
    """

    kind = models.CharField(max_length=8, choices=ToolKind.choices)
    name = models.CharField(_("name"), max_length=80)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    section = models.ForeignKey(
        "organisation.Section",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    definition: Any = models.JSONField(default=dict)

    class Meta(Row.Meta):
        verbose_name = _("tool of the desk")
        verbose_name_plural = _("tools of the desk")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=ToolKind.values)
                & ~Q(name="")
                & (Q(owner__isnull=False) | Q(section__isnull=False) | Q(kind__in=HALL_TOOLS)),
                name="frontdesk_tool_of_somebody",
            ),
            models.UniqueConstraint(
                fields=["kind", "owner", "section", "name"],
                name="frontdesk_tool_name",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["kind", "name"],
                name="frontdesk_hall_name",
                condition=Q(kind__in=HALL_TOOLS),
            ),
            models.UniqueConstraint(
                fields=["owner"],
                name="frontdesk_one_counter",
                condition=Q(kind=ToolKind.COUNTER),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CommitteeSession(VersionedRow):
    """A committee's session: its agenda of steps, who was there, what was decided on each, its minutes.

    `agenda` holds one item for each step: its uid, the request's number, who stood aside and why, the decision and
    its text. Once closed nothing of it is rewritten.
    """

    section = models.ForeignKey(
        "organisation.Section", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.CharField(max_length=40)
    held_on = models.DateField()
    place = models.CharField(max_length=160, default="", blank=True)
    state = models.CharField(
        max_length=8, choices=SessionState.choices, default=SessionState.PLANNED
    )
    quorum = models.PositiveSmallIntegerField()
    members: Any = models.JSONField(default=list)
    agenda: Any = models.JSONField(default=list)
    closed_at = models.DateTimeField(null=True)
    closed_by_name = models.CharField(max_length=160, default="", blank=True)
    minutes = models.ForeignKey(
        "printing.IssuedDocument",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    signed = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    signed_at = models.DateTimeField(null=True)

    class Meta(VersionedRow.Meta):
        verbose_name = _("committee's session")
        verbose_name_plural = _("committees' sessions")
        triggers: ClassVar = [AuditTrail(), BumpVersion(), SessionStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["section", "number"], name="frontdesk_session_number"),
            models.CheckConstraint(
                condition=Q(state__in=SessionState.values)
                & Q(quorum__gte=1)
                & (Q(state=SessionState.CLOSED) ^ Q(closed_at__isnull=True)),
                name="frontdesk_session_closed",
            ),
            models.CheckConstraint(
                condition=Q(signed__isnull=True, signed_at__isnull=True)
                | Q(signed__isnull=False, signed_at__isnull=False),
                name="frontdesk_session_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.held_on}"


class ActionPlan(Row):
    """What a blocked citizen signed: instalments of the dues and papers to bring, each with its day.

    While nothing of it is late it opens the gate of dues for the request; the signed scan is its proof.
    """

    request = models.ForeignKey(
        "frontdesk.Request", on_delete=models.PROTECT, related_name="plans", db_index=False
    )
    items: Any = models.JSONField()
    text = models.TextField(default="", blank=True)
    expires_on = models.DateField()
    made_by_name = models.CharField(max_length=160)
    signed_at = models.DateTimeField(null=True)
    signature = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True)

    class Meta(Row.Meta):
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["request"],
                name="frontdesk_plan_once",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(signature__isnull=False),
                name="frontdesk_plan_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.expires_on}"
