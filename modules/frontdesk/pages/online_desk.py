"""The desk verifies what came from the web: who asks, the papers, then accepted, returned or rejected."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.parties.models import Party
from modules.frontdesk.constants import OnlineState
from modules.frontdesk.definitions.proofs import PROOFS
from modules.frontdesk.forms import DeficiencyForm
from modules.frontdesk.models import OnlineRequest, Request, RequestPaper
from modules.frontdesk.pages.intake import shown_gates
from modules.frontdesk.pages.online_forms import LinkForm, RejectForm, ReturnTextForm
from modules.frontdesk.pages.showing import answer_rows, paper_rows
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import Gate, paper_title, with_overrides
from modules.frontdesk.selectors.naming import parcel_meant, person_meant
from modules.frontdesk.selectors.online import (
    alike,
    deficiency_lines,
    judged,
    on_file,
    online_for,
    paper_fault_now,
    principal_alike,
    principal_on_file,
    to_verify,
)
from modules.frontdesk.selectors.requests import papers_of
from modules.frontdesk.services import DeficiencyInput
from modules.frontdesk.services.online_desk import (
    ASKER,
    PRINCIPAL,
    accept_online,
    link_person,
    register_asker,
    reject_online,
    return_online,
)
from modules.frontdesk.services.online_standing import asker_of

VERIFY = "frontdesk.verify"
LINES, SHOWN = 5, 100


@require_safe
@page(permission=VERIFY, module="frontdesk")
def online_list(request: DeskRequest) -> HttpResponse:
    """Requests from the web that wait for the desk, and those that were returned to the citizen."""
    rows = list(to_verify(request.viewer)[: SHOWN + 1])
    context = {
        "waiting": [one for one in rows[:SHOWN] if one.state == OnlineState.WAITING],
        "returned": [one for one in rows[:SHOWN] if one.state == OnlineState.RETURNED],
        "more": len(rows) > SHOWN,
        "shown": SHOWN,
    }
    return render(request, "frontdesk/online/list.html", context)


@require_safe
@page(permission=VERIFY, module="frontdesk")
def verify(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One request from the web: identity, answers, papers with preview, and what the gates would say."""
    return _verify_page(request, online_for(request.viewer, uid))


@require_POST
@page(permission=VERIFY, module="frontdesk")
def say_who(request: DeskRequest, uid: UUID) -> HttpResponse:
    """This is who asks: a person on file, or a new one by what was typed."""
    found = online_for(request.viewer, uid)
    typed = request.POST.copy()
    if request.POST.get("use"):  # one of those alike, at a click
        typed["party"] = request.POST["use"]
    form = LinkForm(typed)
    whom = PRINCIPAL if request.POST.get("whom") == PRINCIPAL else ASKER
    try:
        if request.POST.get("act") == "register":
            register_asker(uid, whom=whom, by=request.viewer)
            messages.success(request, _("The person was registered and linked."))
            return redirect("frontdesk:online", uid=uid)
        if form.is_valid():
            chosen = form.cleaned_data["party"]
            person = person_meant(request.viewer, chosen, field="party")
            form.fields["party"].widget.chosen = person
            if person is not None:
                link_person(uid, party=person.uid, whom=whom, by=request.viewer)
                messages.success(request, _("The person was linked."))
                return redirect("frontdesk:online", uid=uid)
    except Refusal as refusal:
        form.is_valid()
        form.add_refusal(refusal)
    if whom == PRINCIPAL:
        return _verify_page(request, found, principal_form=form, status=422)
    return _verify_page(request, found, link_form=form, status=422)


@require_POST
@page(permission=VERIFY, module="frontdesk")
def accept(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Accept it: the gates judge, it gets its number, its clock starts."""
    found = online_for(request.viewer, uid)
    typed = request.POST.get("seen", "")
    try:
        with once_for(request, f"frontdesk.accept:{uid}") as once:
            if once.replayed:
                return once.redirect()
            done = accept_online(
                uid,
                seen=int(typed) if typed.isdecimal() and len(typed) < 10 else None,
                by=request.viewer,
            )
            if done.accepted:
                messages.success(
                    request,
                    _("The request was accepted under number %(number)s.")
                    % {"number": done.request.number},
                )
                return once.redirect(reverse("frontdesk:request", args=[done.request.uid]))
    except Refusal as refusal:
        return _verify_page(request, found, problem=str(refusal), status=409)
    stopped = _("The gates stop it. Open the draft to let it pass, or return or reject it.")
    return _verify_page(
        request,
        online_for(request.viewer, uid),
        gates=list(done.gates),
        problem=stopped,
        status=409,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission=VERIFY, module="frontdesk")
def give_back(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Return it to the citizen with what is wrong, line by line."""
    found = online_for(request.viewer, uid)
    targets = _targets(found)
    posted = request.POST if request.method == "POST" else None
    forms = [DeficiencyForm(posted, prefix=f"d{n}", targets=targets) for n in range(LINES)]
    text = ReturnTextForm(posted)
    if posted is not None and all([one.is_valid() for one in forms] + [text.is_valid()]):
        lines = [
            DeficiencyInput(**one.cleaned_data) for one in forms if one.cleaned_data.get("kind")
        ]
        try:
            return_online(
                uid, deficiencies=lines, text=text.cleaned_data["text"], by=request.viewer
            )
            messages.success(request, _("The request was returned to the citizen."))
            return redirect("frontdesk:online-list")
        except Refusal as refusal:
            text.add_refusal(refusal)
    context = {"found": found, "forms": forms, "text_form": text, "design": found.request.design}
    status = max(text.status, *(one.status for one in forms))
    return render(request, "frontdesk/online/return.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission=VERIFY, module="frontdesk")
def reject(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Not taken, with a ground and words for the citizen."""
    found = online_for(request.viewer, uid)
    form = RejectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reject_online(uid, by=request.viewer, **form.cleaned_data)
            messages.success(request, _("The request was rejected; the citizen was told why."))
            return redirect("frontdesk:online-list")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"found": found, "form": form, "design": found.request.design}
    return render(request, "frontdesk/online/reject.html", context, status=form.status)


def _verify_page(
    request: DeskRequest,
    found: OnlineRequest,
    *,
    link_form: LinkForm | None = None,
    principal_form: LinkForm | None = None,
    gates: list[Gate] | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    asked = found.request
    waits = found.state == OnlineState.WAITING
    papers = papers_of(request.viewer.with_permissions("frontdesk.see_confidential"), asked)
    shown, proof = _paper_to_look_at(request, asked, papers)
    standing = judged(found) if gates is None and waits else gates or []
    opened = with_overrides(standing, subject=asked.subject_ref, on=asked_of(asked, on=today()).on)
    holder = on_file(request.viewer, found)
    context: dict[str, Any] = {
        "found": found,
        "asked": asked,
        "design": asked.design,
        "waits": waits,
        "holder": holder,
        "phone_differs": holder is not None and found.phone not in holder.phones,
        "name_typed": found.typed_name,
        "asker": asker_of(asked),
        "alike": [one for one in alike(request.viewer, found) if one.party != asker_of(asked)],
        "link_form": link_form or _link_form(holder),
        **(_principal(request, found, principal_form) if asked.acts_by else {}),
        "parcel": _parcel(request, found),
        "answers": answer_rows(asked.design.fields, asked.answers),
        "paper_rows": paper_rows(asked, papers),
        "shown_paper": shown,
        "shown_title": paper_title(shown.requirement) if shown else "",
        "proof": proof,
        "gates": shown_gates(opened),
        "lines": deficiency_lines(found),
        "problem": problem,
    }
    return render(request, "frontdesk/online/verify.html", context, status=status)


def _paper_to_look_at(
    request: DeskRequest, asked: Request, papers: list[RequestPaper]
) -> tuple[RequestPaper | None, RequestPaper | None]:
    """The paper that is shown, and the one by which somebody acts for another.

    Shown is the one that was chosen; else what is compared next: the identity first, then the paper of who acts.
    """
    files = [one for one in papers if one.file_id is not None]
    proof = next((one for one in files if one.requirement == PROOFS.get(asked.acts_by)), None)
    first = proof if proof is not None and asker_of(asked) is not None else next(iter(files), None)
    wanted = request.GET.get("paper", "")
    return next((one for one in files if str(one.uid) == wanted), first), proof


def _principal(request: DeskRequest, found: OnlineRequest, form: LinkForm | None) -> dict[str, Any]:
    """For whom they act: as typed, as on file, and whether their paper is good today."""
    holder, asked = principal_on_file(request.viewer, found), found.request
    fault = paper_fault_now(asked.acts_by, asked.agent_power_on, asked.agent_power_until)
    return {
        "principal_holder": holder,
        "principal_form": form or _link_form(holder),
        "principal_alike": [
            one
            for one in principal_alike(request.viewer, found)
            if one.party not in (holder, asked.applicant)
        ]
        if found.state == OnlineState.WAITING
        else [],
        "paper_fault": fault.sentence if fault else "",
        "linked_by": found.identity.get("principal_by", "") if asked.applicant else "",
    }


def _link_form(holder: Party | None) -> LinkForm:
    form = LinkForm(initial={"party": holder.uid if holder else None})
    form.fields["party"].widget.chosen = holder
    return form


def _parcel(request: DeskRequest, found: OnlineRequest) -> dict[str, Any] | None:
    """The parcel that was typed, with its record here, if there is one."""
    typed = found.identity.get("parcel", "")
    if not typed:
        return None
    parts = [*typed.split("/"), "", ""]
    try:
        return {"typed": typed, "unit": parcel_meant(request.viewer, *parts[:3])}
    except Refusal:
        return {"typed": typed, "unit": None}


def _targets(found: OnlineRequest) -> list[tuple[str, str]]:
    design = found.request.design_asked
    return [(one.code, paper_title(one.code)) for one in design.papers] + [
        (one.code, str(one.label)) for one in design.fields
    ]
