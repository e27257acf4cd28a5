"""The archive's pages: the list, one record with its preview, filing by hand, taking over."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from frontend.files.views import PDF, SHOWN
from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.errors import Refusal
from kernel.files.services import store_file
from kernel.jobs.services import start_job
from kernel.parties.models import Party
from kernel.parties.selectors import party_for, party_with_id_number
from modules.archive.constants import FILE, MODULE_CODE, READ
from modules.archive.errors import AlreadyFiled, PersonUnknown
from modules.archive.forms import FilingForm
from modules.archive.pages.filters import RecordFilter
from modules.archive.pages.tables import RecordTable
from modules.archive.selectors import (
    beside,
    disposal_holds,
    kept_by_kernel,
    papers_kept,
    record_for,
    records,
    sections_of,
    type_title,
)
from modules.archive.services import file_by_hand

BESIDE = 20


@page(permission=READ, module=MODULE_CODE)
@require_GET
def record_list(request: DeskRequest) -> HttpResponse:
    """Everything filed that the viewer may see, newest first."""
    return list_page(
        request,
        table=RecordTable,
        queryset=records(request.viewer),
        filters=RecordFilter,
        title=_("Archive"),
        template="archive/list.html",
        context={
            "something_waits": request.viewer.may(FILE)
            and (kept_by_kernel().exists() or papers_kept().exists())
        },
    )


@page(permission=READ, module=MODULE_CODE)
@require_GET
def record_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One paper: what it is, its preview, who sees it, what else belongs to it."""
    record = record_for(request.viewer, uid)
    return render(
        request,
        "archive/record.html",
        {
            "record": record,
            "type": type_title(record.type_code),
            "file": record.file,
            "is_pdf": record.file.media_type == PDF,
            "is_shown": record.file.media_type in SHOWN,
            "sections": sections_of(record),
            "holds": disposal_holds(record),
            "beside": beside(request.viewer, record)[:BESIDE],
        },
    )


@page(permission=FILE, module=MODULE_CODE)
@require_http_methods(["GET", "POST"])
def record_new(request: DeskRequest) -> HttpResponse:
    """File a paper by hand: choose the file, say what it is and who sees it."""
    form = FilingForm(request.POST or None, request.FILES or None)
    try:
        if request.method == "POST":
            with once_for(request, "archive.record") as once:
                if once.replayed:
                    return once.redirect()
                if form.is_valid():
                    return once.redirect(reverse("archive:record", args=[_file(request, form)]))
    except Refusal as refusal:
        if isinstance(refusal, AlreadyFiled):
            form.offer_again()
        form.add_refusal(refusal)
    return render(request, "archive/new.html", {"form": form}, status=form.status)


@page(permission=FILE, module=MODULE_CODE)
@require_POST
def records_take_over(request: DeskRequest) -> HttpResponse:
    """File what the kernel kept while nobody filed, by a job."""
    with once_for(request, "archive.take_over") as once:
        if once.replayed:
            return once.redirect()
        job = start_job("archive.take_over", by=request.viewer)
        return once.redirect(reverse("jobs:job", args=[job.uid]))


def _file(request: DeskRequest, form: FilingForm) -> UUID:
    typed = form.cleaned_data
    party = _party(request, typed["party"]) if typed["party"] else None
    stored = store_file(typed["file"], typed["file"].name, by=request.viewer)
    record = file_by_hand(
        stored,
        title=typed["title"],
        type_code=typed["type_code"],
        party_id=party.pk if party else None,
        section_ids=[one.pk for one in typed["sections"]],
        is_confidential=typed["is_confidential"],
        dated_on=typed["dated_on"],
        again=typed["again"],
        by=request.viewer,
    )
    return record.uid


def _party(request: DeskRequest, chosen: UUID | str) -> Party:
    """Whom the field means: chosen from the list, or typed as a full ID number. Refuses `PersonUnknown`."""
    if isinstance(chosen, UUID):
        return party_for(request.viewer, chosen)
    found = party_with_id_number(request.viewer, chosen)
    if found is None:
        raise PersonUnknown()
    return found
