"""For anybody: what each service needs, costs and takes; and where one's own request is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from frontend.pages import PublicRequest, public_page
from kernel.errors import Refusal
from kernel.ports import ask
from kernel.ports.paying import PayingPort
from kernel.text import fold_key
from modules.frontdesk.errors import ServiceNotFound
from modules.frontdesk.forms import PickForm, TrackForm
from modules.frontdesk.pages.intake import group_title
from modules.frontdesk.selectors.appointments import slots_online
from modules.frontdesk.selectors.catalogue import grouped, offered_services, service_for
from modules.frontdesk.selectors.gates import paper_title
from modules.frontdesk.selectors.online import is_online
from modules.frontdesk.selectors.tracking import track_request
from modules.frontdesk.services import rate_request
from modules.frontdesk.services.complaints import SCORES


@require_safe
@public_page(module="frontdesk")
def guide(request: PublicRequest) -> HttpResponse:
    """The service guide (دليل الخدمات), made from the catalogue."""
    form = PickForm(request.GET)
    form.is_valid()
    key = fold_key(form.cleaned_data.get("q", ""))
    found = [
        one for one in offered_services(request.viewer) if not key or key in fold_key(one.title)
    ]
    groups = [(group_title(code), many) for code, many in grouped(found).items()]
    return render(
        request,
        "frontdesk/citizen/guide.html",
        {
            "groups": groups,
            "form": form,
            "count": len(found),
            "takes_online": is_online(True),
            "takes_money": ask(PayingPort).is_open(),
        },
    )


@require_safe
@public_page(module="frontdesk")
def service(request: PublicRequest, code: str) -> HttpResponse:
    """One service: papers, fee, days, where it goes."""
    found = service_for(request.viewer, code)
    if not found.is_offered or found.current is None:
        raise ServiceNotFound()
    design = found.current.design
    papers = [
        (
            paper_title(one.code),
            one,
            [" + ".join(paper_title(c) for c in many) for many in one.substitutes],
        )
        for one in design.papers
        if one.need != "with_agent"
    ]
    with_agent = [paper_title(one.code) for one in design.papers if one.need == "with_agent"]
    return render(
        request,
        "frontdesk/citizen/service.html",
        {
            "service": found,
            "design": design,
            "papers": papers,
            "with_agent": with_agent,
            "online": is_online(design.online),
            "slots": slots_online(code),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def track(request: PublicRequest) -> HttpResponse:
    """Where is my request? By number and telephone, without an account; few tries per number."""
    if request.method != "POST":
        form = TrackForm(initial={"number": request.GET.get("number", "")})
        return render(request, "frontdesk/citizen/track.html", {"form": form})
    form = TrackForm(request.POST)
    tracked = None
    if form.is_valid():
        try:
            tracked = track_request(
                number=form.cleaned_data["number"],
                phone=form.cleaned_data["phone"],
                address=_address(request),
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
    return render(
        request,
        "frontdesk/citizen/track.html",
        {
            "form": form,
            "tracked": tracked,
            "scores": SCORES,
            "takes_money": tracked is not None and ask(PayingPort).is_open(),
        },
        status=form.status,
    )


@require_http_methods(["POST"])
@public_page(module="frontdesk")
def rate(request: PublicRequest) -> HttpResponse:
    """What the citizen thinks of it, once, with the number and the telephone again."""
    form = TrackForm(request.POST)
    score = request.POST.get("score", "")
    said = ""
    if form.is_valid():
        try:
            rate_request(
                number=form.cleaned_data["number"],
                phone=form.cleaned_data["phone"],
                score=int(score) if score.isdecimal() and len(score) == 1 else 0,
                text=request.POST.get("text", ""),
                address=_address(request),
            )
            said = _("Thank you. Your rating was kept.")
        except Refusal as refusal:
            form.add_refusal(refusal)
    context = {"form": form, "rated": said}
    return render(request, "frontdesk/citizen/track.html", context, status=form.status)


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
