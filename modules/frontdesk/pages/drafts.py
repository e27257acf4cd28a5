"""A draft: persons, form and papers on one page; then check, then submit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.pages import DeskRequest, page
from frontend.requests import wants_json
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.files.services import store_file
from kernel.parties.selectors import Duplicate
from kernel.terms import term
from modules.frontdesk.answers import missing_answers, readable_answers
from modules.frontdesk.applying import asked_fields
from modules.frontdesk.definitions import Field
from modules.frontdesk.forms import AnswersForm, PaperForm, PersonsForm
from modules.frontdesk.models import Request
from modules.frontdesk.pages.newcomers import (
    Newcomer,
    PerhapsRegistered,
    heirs_offered,
    with_newcomer,
)
from modules.frontdesk.pages.showing import (
    paper_rows,
    requirement_choices,
    substitute_choices,
)
from modules.frontdesk.selectors.asking import about_request
from modules.frontdesk.selectors.naming import parcel_meant, person_meant
from modules.frontdesk.selectors.papers import offered_again
from modules.frontdesk.selectors.requests import papers_of, request_for
from modules.frontdesk.services import (
    Persons,
    attach_paper,
    discard_draft,
    remove_paper,
    reuse_paper,
    save_answers,
)


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.open", module="frontdesk")
def draft(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Fill in the form. «Save» keeps what is there; «check» goes on when nothing is missing."""
    found = request_for(request.viewer, uid)
    if not found.is_draft:
        return redirect("frontdesk:request", uid=uid)
    if request.method != "POST":
        return _draft_page(
            request,
            found,
            _persons_form(found),
            _answers_form(found),
        )
    newcomer = Newcomer(request.POST)
    similar: list[Duplicate] = []
    typed: QueryDict = request.POST
    try:
        typed = with_newcomer(request, newcomer, typed)
    except PerhapsRegistered as alike:
        similar = alike.similar
    except Refusal as refusal:
        newcomer.add_refusal(refusal)
    persons_form = PersonsForm(found.design, typed)
    answers_form = _answers_form(found, typed)
    try:
        persons = _persons(request, persons_form)
        saved = save_answers(
            uid,
            answers=answers_form.raw(),
            persons=persons,
            contact_phone=persons_form.cleaned_data.get("contact_phone", ""),
            is_hidden=persons_form.cleaned_data.get("is_hidden"),
            is_priority=persons_form.cleaned_data.get("is_priority"),
            by=request.viewer,
        )
    except Refusal as refusal:
        answers_form.show(refusal) if _about_answers(refusal) else persons_form.add_refusal(refusal)
        return _draft_page(
            request,
            found,
            persons_form,
            answers_form,
            newcomer=newcomer,
            similar=similar,
            status=422,
        )
    if similar or newcomer.errors:
        # Nobody asked yet whether the draft is complete: the question about the person stands alone.
        persons_form.complain_later()
        answers_form.complain_later()
        return _draft_page(
            request,
            found,
            persons_form,
            answers_form,
            newcomer=newcomer,
            similar=similar,
            status=422,
        )
    if "quote" in request.POST:
        return redirect("frontdesk:quotation", uid=uid)
    if "check" not in request.POST:
        messages.success(request, _("The draft was saved."))
        return redirect("frontdesk:draft", uid=uid)
    missing = missing_answers(
        saved.design.fields,
        saved.answers,
        sections=saved.design.sections,
        known=about_request(saved, on=today()),
    )
    if missing or persons_form.errors:
        answers_form.is_valid()
        return _draft_page(request, found, persons_form, answers_form, status=422)
    return redirect("frontdesk:check", uid=uid)


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def questions(request: DeskRequest, uid: UUID) -> HttpResponse:
    """The questions as the answers typed so far ask for them: the part of the form that a page swaps."""
    found = request_for(request.viewer, uid)
    return render(
        request,
        "frontdesk/parts/questions.html",
        {
            "found": found,
            "design": found.design,
            "answers_form": _answers_form(found, request.POST, typing=True),
        },
    )


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def draft_papers(request: DeskRequest, uid: UUID) -> HttpResponse:
    """Take a paper: a file dropped under its requirement, or one on file used again."""
    found = request_for(request.viewer, uid)
    requirement = request.POST.get("requirement", "")
    back = reverse("frontdesk:draft", args=[uid]) + "#papers"
    try:
        if request.POST.get("reuse"):
            reuse_paper(
                uid, requirement=requirement, paper_uid=request.POST["reuse"], by=request.viewer
            )
        for upload in request.FILES.getlist("file"):
            stored = store_file(
                cast(BinaryIO, upload), upload.name or "", request.viewer, without_traces=True
            )
            attach_paper(
                uid,
                requirement=requirement,
                document_type=request.POST.get("document_type", ""),
                file=stored,
                by=request.viewer,
            )
    except Refusal as refusal:
        if wants_json(request):
            return JsonResponse({"code": refusal.code, "sentence": str(refusal)}, status=422)
        form = PaperForm(
            request.POST,
            request.FILES,
            requirements=requirement_choices(found),
            substitutes=substitute_choices(found),
        )
        form.is_valid()
        form.add_refusal(refusal)
        return _draft_page(
            request,
            found,
            _persons_form(found),
            _answers_form(found),
            paper_form=form,
            status=422,
        )
    if wants_json(request):
        return JsonResponse({"ok": True})
    return redirect(back)


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def draft_paper_remove(request: DeskRequest, uid: UUID, paper: UUID) -> HttpResponse:
    remove_paper(uid, paper_uid=paper, by=request.viewer)
    return redirect(reverse("frontdesk:draft", args=[uid]) + "#papers")


@require_POST
@page(permission="frontdesk.open", module="frontdesk")
def discard(request: DeskRequest, uid: UUID) -> HttpResponse:
    discard_draft(uid, by=request.viewer)
    messages.success(request, _("The draft was discarded."))
    return redirect("frontdesk:new")


def _draft_page(
    request: DeskRequest,
    found: Request,
    persons_form: PersonsForm,
    answers_form: AnswersForm,
    *,
    paper_form: PaperForm | None = None,
    newcomer: Newcomer | None = None,
    similar: Sequence[Duplicate] = (),
    status: int = 200,
) -> HttpResponse:
    if request.method == "GET" and found.applicant is not None:
        answers_form.begin_here()
    papers = papers_of(request.viewer, found)
    reusable = offered_again(request.viewer, found)
    context = {
        "found": found,
        "design": found.design,
        "persons_form": persons_form,
        "answers_form": answers_form,
        "paper_form": paper_form,
        "newcomer": newcomer or Newcomer(roles=found.design),
        "similar": similar,
        "heirs": heirs_offered(found),
        "paper_rows": paper_rows(found, papers, reusable=reusable),
        "substitutes": substitute_choices(found),
        "draft_key": f"frontdesk.draft:{found.uid}",
        "quotation_word": term("fee_quotation"),
    }
    return render(request, "frontdesk/draft.html", context, status=status)


def _answers_form(found: Request, data: Any = None, *, typing: bool = False) -> AnswersForm:
    """The questions that are asked of this request; while somebody types, by what stands in the form."""
    design, known = found.design, about_request(found, on=today())
    answers: Mapping[str, Any] = found.answers
    if data is not None:
        typed = AnswersForm(design.fields, data)
        answers = readable_answers(design.fields, typed.raw())
    asked = asked_fields(design.fields, answers, sections=design.sections, known=known)
    shown = [field.code for field, is_asked in asked if is_asked]
    if typing:
        return AnswersForm(
            design.fields,
            answers=_as_typed(design.fields, data),
            sections=design.sections,
            asked=shown,
        )
    return AnswersForm(
        design.fields, data, answers=found.answers, sections=design.sections, asked=shown
    )


def _as_typed(fields: Sequence[Field], data: Any) -> dict[str, Any]:
    return AnswersForm(fields, data).raw()


def _persons_form(found: Request) -> PersonsForm:
    unit = found.land_unit
    form = PersonsForm(
        found.design,
        initial={
            "applicant": found.applicant.uid if found.applicant else None,
            "beneficiary": found.beneficiary.uid if found.beneficiary else None,
            "agent": found.agent.uid if found.agent else None,
            "acts_by": found.acts_by,
            "agent_power_number": found.agent_power_number,
            "agent_power_on": found.agent_power_on,
            "agent_power_until": found.agent_power_until,
            "contact_phone": found.contact_phone,
            "block_no": unit.block_no if unit else "",
            "parcel_no": unit.parcel_no if unit else "",
            "sub_no": unit.sub_no if unit else "",
            "is_hidden": found.is_hidden,
            "is_priority": found.is_priority,
        },
    )
    for name in ("applicant", "beneficiary", "agent"):
        if name in form.fields:
            form.fields[name].widget.chosen = getattr(found, name)
    return form


def _persons(request: DeskRequest, form: PersonsForm) -> Persons:
    """The records behind what was typed; what is missing stays empty and is told by the check."""
    form.is_valid()
    data = form.cleaned_data
    people = {
        name: person_meant(request.viewer, data.get(name), field=name)
        for name in ("applicant", "beneficiary", "agent")
    }
    for name, person in people.items():
        if name in form.fields:
            form.fields[name].widget.chosen = person
    return Persons(
        applicant=people["applicant"],
        beneficiary=people["beneficiary"],
        agent=people["agent"],
        acts_by=data.get("acts_by", ""),
        agent_power_number=data.get("agent_power_number", ""),
        agent_power_on=data.get("agent_power_on"),
        agent_power_until=data.get("agent_power_until"),
        land_unit=parcel_meant(
            request.viewer,
            data.get("block_no", ""),
            data.get("parcel_no", ""),
            data.get("sub_no", ""),
        ),
    )


def _about_answers(refusal: Refusal) -> bool:
    return any(name.startswith("answers.") for name in getattr(refusal, "errors", {}))
