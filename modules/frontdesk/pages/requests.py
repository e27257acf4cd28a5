"""The request page: what is asked and by whom, the form and the papers, the route at the side, where it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.files.services import store_file
from kernel.notifications.selectors import messages_about
from kernel.policies.selectors import decisions_on
from kernel.printing.services import render_pdf, reprint
from modules.frontdesk.constants import DeficiencyKind, GateCode, StepKind
from modules.frontdesk.errors import OutputNotIssued
from modules.frontdesk.forms import (
    AnswersForm,
    LetPassForm,
    NoteForm,
    PaperForm,
    ReasonForm,
    WaiveForm,
)
from modules.frontdesk.models import Deficiency, HandOver, Request, RequestStep
from modules.frontdesk.pages.showing import (
    STATE_KINDS,
    answer_rows,
    applicant_name,
    paper_rows,
    requirement_choices,
    shown_actor,
    substitute_choices,
    verdict_row,
)
from modules.frontdesk.selectors.acting import actions_for, undoable
from modules.frontdesk.selectors.citizen import asked_of_citizen
from modules.frontdesk.selectors.lonely import lonely_sections
from modules.frontdesk.selectors.missing import deficiency_words
from modules.frontdesk.selectors.objecting import objection_ends
from modules.frontdesk.selectors.output import slip_data
from modules.frontdesk.selectors.plans import stopped_printing
from modules.frontdesk.selectors.presence import look_at
from modules.frontdesk.selectors.refunds import money_back_words
from modules.frontdesk.selectors.requests import (
    knows_applicant,
    papers_of,
    pauses_of,
    request_for,
    steps_of,
    trail_of,
)
from modules.frontdesk.selectors.tools import macros_of
from modules.frontdesk.selectors.where import shown_steps, whereabouts
from modules.frontdesk.services import (
    add_note,
    attach_paper,
    issue_output,
    reject_paper,
    resubmit,
    waive_paper,
    withdraw_request,
)

MESSAGES_SHOWN = 6


@require_safe
@page(module="frontdesk")
def request_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The signature page."""
    found = request_for(request.viewer, uid)
    if found.is_draft:
        return redirect("frontdesk:draft", uid=uid)
    # Who else looks is said at once, not only when the page asks again.
    names = look_at(request.viewer, found)
    return render(request, "frontdesk/request.html", page_of(request, found, names=names))


def page_of(request: DeskRequest, found: Request, **more: Any) -> dict[str, Any]:
    """Everything that the page shows; forms that came back with errors are put in by `more`."""
    viewer = request.viewer
    steps, pauses = steps_of(found), pauses_of(found)
    papers = papers_of(viewer, found)
    wanted = request.GET.get("paper", "")
    shown = next((one for one in papers if str(one.uid) == wanted), None) or _first_with_file(
        papers
    )
    open_pause = next((one for one in pauses if one.is_open and one.kind == "citizen"), None)
    fees, trail = list(found.fees.order_by("id")), trail_of(found)
    kept = list(decisions_on(viewer, found.subject_ref).order_by("id"))
    missing = list(open_pause.deficiencies.all()) if open_pause else []
    questions = more.get("questions") or answers_again(found, missing)
    context: dict[str, Any] = {
        "found": found,
        "design": found.design,
        "state_kind": STATE_KINDS[found.state],
        "knows_applicant": knows_applicant(viewer, found),
        "applicant": applicant_name(viewer, found),
        "places": whereabouts(found, steps, pauses),
        "lonely": lonely_sections(viewer, steps) if found.is_open else [],
        "steps": shown_steps(steps, pauses),
        "answers": answer_rows(found.design.fields, found.answers),
        "findings": _findings(steps),
        "paper_rows": paper_rows(found, papers),
        "photos": [one for one in papers if one.step_id is not None],
        "shown_paper": shown,
        "fees": fees,
        "refundable": any(one.is_settled for one in fees),
        "pauses": pauses,
        "missing": [
            {
                "one": one,
                "words": deficiency_words(found, one),
                "field": questions[one.target] if one.target in questions.fields else None,
            }
            for one in missing
        ],
        "say_why": any(one.kind == DeficiencyKind.CLARIFICATION for one in missing),
        "missing_pause": open_pause,
        "trail": [(one, shown_actor(one.actor_name)) for one in reversed(trail)],
        "undoable": undoable(viewer, trail),
        "verdicts": [verdict_row(one) for one in kept],
        "stopped_printing": stopped_printing(found, kept, on=today()),
        "let_pass_form": LetPassForm(initial={"gate": GateCode.DUES}),
        "may_let_pass": viewer.may("policies.override") and found.opened_by_id != viewer.user_id,
        "messages_sent": list(messages_about(found.subject_ref)[:MESSAGES_SHOWN]),
        "hand_over": HandOver.objects.select_related("signature__blob")
        .filter(request=found)
        .first(),
        "actions": actions_for(viewer, found, steps, pauses),
        "note_form": NoteForm(),
        "paper_form": PaperForm(
            requirements=requirement_choices(found), substitutes=substitute_choices(found)
        ),
        "is_fresh": "fresh" in request.GET,
        "objection_until": objection_ends(found),
        "today": today(),
        "macros": macros_of(viewer) if viewer.may("frontdesk.work") else [],
    }
    return context | more


@require_safe
@page(module="frontdesk")
def slip(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The receipt slip as PDF: number, promised date, papers taken, QR for tracking."""
    found = request_for(request.viewer, uid)
    tracking = request.build_absolute_uri(reverse("frontdesk-citizen:track"))
    data = slip_data(
        found, clerk=request.viewer.name, tracking_url=f"{tracking}?number={found.number}"
    )
    pdf = render_pdf("slip", data)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = (
        f'inline; filename="slip-{(found.number or "").replace("/", "-")}.pdf"'
    )
    return response


@require_safe
@page(module="frontdesk")
def document(request: DeskRequest, uid: UUID) -> HttpResponseBase:
    """The issued document as it was printed."""
    found = request_for(request.viewer, uid)
    if found.document is None:
        raise OutputNotIssued()
    file = found.document.file
    return FileResponse(file.open(), content_type="application/pdf", filename=file.name)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="printing.reprint", module="frontdesk")
def copy(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A marked copy of the issued document, counted, with its reason."""
    found = request_for(request.viewer, uid)
    if found.document is None:
        raise OutputNotIssued()
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            pdf = reprint(found.document, by=request.viewer, reason=form.cleaned_data["reason"])
            return HttpResponse(pdf, content_type="application/pdf")
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(request, found, form, title=_("Print a copy"), submit=_("Print"))


@require_POST
@page(module="frontdesk")
def note(request: DeskRequest, uid: UUID) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid():
        add_note(uid, text=form.cleaned_data["text"], by=request.viewer)
        return redirect(reverse("frontdesk:request", args=[uid]) + "#trail")
    found = request_for(request.viewer, uid)
    return render(
        request,
        "frontdesk/request.html",
        page_of(request, found, note_form=form),
        status=form.status,
    )


@require_POST
@page(module="frontdesk")
def papers(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Add a paper to a request that runs."""
    found = request_for(request.viewer, uid)
    form = PaperForm(
        request.POST,
        request.FILES,
        requirements=requirement_choices(found),
        substitutes=substitute_choices(found),
    )
    if form.is_valid():
        data = form.cleaned_data
        try:
            with once_for(request, f"frontdesk.paper:{uid}") as once:
                if once.replayed:
                    return once.redirect()
                stored = store_file(
                    data["file"], data["file"].name, request.viewer, without_traces=True
                )
                attach_paper(
                    uid,
                    requirement=data["requirement"],
                    document_type=data["document_type"],
                    file=stored,
                    issued_on=data["issued_on"],
                    valid_until=data["valid_until"],
                    by=request.viewer,
                )
                return once.redirect(reverse("frontdesk:request", args=[uid]) + "#papers")
        except Refusal as refusal:
            form.add_refusal(refusal)
    return render(
        request, "frontdesk/request.html", page_of(request, found, paper_form=form), status=422
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def paper_reject(request: DeskRequest, uid: UUID, paper: UUID) -> HttpResponse:
    found = request_for(request.viewer, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reject_paper(uid, paper_uid=paper, reason=form.cleaned_data["reason"], by=request.viewer)
        return redirect(reverse("frontdesk:request", args=[uid]) + "#papers")
    return act_page(
        request, found, form, title=_("Do not accept the paper"), submit=_("Do not accept")
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.waive", module="frontdesk")
def waive(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Let the request go on without a paper."""
    found = request_for(request.viewer, uid)
    form = WaiveForm(request.POST or None, requirements=requirement_choices(found)[:-1])
    if request.method == "POST" and form.is_valid():
        try:
            waive_paper(uid, by=request.viewer, **form.cleaned_data)
            return redirect("frontdesk:draft" if found.is_draft else "frontdesk:request", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(request, found, form, title=_("Waive a paper"), submit=_("Waive"))


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def resubmit_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The citizen came back with what was missing: papers, answers, words."""
    found = request_for(request.viewer, uid)
    questions = answers_again(found, asked_of_citizen(found), request.POST)
    said = request.POST.get("said", "")
    try:
        resubmit(
            uid,
            mended=request.POST.getlist("mended"),
            answers=questions.raw(),
            text=said,
            by=request.viewer,
        )
        messages.success(request, _("The request is complete; the clock goes on."))
        return redirect("frontdesk:request", uid=uid)
    except Refusal as refusal:
        if questions.fields:
            questions.show(refusal)
        typed = {
            "questions": questions,
            "said": said,
            "ticked": request.POST.getlist("mended"),
            "not_mended": str(refusal),
        }
        context = page_of(request, found, **typed)
    return render(request, "frontdesk/request.html", context, status=409)


def answers_again(found: Request, missing: Sequence[Deficiency], data: Any = None) -> AnswersForm:
    """The questions whose answers were returned, as they were answered or as they are typed now."""
    codes = {
        one.target
        for one in missing
        if one.kind == DeficiencyKind.WRONG_ANSWER and one.resolved_at is None
    }
    return AnswersForm(found.design.fields, data, answers=found.answers, asked=codes)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.withdraw", module="frontdesk")
def withdraw(request: DeskRequest, uid: UUID) -> HttpResponse:
    found = request_for(request.viewer, uid)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_request(uid, reason=form.cleaned_data["reason"], by=request.viewer)
            messages.success(request, _("The request was withdrawn."))
            return redirect("frontdesk:request", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(
        request,
        found,
        form,
        title=_("Withdraw the request"),
        submit=_("Withdraw"),
        danger=True,
        told=money_back_words(found),
    )


@require_POST
@page(permission="frontdesk.issue", module="frontdesk")
def issue(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Print the document, once."""
    with once_for(request, f"frontdesk.issue:{uid}") as once:
        if once.replayed:
            return once.redirect()
        issued = issue_output(uid, by=request.viewer)
        if issued.document is None:
            messages.error(request, issued.gate.sentence if issued.gate else "")
        else:
            messages.success(
                request,
                _("The document was issued under number %(number)s.")
                % {"number": issued.document.number},
            )
        return once.redirect(reverse("frontdesk:request", args=[uid]))


def act_page(
    request: DeskRequest,
    found: Request,
    form: Any,
    *,
    title: str,
    submit: str,
    status: int = 0,
    template: str = "frontdesk/act.html",
    **more: Any,
) -> HttpResponse:
    """One act on a request: its form, with the request told beside it."""
    context = {
        "found": found,
        "design": found.design,
        "applicant": applicant_name(request.viewer, found),
        "state_kind": STATE_KINDS[found.state],
        "form": form,
        "title": title,
        "submit": submit,
        "answers": answer_rows(found.design.fields, found.answers),
        **more,
    }
    return render(request, template, context, status=status or form.status)


def _first_with_file(papers: list[Any]) -> Any:
    return next((one for one in papers if one.file_id is not None), None)


def _findings(steps: list[RequestStep]) -> list[dict[str, Any]]:
    """What each section found and recommended, in order."""
    found = []
    for step in steps:
        if not step.is_done or step.kind == StepKind.FEE_COLLECTION:
            continue
        rows = answer_rows(step.plan.fields, step.answers)
        if rows or step.note:
            found.append({"step": step, "rows": rows})
    return found
