"""Bringing in old dues: template, upload, check, load, undo. Each long step is a job with its progress."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.files.services import store_file
from kernel.jobs.services import start_job
from modules.finance.constants import BatchKind, BatchState
from modules.finance.errors import BatchInUse
from modules.finance.forms.books import LoadForm, OpeningUploadForm
from modules.finance.forms.desk import ReasonForm
from modules.finance.models import OpeningBatch
from modules.finance.opening_papers import reconciliation_paper
from modules.finance.pages.tables import BatchTable
from modules.finance.selectors.opening import (
    UNDOABLE,
    batch_for,
    batches,
    remembered_columns,
    used_of,
)
from modules.finance.services.opening.loading import begin_loading
from modules.finance.services.opening.reconciling import reconciliation, sums_by_currency
from modules.finance.services.opening.sheet import SHEETS, read_sheet, template_sheet

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@page(permission="finance.import_opening", module="finance")
@require_GET
def opening_list(request: DeskRequest) -> HttpResponse:
    return list_page(
        request,
        table=BatchTable,
        queryset=batches(request.viewer),
        title=gettext_lazy("Old dues"),
        template="finance/opening_list.html",
    )


@page(permission="finance.import_opening", module="finance")
@require_GET
def opening_template(request: DeskRequest) -> HttpResponse:
    """The empty sheet, with this municipality's kinds of dues."""
    asked = request.GET.get("what", "")
    what = asked if asked in SHEETS else BatchKind.DUES.value
    response = HttpResponse(template_sheet(what), content_type=SHEET)
    name = "old-dues" if what == BatchKind.DUES else f"opening-{what}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@page(permission="finance.import_opening", module="finance")
@require_http_methods(["GET", "POST"])
def opening_new(request: DeskRequest) -> HttpResponse:
    """Upload a filled sheet; every row is checked by a job, nothing reaches the books yet."""
    form = OpeningUploadForm(
        request.POST or None,
        request.FILES or None,
        initial={"as_of": today().replace(month=1, day=1)},
        remembered=remembered_columns(request.viewer),
    )
    try:
        if request.method == "POST":
            with once_for(request, "finance.opening") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    upload = form.cleaned_data["file"]
                    read_sheet(upload.read(), form.columns(), form.cleaned_data["what"])
                    upload.seek(0)
                    stored = store_file(upload, upload.name, by=request.viewer)
                    job = start_job(
                        "finance.check_opening",
                        params={
                            "file": str(stored.uid),
                            "as_of": form.cleaned_data["as_of"].isoformat(),
                            "columns": form.columns(),
                            "what": form.cleaned_data["what"],
                        },
                        title=_("Check of %(name)s") % {"name": stored.name},
                        by=request.viewer,
                    )
                    return once.redirect(reverse("jobs:job", args=[job.uid]))
    except Refusal as refusal:
        form.add_refusal(refusal)
    return render(request, "finance/opening_new.html", {"form": form}, status=form.status)


@page(permission="finance.import_opening", module="finance")
@require_GET
def opening_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One batch: what it brings, what needs correcting, and what can be done with it."""
    return _batch(request, batch_for(request.viewer, uid))


def _batch(
    request: DeskRequest, batch: OpeningBatch, undo: ReasonForm | None = None
) -> HttpResponse:
    used = used_of(batch)
    if undo is None and batch.state in UNDOABLE and not used:
        undo = ReasonForm()
    return render(
        request,
        "finance/opening.html",
        {
            "batch": batch,
            "lines": (lines := reconciliation(batch)),
            "sums": sums_by_currency(lines),
            "load_form": LoadForm()
            if batch.state == BatchState.CHECKED and batch.rows_good
            else None,
            "undo_form": undo,
            "used": used if batch.state in UNDOABLE else 0,
        },
        status=undo.status if undo is not None else 200,
    )


@page(permission="finance.import_opening", module="finance")
@require_POST
def opening_load(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Load the batch into the books, by a job."""
    batch = batch_for(request.viewer, uid)
    with once_for(request, "finance.opening-load") as once:
        if once.replayed:
            return once.redirect()
        begin_loading(batch, only_good=bool(request.POST.get("only_good")), by=request.viewer)
        job = start_job("finance.load_opening", params={"batch": str(uid)}, by=request.viewer)
        return once.redirect(reverse("jobs:job", args=[job.uid]))


@page(permission="finance.import_opening", module="finance")
@require_POST
def opening_undo(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take the whole batch out again, by a job."""
    batch = batch_for(request.viewer, uid)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _batch(request, batch, form)
    if used := used_of(batch):
        form.add_refusal(BatchInUse(charges=used))
        return _batch(request, batch, form)
    with once_for(request, "finance.opening-undo") as once:
        if once.replayed:
            return once.redirect()
        job = start_job(
            "finance.undo_opening",
            params={"batch": str(batch.uid), "reason": form.cleaned_data["reason"]},
            by=request.viewer,
        )
        return once.redirect(reverse("jobs:job", args=[job.uid]))


@page(permission="finance.import_opening", module="finance")
@require_GET
def opening_reconciliation(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The reconciliation as a paper to sign."""
    batch = batch_for(request.viewer, uid)
    return HttpResponse(reconciliation_paper(batch), content_type="application/pdf")
