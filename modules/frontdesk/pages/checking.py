"""Check your answers: what was entered, what will stop it, who may let it pass; then submit, once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.terms import term
from modules.frontdesk.constants import BLOCKING_OUTCOMES, GateCode
from modules.frontdesk.forms import LetPassForm
from modules.frontdesk.models import Request
from modules.frontdesk.pages.intake import shown_gates
from modules.frontdesk.pages.newcomers import heirs_offered
from modules.frontdesk.pages.requests import page_of
from modules.frontdesk.pages.showing import answer_rows
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import gates_of, may_let_pass, paper_title, with_overrides
from modules.frontdesk.selectors.plans import refusal_of_dues
from modules.frontdesk.selectors.requests import papers_of, request_for
from modules.frontdesk.services import ask_to_let_pass, let_pass, submit_request


@require_http_methods(["GET", "HEAD", "POST"])
@page(module="frontdesk")
def check(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Check your answers; what will stop the request; then submit, once."""
    found = request_for(request.viewer, uid)
    if not found.is_draft:
        return redirect("frontdesk:request", uid=uid)
    if request.method == "POST":
        with once_for(request, f"frontdesk.submit:{uid}") as once:
            if once.replayed:
                return once.redirect()
            done = submit_request(uid, seen=_seen(request), by=request.viewer)
            if done.accepted:
                messages.success(
                    request,
                    _("The request was submitted under number %(number)s.")
                    % {"number": done.request.number},
                )
                return once.redirect(reverse("frontdesk:request", args=[uid]) + "?fresh")
        return _check_page(
            request, request_for(request.viewer, uid), list(done.gates), stopped=True, status=409
        )
    asked = asked_of(found, on=today())
    gates = with_overrides(gates_of(asked), subject=found.subject_ref, on=asked.on)
    return _check_page(request, found, gates)


@require_POST
@page(permission="policies.override", module="frontdesk")
def let_pass_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Let what a gate stopped pass, with authority and reason: a draft at the desk, a paper at its printing."""
    found = request_for(request.viewer, uid)
    form = LetPassForm(request.POST)
    if form.is_valid():
        try:
            opened = let_pass(uid, by=request.viewer, **form.cleaned_data)
            messages.success(
                request,
                _("The gate is open for this request until %(day)s.")
                % {"day": f"{opened.expires_on:%d/%m/%Y}"},
            )
            return redirect("frontdesk:check", uid=uid)
        except Refusal as refusal:
            form.add_refusal(refusal)
    if not found.is_draft:
        context = page_of(request, found, let_pass_form=form)
        return render(request, "frontdesk/request.html", context, status=422)
    asked = asked_of(found, on=today())
    gates = with_overrides(gates_of(asked), subject=found.subject_ref, on=asked.on)
    return _check_page(request, found, gates, let_pass_form=form, status=422)


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def ask_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Ring the bell of those who may open the gate."""
    asked = ask_to_let_pass(uid, gate=request.POST.get("gate", ""), by=request.viewer)
    if asked:
        messages.success(request, _("Who may open the gate was asked."))
    else:
        messages.error(request, _("Nobody here may open this gate. Ask your administrator."))
    return redirect("frontdesk:check", uid=uid)


def _check_page(
    request: DeskRequest,
    found: Request,
    gates: list[Any],
    *,
    stopped: bool = False,
    let_pass_form: LetPassForm | None = None,
    status: int = 200,
) -> HttpResponse:
    blocking = [one for one in gates if one.outcome in BLOCKING_OUTCOMES]
    passable = [one for one in blocking if may_let_pass(one)]
    may_override = (
        request.viewer.may("policies.override") and found.opened_by_id != request.viewer.user_id
    )
    papers = papers_of(request.viewer, found)
    if found.payer_id is not None and any(one.lines for one in gates):
        record_look(
            table_name="parties_party", row_id=found.payer_id, what="dues", by=request.viewer
        )
    context = {
        "found": found,
        "design": found.design,
        "answers": answer_rows(found.design.fields, found.answers),
        "papers": [(one.title, paper_title(one.document_type)) for one in papers],
        "gates": shown_gates(gates),
        "blocking": blocking,
        "stopped": stopped,
        "may_submit": not blocking and request.viewer.may("frontdesk.open"),
        "passable": passable if may_override else [],
        "askable": [] if may_override else passable,
        "heirs": heirs_offered(found),
        "dues_block": any(one.code == GateCode.DUES for one in blocking),
        "refused_for_dues": refusal_of_dues(request.viewer, found) if blocking else None,
        "quotation_word": term("fee_quotation"),
        "let_pass_form": let_pass_form
        or LetPassForm(initial={"gate": passable[0].code if passable else ""}),
    }
    return render(request, "frontdesk/check.html", context, status=status)


def _seen(request: DeskRequest) -> int | None:
    typed = request.POST.get("seen", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None
