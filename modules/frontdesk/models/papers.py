"""Papers handed in with a request."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, Row
from modules.frontdesk.constants import PaperStatus
from modules.frontdesk.models.guards import PaperStands
from modules.frontdesk.models.requests import Request
from modules.frontdesk.models.route import RequestStep


class RequestPaper(Row):
    """One paper under one requirement: a stored file, a paper on file used again, or a waiver with its reason.

    `step` is the step that produced it (a visit's photos); empty for what the citizen brought.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="papers")
    step = models.ForeignKey(
        RequestStep,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="papers",
        db_index=False,
    )
    requirement = models.CharField(max_length=60)
    document_type = models.CharField(max_length=60)
    file = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(max_length=200, default="", blank=True)
    status = models.CharField(
        max_length=10, choices=PaperStatus.choices, default=PaperStatus.ATTACHED
    )
    is_confidential = models.BooleanField(default=False)
    reused_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    reason = models.TextField(default="", blank=True)
    filing_ref = models.CharField(max_length=40, default="", blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    added_by_name = models.CharField(max_length=160, default="", blank=True)

    class Meta(Row.Meta):
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        triggers: ClassVar = [AuditTrail(), PaperStands()]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(status__in=PaperStatus.values)
                & (
                    Q(status=PaperStatus.WAIVED, file__isnull=True) & ~Q(reason="")
                    | ~Q(status=PaperStatus.WAIVED) & Q(file__isnull=False)
                ),
                name="frontdesk_paper_choices",
            ),
            models.CheckConstraint(
                condition=~Q(status=PaperStatus.REJECTED) | ~Q(reason=""),
                name="frontdesk_paper_reasoned",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement}: {self.title}"

    @property
    def counts(self) -> bool:
        """Whether it fulfils its requirement."""
        return self.status in (PaperStatus.ATTACHED, PaperStatus.WAIVED)
