"""One's own request with a number: where it is, what is asked of one, what was written; mended and sent again."""

from __future__ import annotations

from typing import Any, BinaryIO, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from frontend.forms import once_for
from frontend.pages import PublicRequest, public_page
from kernel.errors import Refusal
from modules.frontdesk.constants import DeficiencyKind
from modules.frontdesk.forms import AnswersForm
from modules.frontdesk.models import Request
from modules.frontdesk.pages.citizen_door import with_phone
from modules.frontdesk.pages.online_forms import UploadForm, WriteForm
from modules.frontdesk.selectors.citizen import Wanted, wanted_of, written_on
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.online import request_of_phone
from modules.frontdesk.selectors.tracking import tracked
from modules.frontdesk.services.citizen import bring_paper, mend_and_send, write_to_desk
from modules.frontdesk.services.complaints import SCORES


@require_safe
@public_page(module="frontdesk")
@with_phone
def mine(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """Everything that a citizen is told of their request."""
    found = request_of_phone(phone, uid=uid)
    return _mine_page(request, found, phone, WriteForm())


@require_POST
@public_page(module="frontdesk")
@with_phone
def write(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """A message to the desk."""
    found = request_of_phone(phone, uid=uid)
    form = WriteForm(request.POST)
    if form.is_valid():
        try:
            with once_for(request, f"frontdesk.write:{uid}") as once:
                if once.replayed:
                    return once.redirect()
                write_to_desk(found, text=form.cleaned_data["text"], by=request.viewer)
                messages.success(request, _("Your message was sent."))
                return once.redirect(reverse("frontdesk-citizen:mine", args=[uid]) + "#messages")
        except Refusal as refusal:
            form.add_refusal(refusal)
    return _mine_page(request, found, phone, form)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
@with_phone
def mend(request: PublicRequest, uid: UUID, *, phone: str) -> HttpResponse:
    """What was returned: answers and words on one form; papers each on their own; then sent again."""
    found = request_of_phone(phone, uid=uid)
    wanted = wanted_of(found)
    if not wanted:
        return redirect("frontdesk-citizen:mine", uid=uid)
    form = _answers_form(found, wanted, request.POST if request.method == "POST" else None)
    words = {key[6:]: str(said) for key, said in request.POST.items() if key.startswith("words-")}
    problem = ""
    if request.method == "POST":
        try:
            with once_for(request, f"frontdesk.mend:{uid}") as once:
                if once.replayed:
                    return once.redirect()
                answers = {code: one for code, one in form.raw().items() if one not in ("", None)}
                mend_and_send(found, answers=answers, words=words, by=request.viewer)
                messages.success(request, _("Your request was sent again."))
                return once.redirect(reverse("frontdesk-citizen:mine", args=[uid]))
        except Refusal as refusal:
            about_answers = any(
                name.startswith("answers.") for name in getattr(refusal, "errors", {})
            )
            if about_answers:
                form.show(refusal)
            problem = str(refusal)
    return _mend_page(request, found, wanted, form, words=words, problem=problem)


@require_POST
@public_page(module="frontdesk")
@with_phone
def bring(request: PublicRequest, uid: UUID, deficiency: UUID, *, phone: str) -> HttpResponse:
    """One paper that was asked for."""
    found = request_of_phone(phone, uid=uid)
    wanted = wanted_of(found)
    form = UploadForm(request.POST, request.FILES, kinds=_kinds(found, wanted, deficiency))
    if form.is_valid():
        try:
            bring_paper(
                found,
                deficiency=deficiency,
                content=cast(BinaryIO, form.upload),
                name=form.upload.name or "",
                document_type=form.cleaned_data["document_type"],
                by=request.viewer,
            )
            return redirect(reverse("frontdesk-citizen:mend", args=[uid]) + f"#d-{deficiency}")
        except Refusal as refusal:
            form.add_refusal(refusal)
    shown = _answers_form(found, wanted, None)
    return _mend_page(request, found, wanted, shown, upload=(str(deficiency), form))


def _mine_page(request: PublicRequest, found: Request, phone: str, form: WriteForm) -> HttpResponse:
    context = {
        "found": found,
        "tracked": tracked(found),
        "written": written_on(found),
        "asked": bool(wanted_of(found)),
        "form": form,
        "phone": phone,
        "scores": SCORES,
        "service_code": found.service_version.service.code,
    }
    return render(request, "frontdesk/online/mine.html", context, status=form.status)


def _mend_page(
    request: PublicRequest,
    found: Request,
    wanted: list[Wanted],
    form: AnswersForm,
    *,
    words: dict[str, str] | None = None,
    problem: str = "",
    upload: tuple[str, UploadForm] | None = None,
) -> HttpResponse:
    rows: list[dict[str, Any]] = []
    for one in wanted:
        uid = str(one.deficiency.uid)
        own = upload[1] if upload and upload[0] == uid else None
        kinds = _kinds(found, wanted, one.deficiency.uid)
        is_question = one.question is not None and one.question.code in form.fields
        rows.append(
            {
                "one": one,
                "uid": uid,
                "upload": own or UploadForm(kinds=kinds) if one.is_paper else None,
                "field": form[one.question.code] if one.question and is_question else None,
                "words": (words or {}).get(uid, ""),
            }
        )
    context = {
        "found": found,
        "rows": rows,
        "answers_form": form,
        "problem": problem,
        "in_person": any(one.in_person for one in wanted),
        "service_code": found.service_version.service.code,
    }
    status = 422 if problem or upload else 200
    return render(request, "frontdesk/online/mend.html", context, status=status)


def _answers_form(found: Request, wanted: list[Wanted], data: Any) -> AnswersForm:
    """The questions whose answers were wrong, with what was answered."""
    codes = [
        one.deficiency.target
        for one in wanted
        if one.deficiency.kind == DeficiencyKind.WRONG_ANSWER and one.question is not None
    ]
    return AnswersForm(found.design.fields, data, answers=found.answers, asked=codes)


def _kinds(found: Request, wanted: list[Wanted], deficiency: UUID) -> list[tuple[str, str]]:
    one = next((each for each in wanted if each.deficiency.uid == deficiency), None)
    target = one.deficiency.target if one else ""
    asked = found.design_asked.requirement(target)
    if asked is None:
        return [(target or "other", paper_title(target) if target else str(_("Another paper")))]
    codes = [asked.code, *(code for many in asked.substitutes for code in many)]
    return [(code, paper_title(code)) for code in dict.fromkeys(codes)]
