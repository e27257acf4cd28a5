"""What happened to a request, and who took what came out of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, LogRow, Row
from modules.frontdesk.constants import Recipient, Verb
from modules.frontdesk.models.guards import HandOverStands
from modules.frontdesk.models.requests import Request
from modules.frontdesk.models.route import RequestStep


class TrailEntry(LogRow):
    """One movement of the request (حركة المعاملة): who, what, where, when, in whose name. Never rewritten."""

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="trail", db_index=False
    )
    step = models.ForeignKey(
        RequestStep, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    verb = models.CharField(max_length=20, choices=Verb.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    actor_name = models.CharField(max_length=160, default="")
    on_behalf_of = models.BigIntegerField(null=True)
    text = models.TextField(default="", blank=True)
    facts: Any = models.JSONField(default=dict)

    class Meta(LogRow.Meta):
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(verb__in=Verb.values), name="frontdesk_trail_verb"),
        ]
        indexes: ClassVar = [models.Index(fields=["request", "id"], name="frontdesk_trail_request")]

    def __str__(self) -> str:
        return f"{self.verb} {self.actor_name}"


class HandOver(Row):
    """Proof that the output was handed over: to whom, in which capacity, with which identity checked."""

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="hand_over")
    recipient = models.CharField(max_length=12, choices=Recipient.choices)
    recipient_name = models.CharField(max_length=160)
    recipient_id_number = models.CharField(max_length=20, default="", blank=True)
    signature = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    # By what a person who was sent may receive it: the number or the date of the written authorisation.
    authority = models.CharField(max_length=160, default="", blank=True)
    note = models.TextField(default="", blank=True)
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta(Row.Meta):
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        triggers: ClassVar = [AuditTrail(), HandOverStands()]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(recipient__in=Recipient.values) & ~Q(recipient_name=""),
                name="frontdesk_hand_over_named",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient_name} {self.handed_at:%Y-%m-%d}"
