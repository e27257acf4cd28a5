"""Batches of old dues."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.viewer import Viewer
from modules.finance.errors import BatchUnknown
from modules.finance.models import OpeningBatch
from modules.finance.models.books import in_readers_language
from modules.finance.selectors.books import kinds_snapshot


@dataclass(frozen=True)
class BatchTotal:
    kind: str
    currency: str
    amount: str


def batches(viewer: Viewer) -> QuerySet[OpeningBatch]:
    return OpeningBatch.objects.select_related("file", "errors_file", "changed_by").order_by("-id")


def batch_for(viewer: Viewer, uid: UUID) -> OpeningBatch:
    """The batch of that uid. Refuses `BatchUnknown`."""
    found = batches(viewer).filter(uid=uid).first()
    if found is None:
        raise BatchUnknown()
    return found


def totals_of(batch: OpeningBatch) -> list[BatchTotal]:
    """What the batch brings, by kind of due and currency."""
    kinds = kinds_snapshot.get()
    return [
        BatchTotal(
            in_readers_language(kinds[code].title_ar, kinds[code].title_en)
            if code in kinds
            else code,
            currency,
            amount,
        )
        for code, of_kind in batch.totals.items()
        for currency, amount in of_kind.items()
    ]


def visible_files(viewer: Viewer, file_ids: Collection[int]) -> set[int]:
    """Sheets of old dues and their error rows: for whoever may bring old dues in or see the books."""
    if not (viewer.may("finance.import_opening") or viewer.may("finance.read")):
        return set()
    ids = set(file_ids)
    rows = OpeningBatch.objects.filter(Q(file_id__in=ids) | Q(errors_file_id__in=ids)).values_list(
        "file_id", "errors_file_id"
    )
    return ids & {one for row in rows for one in row if one is not None}
