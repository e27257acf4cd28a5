"""Scanned papers behind the books, and who may open them: whoever may open what they stand behind."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q, QuerySet

from kernel.viewer import Viewer
from modules.finance.models import Attachment, Entry, Receipt, Spending


def papers_of_receipt(viewer: Viewer, receipt: Receipt) -> QuerySet[Attachment]:
    return _papers(Q(entry=receipt.entry_id))


def papers_of_spending(viewer: Viewer, spending: Spending) -> QuerySet[Attachment]:
    """Its own, and those that were put to its entries one by one."""
    return _papers(Q(spending=spending.pk) | Q(entry__steps__spending=spending.pk))


def papers_behind(viewer: Viewer, entry: Entry) -> QuerySet[Attachment]:
    """Where the way down from a report ends: papers of the entry, of what it reverses, and of the spending or the
    voided receipt that it belongs to."""
    entries = {entry.pk, entry.reverses_id} - {None}
    behind = Q(entry__in=entries) | Q(entry__receipt__void_entry=entry.pk)
    if viewer.may("finance.read_spending"):
        behind |= Q(spending__steps__entry__in=entries)
    return _papers(behind)


def _papers(which: Q) -> QuerySet[Attachment]:
    return Attachment.objects.filter(which).select_related("file__blob").order_by("id").distinct()


def visible_files(viewer: Viewer, file_ids: Collection[int]) -> set[int]:
    """Papers of receipts for who sees dues, of spendings for who sees spending, all others for who sees the books."""
    seen = Q(pk__in=[])
    if viewer.may("finance.read"):
        seen |= Q(entry__isnull=False)
    elif viewer.may("finance.read_dues"):
        seen |= Q(entry__receipt__isnull=False)
    if viewer.may("finance.read_spending"):
        seen |= Q(spending__isnull=False) | Q(entry__steps__spending__isnull=False)
    return set(Attachment.objects.filter(seen, file__in=file_ids).values_list("file_id", flat=True))
