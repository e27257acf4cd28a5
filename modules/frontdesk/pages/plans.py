"""What is done about dues: the action taken, the plan that a blocked citizen signs, the notice of refusal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import AmountField, DateField, DeskForm, TextField
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.files.services import store_file
from kernel.printing.services import render_pdf
from modules.frontdesk.constants import STOPPABLE
from modules.frontdesk.models import ActionPlan, Request
from modules.frontdesk.pages.showing import requirement_choices
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import dues_gate
from modules.frontdesk.selectors.output import plan_paper, refusal_paper
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import draw_plan, drop_plan, sign_plan, take_action
from modules.frontdesk.services.plans import Instalment, plan_for

LINES = 6


class InstalmentForm(DeskForm):
    on = DateField(label=gettext_lazy("Due on"), required=False)
    amount = AmountField(label=gettext_lazy("Amount"), required=False)


class PlanForm(DeskForm):
    paper = forms.ChoiceField(label=gettext_lazy("Paper to bring"), required=False)
    paper_on = DateField(label=gettext_lazy("Brought by"), required=False)
    text = TextField(label=gettext_lazy("Note"), rows=2, max_length=1000, required=False)
    instalments = forms.CharField(required=False, widget=forms.HiddenInput)


class SignForm(DeskForm):
    signature = forms.FileField(label=gettext_lazy("Scan of the signed plan"))
    authority = TextField(label=gettext_lazy("On whose authority"), max_length=160)


@require_http_methods(["GET", "HEAD", "POST"])
@page(module="frontdesk")
def plan(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Draw up, print or drop the plan of a draft that dues stop."""
    found = request_for(request.viewer, uid)
    data = request.POST if request.method == "POST" else None
    lines = [InstalmentForm(data, prefix=f"line{n}") for n in range(LINES)]
    form = PlanForm(data)
    form.fields["paper"].choices = [("", "—"), *requirement_choices(found)[:-1]]  # type: ignore[attr-defined]
    if data is not None and form.is_valid() and all(one.is_valid() for one in lines):
        given = [one.cleaned_data for one in lines if one.cleaned_data.get("amount")]
        kept = form.cleaned_data
        papers = [(kept["paper"], kept["paper_on"])] if kept["paper"] and kept["paper_on"] else []
        try:
            draw_plan(
                uid,
                instalments=[Instalment(one["on"] or today(), one["amount"]) for one in given],
                papers=papers,
                text=kept["text"],
                by=request.viewer,
            )
            messages.success(request, _("Print the plan and let the citizen sign it."))
            return redirect("frontdesk:plan", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return _page(request, found, lines=lines, form=form, status=form.status)


@require_safe
@page(module="frontdesk")
def plan_print(request: DeskRequest, uid: UUID, plan: UUID) -> HttpResponse:
    found = request_for(request.viewer, uid)
    pdf = render_pdf("letter", plan_paper(found, plan_for(found, plan)))
    return HttpResponse(pdf, content_type="application/pdf")


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def plan_drop(request: DeskRequest, uid: UUID, plan: UUID) -> HttpResponse:
    drop_plan(uid, plan, by=request.viewer)
    return redirect("frontdesk:plan", uid=uid)


@require_POST
@page(permission="policies.override", module="frontdesk")
def plan_sign(request: DeskRequest, uid: UUID, plan: UUID) -> HttpResponse:
    """Accept the signed plan: the gate of dues opens until its last day."""
    found = request_for(request.viewer, uid)
    form = SignForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["signature"]
        try:
            signature = store_file(upload, upload.name, request.viewer)
            sign_plan(
                uid,
                plan,
                signature=signature,
                authority=form.cleaned_data["authority"],
                by=request.viewer,
            )
            messages.success(request, _("The plan is accepted; the gate of dues is open."))
            return redirect("frontdesk:check", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return _page(request, found, sign_form=form, status=422)


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def dues_action(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Keep what was done about the dues; a refusal is printed for the citizen."""
    found = request_for(request.viewer, uid)
    action, reason = request.POST.get("action", ""), request.POST.get("reason", "")
    try:
        kept = take_action(uid, action=action, reason=reason, by=request.viewer)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("frontdesk:check", uid=uid)
    if action == "refuse":
        article = next((one["article"] for one in kept.answers if one["article"]), "")
        pdf = render_pdf("letter", refusal_paper(found, reason=reason.strip(), article=article))
        return HttpResponse(pdf, content_type="application/pdf")
    messages.success(request, _("Kept: %(action)s.") % {"action": STOPPABLE.get(action, action)})
    return redirect("frontdesk:plan" if action == "plan" else "frontdesk:check", uid=uid)


def _page(request: DeskRequest, found: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    standing = ActionPlan.objects.filter(request=found, ended_at=None).first()
    context = {
        "found": found,
        "design": found.design,
        "gate": dues_gate(asked_of(found, on=today())),
        "standing": standing,
        "sign_form": SignForm(),
        **more,
    }
    return render(request, "frontdesk/plan.html", context, status=status)
