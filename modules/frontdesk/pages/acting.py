"""Acts on one step: take, complete, return, ask outside, assign, send back, decide, hand over."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from frontend.requests import wants_json
from kernel.errors import Refusal, Stale
from kernel.files.services import store_file
from kernel.identity.models import User
from kernel.organisation.selectors import staff_of, who_may_anywhere
from modules.frontdesk.constants import StepKind, StepState
from modules.frontdesk.forms import (
    AnswerForm,
    AnswersForm,
    AssignForm,
    DecisionForm,
    DeficiencyForm,
    ExternalForm,
    OptionalNoteForm,
    SendBackForm,
    StepForm,
)
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.pages.requests import act_page
from modules.frontdesk.pages.showing import STATE_KINDS, answer_rows, applicant_name
from modules.frontdesk.selectors.acting import actions_for
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.lonely import lonely_sections
from modules.frontdesk.selectors.presence import look_at
from modules.frontdesk.selectors.requests import (
    papers_of,
    pauses_of,
    request_for,
    step_for,
    steps_of,
)
from modules.frontdesk.services import (
    DeficiencyInput,
    assign_step,
    attach_paper,
    complete_step,
    decide_request,
    external_answered,
    return_to_citizen,
    send_back,
    take_step,
    wait_external,
)
from modules.frontdesk.services.papers import STEP_PHOTOS
from modules.frontdesk.services.steps import WORK

RECOMMENDING = (
    StepKind.LEGAL_CHECK,
    StepKind.TECHNICAL_CHECK,
    StepKind.EXTERNAL_OPINION,
    StepKind.COMMITTEE,
)
DEFICIENCY_LINES = 5


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def work(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Do a step: its form, photos of a visit, the fee, a recommendation and a note."""
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    if request.method != "POST":
        return _work_page(
            request, found, at, AnswersForm(at.plan.fields, answers=at.answers), _step_form(at)
        )
    answers_form, form = AnswersForm(at.plan.fields, request.POST), _step_form(at, request.POST)
    if form.is_valid():
        try:
            with once_for(request, f"frontdesk.step:{step}") as once:
                if once.replayed:
                    return once.redirect()
                complete_step(
                    uid,
                    step,
                    outcome=form.cleaned_data.get("outcome") or "done",
                    answers=answers_form.raw(),
                    text=form.cleaned_data["text"],
                    fees=form.fee_amounts(),
                    seen=_seen(request),
                    by=request.viewer,
                )
                messages.success(request, _("The step is done."))
                return once.redirect(reverse("frontdesk:request", args=[uid]))
        except Refusal as refusal:
            about_answers = any(
                name.startswith("answers.") for name in getattr(refusal, "errors", {})
            )
            answers_form.show(refusal) if about_answers else form.add_refusal(refusal)
            at = step_for(request.viewer, found, step)
            return _work_page(request, found, at, answers_form, form, refusal=refusal)
    return _work_page(request, found, at, answers_form, form, status=422)


@require_POST
@page(permission="frontdesk.work", module="frontdesk")
def take(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    take_step(uid, step, by=request.viewer)
    return redirect("frontdesk:step", uid=uid, step=step)


@require_POST
@page(permission="frontdesk.work", module="frontdesk")
def photos(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Photos of a site visit."""
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    try:
        for upload in request.FILES.getlist("photos"):
            stored = store_file(cast(BinaryIO, upload), upload.name or "", request.viewer)
            attach_paper(uid, requirement=STEP_PHOTOS, file=stored, step=at, by=request.viewer)
    except Refusal as refusal:
        if wants_json(request):
            return JsonResponse({"code": refusal.code, "sentence": str(refusal)}, status=422)
        messages.error(request, str(refusal))
    if wants_json(request):
        return JsonResponse({"ok": True})
    return redirect("frontdesk:step", uid=uid, step=step)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def return_page(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Return the request to the citizen with a list of what is wrong."""
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    data = request.POST if request.method == "POST" else None
    lines = [
        DeficiencyForm(data, prefix=f"line{n}", targets=_targets(found))
        for n in range(DEFICIENCY_LINES)
    ]
    form = OptionalNoteForm(data)
    # Every line is judged: one that is not understood is told, never left out.
    if data is not None and all(one.is_valid() for one in (form, *lines)):
        given = [DeficiencyInput(**one.cleaned_data) for one in lines if one.cleaned_data["kind"]]
        try:
            return_to_citizen(
                uid,
                step,
                deficiencies=given,
                text=form.cleaned_data["text"],
                seen=_seen(request),
                by=request.viewer,
            )
            messages.success(
                request, _("The request was returned to the citizen; the clock stands still.")
            )
            return redirect("frontdesk:request", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return act_page(
        request,
        found,
        form,
        title=_("Return to the citizen"),
        submit=_("Return"),
        step=at,
        lines=lines,
        status=422 if any(one.errors for one in (form, *lines)) else 0,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def external(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    form = ExternalForm(request.POST or None)
    return act_on_step(
        request, uid, step, form, title=_("Ask an outside body"), submit=_("The clock waits for their answer"),
        do=lambda data: wait_external(uid, step, seen=_seen(request), by=request.viewer, **data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def answered(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    form = AnswerForm(request.POST or None)
    return act_on_step(
        request, uid, step, form, title=_("The outside body answered"), submit=_("Record the answer"),
        do=lambda data: external_answered(uid, step, by=request.viewer, **data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.lead", module="frontdesk")
def assign(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    at = step_for(request.viewer, request_for(request.viewer, uid), step)
    people = {str(one.uid): one for one in staff_of(at.section)}
    lonely = lonely_sections(request.viewer, [at]) if not people else []
    if not people:
        people = {str(one.uid): one for one in who_may_anywhere(WORK)}
    form = AssignForm(
        request.POST or None, people=[(uid_, one.full_name) for uid_, one in people.items()]
    )

    def do(data: dict[str, Any]) -> None:
        to: User | None = people.get(data["to"])
        assign_step(uid, step, to=to, reason=data["reason"], by=request.viewer)

    return act_on_step(
        request,
        uid,
        step,
        form,
        title=_("Assign the step"),
        submit=_("Assign"),
        do=do,
        lonely=lonely,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.work", module="frontdesk")
def send_back_page(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    done = {
        one.code: one.title
        for one in steps_of(found)
        if one.state == StepState.DONE and one.stage < at.stage
    }
    form = SendBackForm(request.POST or None, steps=list(done.items()))
    return act_on_step(
        request, uid, step, form, title=_("Send back to an earlier step"), submit=_("Send back"),
        do=lambda data: send_back(uid, step, by=request.viewer, **data),
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.decide", module="frontdesk")
def decide(request: DeskRequest, uid: UUID, step: UUID) -> HttpResponse:
    """Approve or reject, with everything that the sections found beside it."""
    form = DecisionForm(request.POST or None)
    return act_on_step(
        request, uid, step, form, title=_("Decide"), submit=_("Decide"), once=True,
        do=lambda data: decide_request(uid, step, seen=_seen(request), by=request.viewer, **data),
    )  # fmt: skip


def act_on_step(
    request: DeskRequest,
    uid: UUID,
    step: UUID,
    form: Any,
    *,
    title: str,
    submit: str,
    do: Any,
    once: bool = False,
    **more: Any,
) -> HttpResponse:
    """Show an act's form; when it is sent and right, do it and go back to the request."""
    found = request_for(request.viewer, uid)
    at = step_for(request.viewer, found, step)
    if request.method == "POST" and form.is_valid():
        back = reverse("frontdesk:request", args=[uid])
        try:
            with once_for(request, f"frontdesk.act:{step}") as click:
                if click.replayed:
                    return click.redirect()
                do(dict(form.cleaned_data))
                messages.success(request, _("Done."))
                return click.redirect(back)
        except Refusal as refusal:
            form.add_refusal(refusal)
            more["refusal"] = refusal
            found = request_for(request.viewer, uid)
    steps = steps_of(found)
    findings = [
        {"step": one, "rows": answer_rows(one.plan.fields, one.answers)}
        for one in steps
        if one.is_done and one.kind != StepKind.FEE_COLLECTION
    ]
    status = 412 if isinstance(more.get("refusal"), Stale) else 0
    return act_page(
        request,
        found,
        form,
        title=title,
        submit=submit,
        step=at,
        findings=findings,
        status=status,
        **more,
    )


def _work_page(
    request: DeskRequest,
    found: Request,
    at: RequestStep,
    answers_form: AnswersForm,
    form: StepForm,
    *,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    steps, pauses = steps_of(found), pauses_of(found)
    mine = next(
        (
            one
            for one in actions_for(request.viewer, found, steps, pauses).steps
            if one.step.pk == at.pk
        ),
        None,
    )
    context = {
        "found": found,
        "design": found.design,
        "applicant": applicant_name(request.viewer, found),
        "state_kind": STATE_KINDS[found.state],
        "step": at,
        "mine": mine,
        "answers_form": answers_form,
        "form": form,
        "refusal": refusal,
        "answers": answer_rows(found.design.fields, found.answers),
        "papers": [
            one for one in papers_of(request.viewer, found) if one.step_id is None and one.file_id
        ],
        "photos": [one for one in papers_of(request.viewer, found) if one.step_id == at.pk],
        "draft_key": f"frontdesk.step:{at.uid}",
        "names": look_at(request.viewer, found),
    }
    if refusal is not None:
        status = 412 if isinstance(refusal, Stale) else 422
    return render(request, "frontdesk/step.html", context, status=status)


def _step_form(at: RequestStep, data: Any = None) -> StepForm:
    fees = [one for one in at.request.design.fees if one.assessed_by == at.code]
    return StepForm(data, recommends=at.kind in RECOMMENDING, fees=fees)


def _targets(found: Request) -> list[tuple[str, str]]:
    papers = [(one.code, paper_title(one.code)) for one in found.design_asked.papers]
    return papers + [(one.code, str(one.label)) for one in found.design.fields]


def _seen(request: DeskRequest) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None
