"""Batches of old dues."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from kernel.viewer import Viewer
from modules.finance.constants import BatchKind, BatchState, ChequeState
from modules.finance.errors import BatchUnknown
from modules.finance.models import Charge, Cheque, OpeningBatch


def batches(viewer: Viewer) -> QuerySet[OpeningBatch]:
    return OpeningBatch.objects.select_related("file", "errors_file", "changed_by").order_by("-id")


def batch_for(viewer: Viewer, uid: UUID) -> OpeningBatch:
    """The batch of that uid. Refuses `BatchUnknown`."""
    found = batches(viewer).filter(uid=uid).first()
    if found is None:
        raise BatchUnknown()
    return found


# What stands in the books, whole or in part.
UNDOABLE = (BatchState.COMMITTED, BatchState.LOADING)


def used_of(batch: OpeningBatch) -> int:
    """How many of its dues were paid or credited, or of its cheques moved, since: then it is not undone whole."""
    if batch.what == BatchKind.CHEQUES:
        cheques = Cheque.objects.filter(pk__in=batch.control.get("cheques", []))
        return cheques.exclude(state=ChequeState.IN_SAFE).count()
    return Charge.objects.filter(Q(paid__gt=0) | Q(credited__gt=0), batch=batch).count()


def remembered_columns(viewer: Viewer) -> dict[str, str]:
    """The old system's headings as they were typed with the last sheet that had its own."""
    last = batches(viewer).exclude(columns={}).values_list("columns", flat=True).first()
    return dict(last or {})


def visible_files(viewer: Viewer, file_ids: Collection[int]) -> set[int]:
    """Sheets of old dues and their error rows: for whoever may bring old dues in or see the books."""
    if not (viewer.may("finance.import_opening") or viewer.may("finance.read")):
        return set()
    ids = set(file_ids)
    rows = OpeningBatch.objects.filter(Q(file_id__in=ids) | Q(errors_file_id__in=ids)).values_list(
        "file_id", "errors_file_id"
    )
    return ids & {one for row in rows for one in row if one is not None}
