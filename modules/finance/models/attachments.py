"""Scanned papers behind the books: an invoice, a decision, a signed voucher."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import LogRow
from modules.finance.models.books import Entry
from modules.finance.models.spending import Spending


class Attachment(LogRow):
    """A file behind an entry (a receipt's own entry, a voucher) or behind a spending. Added, never taken away."""

    entry = models.ForeignKey(
        Entry, null=True, on_delete=models.PROTECT, related_name="attachments", db_index=False
    )
    spending = models.ForeignKey(
        Spending, null=True, on_delete=models.PROTECT, related_name="attachments", db_index=False
    )
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    title = models.TextField(_("What it is"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    added_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(entry__isnull=False, spending__isnull=True)
                | Q(entry__isnull=True, spending__isnull=False),
                name="finance_attachment_of_one",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="finance_attachment_titled"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["entry"], condition=Q(entry__isnull=False), name="finance_attachment_entry"
            ),
            models.Index(
                fields=["spending"],
                condition=Q(spending__isnull=False),
                name="finance_attachment_spending",
            ),
        ]

    def __str__(self) -> str:
        return self.title
