"""A telephone is proved: where to send the code, the code, and on to what was meant. Nothing is looked up before."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from frontend.pages import PublicRequest, public_page
from kernel.errors import Refusal
from kernel.notifications.adapters import texts_stay_here
from kernel.parties.identifiers import read_phone
from modules.frontdesk.errors.online import OnlineNotFound
from modules.frontdesk.pages.citizen_door import (
    address_of,
    browser_of,
    forget,
    name_browser,
    new_browser,
    phone_of,
    private,
    remember_phone,
)
from modules.frontdesk.pages.online_forms import BeginForm, CodeForm, FindForm, PhoneForm
from modules.frontdesk.selectors.catalogue import service_for
from modules.frontdesk.selectors.online import (
    online_version,
    reference_of_phone,
    request_of_phone,
)
from modules.frontdesk.services.online import begin_online
from modules.frontdesk.services.phone_codes import prove, send_again, send_code, sent_to
from modules.frontdesk.services.references import read_reference


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def apply(request: PublicRequest, code: str) -> HttpResponse:
    """The first step of a request on the web: who asks. The answer is the same for everybody."""
    service = service_for(request.viewer, code)
    version = online_version(request.viewer, code)
    form = BeginForm(version.design, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        meant = {
            "apply": code,
            "id_number": form.cleaned_data["id_number"],
            "acts_by": form.cleaned_data.get("acts_by", ""),
        }
        sent = _ask(request, form, meant)
        if sent is not None:
            return sent
    context = {"form": form, "service": service, "design": version.design}
    return private(render(request, "frontdesk/online/apply.html", context, status=form.status))


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def find(request: PublicRequest) -> HttpResponse:
    """Go on with a request that was begun or returned, by its number and a code."""
    typed = request.POST if request.method == "POST" else None
    form = FindForm(typed, initial={"number": request.GET.get("number", "")})
    if request.method == "POST" and form.is_valid():
        sent = _ask(request, form, {"find": form.cleaned_data["number"]})
        if sent is not None:
            return sent
    return private(
        render(request, "frontdesk/online/find.html", {"form": form}, status=form.status)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def phone(request: PublicRequest) -> HttpResponse:
    """Prove a telephone, then go where one came from."""
    back = request.POST.get("next", request.GET.get("next", ""))
    form = PhoneForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        sent = _ask(request, form, {"next": back})
        if sent is not None:
            return sent
    context = {"form": form, "next": back}
    return private(render(request, "frontdesk/online/phone.html", context, status=form.status))


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="frontdesk")
def code(request: PublicRequest) -> HttpResponse:
    """Type the code. Right or wrong, nothing is said of who is on file."""
    browser = browser_of(request)
    waits = sent_to(browser)
    if request.method != "POST":
        if not waits:
            return redirect("frontdesk-citizen:guide")
        return private(_code_page(request, CodeForm(), waits))
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            proven = prove(form.cleaned_data["code"], browser=browser)
            response = _go_on(request, proven.phone, proven.meant)
            remember_phone(request, response, proven.phone)
            return private(response)
        except Refusal as refusal:
            form.add_refusal(refusal)
    return private(_code_page(request, form, sent_to(browser) or waits))


@require_POST
@public_page(module="frontdesk")
def code_again(request: PublicRequest) -> HttpResponse:
    """Another code for the same telephone."""
    form = CodeForm({})
    waits = sent_to(browser_of(request))
    try:
        send_again(browser=browser_of(request), address=address_of(request), by=request.viewer)
    except Refusal as refusal:
        form.is_valid()
        form.errors.clear()
        form.add_error(None, str(refusal))
        return private(_code_page(request, form, waits))
    messages.success(request, _("A new code was sent."))
    return redirect("frontdesk-citizen:code")


@require_POST
@public_page(module="frontdesk")
def leave(request: PublicRequest) -> HttpResponse:
    """Forget the telephone on this device."""
    response = redirect("frontdesk-citizen:guide")
    forget(response)
    return response


def _ask(request: PublicRequest, form: Any, meant: dict[str, str]) -> HttpResponse | None:
    """Send the code and go to where it is typed; None with the refusal on the form."""
    browser, typed = browser_of(request) or new_browser(), form.cleaned_data["phone"]
    try:
        if typed and read_phone(typed).e164 == phone_of(request):  # proved a while ago, here
            return _go_on(request, phone_of(request), meant)
        send_code(
            typed,
            browser=browser,
            address=address_of(request),
            meant=meant,
            by=request.viewer,
        )
    except Refusal as refusal:
        form.add_refusal(refusal)
        return None
    response = redirect("frontdesk-citizen:code")
    name_browser(request, response, browser)
    return private(response)


def _go_on(request: PublicRequest, phone: str, meant: Any) -> HttpResponse:
    """What was meant when the code was asked for."""
    if "apply" in meant:
        begun = begin_online(
            meant["apply"],
            id_number=meant["id_number"],
            acts_by=meant.get("acts_by", ""),
            phone=phone,
            by=request.viewer,
        )
        return redirect("frontdesk-citizen:online", uid=begun.uid)
    if "find" in meant:
        return _found(request, phone, meant["find"])
    back = str(meant.get("next", ""))
    if back and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect("frontdesk-citizen:guide")


def _found(request: PublicRequest, phone: str, number: str) -> HttpResponse:
    online = reference_of_phone(read_reference(number), phone)
    if online is not None:
        return redirect("frontdesk-citizen:online", uid=online.uid)
    try:
        found = request_of_phone(phone, number=number)
    except OnlineNotFound as refusal:
        messages.error(request, str(refusal))
        return redirect("frontdesk-citizen:find")
    return redirect("frontdesk-citizen:mine", uid=found.uid)


def _code_page(request: PublicRequest, form: CodeForm, waits: str) -> HttpResponse:
    context = {"form": form, "ends_with": waits[-3:], "proven": phone_of(request)}
    context["stays_here"] = texts_stay_here()
    return render(request, "frontdesk/online/code.html", context, status=form.status)
