"""What is done about dues: the action taken, the plan that a blocked citizen signs, the notice of refusal."""

from __future__ import annotations

from datetime import date
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
from kernel.errors import NotVisible, Refusal
from kernel.files.services import store_file
from kernel.money import money
from kernel.printing.services import render_pdf
from modules.frontdesk.constants import STOPPABLE
from modules.frontdesk.models import ActionPlan, Request
from modules.frontdesk.pages.showing import requirement_choices
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import dues_gate, paper_title
from modules.frontdesk.selectors.letters import plan_paper, refusal_paper
from modules.frontdesk.selectors.plans import refusal_of_dues
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services import draw_plan, drop_plan, sign_plan, take_action
from modules.frontdesk.services.plans import Instalment, plan_for

LINES = 6
PAPERS = 4


class InstalmentForm(DeskForm):
    on = DateField(label=gettext_lazy("Due on"), required=False)
    amount = AmountField(label=gettext_lazy("Amount"), required=False)


class PaperLineForm(DeskForm):
    """A paper to bring, with its day; both or neither."""

    paper = forms.ChoiceField(label=gettext_lazy("Paper to bring"), required=False)
    on = DateField(label=gettext_lazy("Brought by"), required=False)

    def __init__(self, *args: Any, known: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].choices = [("", "—"), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("paper") and not given.get("on") and "on" not in self.errors:
            self.add_error("on", _("By which day is it brought?"))
        if given.get("on") and not given.get("paper"):
            self.add_error("paper", _("Which paper is brought?"))
        return given


class PlanForm(DeskForm):
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
    known = requirement_choices(found)[:-1]
    lines = [InstalmentForm(data, prefix=f"line{n}") for n in range(LINES)]
    papers = [
        PaperLineForm(data, prefix=f"paper{n}", known=known) for n in range(min(PAPERS, len(known)))
    ]
    form = PlanForm(data)
    if data is not None and all(one.is_valid() for one in (form, *lines, *papers)):
        given = [one.cleaned_data for one in lines if one.cleaned_data.get("amount")]
        brought = [one.cleaned_data for one in papers if one.cleaned_data.get("paper")]
        try:
            draw_plan(
                uid,
                instalments=[Instalment(one["on"] or today(), one["amount"]) for one in given],
                papers=[(one["paper"], one["on"]) for one in brought],
                text=form.cleaned_data["text"],
                by=request.viewer,
            )
            messages.success(request, _("Print the plan and let the citizen sign it."))
            return redirect("frontdesk:plan", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    status = 422 if any(one.errors for one in (form, *lines, *papers)) else form.status
    return _page(request, found, lines=lines, papers=papers, form=form, status=status)


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


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.open", module="frontdesk")
def dues_action(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Keep what was done about the dues; the notice of a refusal, to print for the citizen."""
    found = request_for(request.viewer, uid)
    if request.method != "POST":
        kept = refusal_of_dues(request.viewer, found)
        if kept is None:
            raise NotVisible()
        article = next((one["article"] for one in kept.answers if one["article"]), "")
        letter = refusal_paper(
            found, reason=str(kept.reasons[0]), article=article, on=kept.basis_date
        )
        return HttpResponse(render_pdf("letter", letter), content_type="application/pdf")
    action, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        take_action(uid, action=action, reason=reason, by=request.viewer)
        messages.success(
            request, _("Kept: %(action)s.") % {"action": STOPPABLE.get(action, action)}
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("frontdesk:plan" if action == "plan" else "frontdesk:check", uid=uid)


def _page(request: DeskRequest, found: Request, *, status: int = 200, **more: Any) -> HttpResponse:
    standing = ActionPlan.objects.filter(request=found, ended_at=None).first()
    context = {
        "found": found,
        "design": found.design,
        "promised": [
            (paper_title(one["code"]), date.fromisoformat(one["on"]))
            for one in (standing.items["papers"] if standing else ())
        ],
        "instalments": [
            (money(one["amount"], one["currency"]), date.fromisoformat(one["on"]))
            for one in (standing.items["instalments"] if standing else ())
        ],
        "gate": dues_gate(asked_of(found, on=today())),
        "standing": standing,
        "sign_form": SignForm(),
        **more,
    }
    return render(request, "frontdesk/plan.html", context, status=status)
