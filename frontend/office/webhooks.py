"""Webhooks: which programmes are told that something happened, and what was delivered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from frontend.forms import once_for
from frontend.office.webhook_forms import WebhookForm
from frontend.pages import DeskRequest, page
from kernel.errors import NotVisible, Refusal
from kernel.ports import ask
from kernel.ports.webhooks import WebhookPort

PERMISSION = "api.manage_clients"
_PAGE = 25


@page(permission=PERMISSION)
def webhooks(request: DeskRequest) -> HttpResponse:
    """The webhooks of every key, and the form for another. Its secret is on the answer to the form and nowhere else."""
    port = ask(WebhookPort)
    keys = port.keys(request.viewer)
    form = WebhookForm(request.POST or None, keys=keys, types=port.types())
    if request.method == "POST" and form.is_valid():
        try:
            with once_for(request, "office.webhook") as once:
                if once.replayed:
                    messages.warning(request, _shown_then())
                    return once.redirect()
                told = form.cleaned_data
                _uid, secret = port.make(
                    key=UUID(told["key"]), url=told["url"], types=told["types"], by=request.viewer
                )
                once.redirect(request.path)
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            return _secret(request, secret, is_new=True)
    context = {"form": form, "keys": keys, "webhooks": port.lines(request.viewer)}
    return render(request, "frontend/office/webhooks.html", context, status=form.status)


@page(permission=PERMISSION)
def webhook(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One webhook: what it is told of, and each message of the last month with its tries."""
    port = ask(WebhookPort)
    line = port.line(request.viewer, uid)
    told = {"url": line.url, "types": line.types}
    form = WebhookForm(request.POST or None, types=port.types(), initial=told)
    if request.method == "POST" and form.is_valid():
        try:
            port.change(
                uid,
                url=form.cleaned_data["url"],
                types=form.cleaned_data["types"],
                by=request.viewer,
            )
        except Refusal as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, _("The webhook was changed."))
            return redirect("office:webhook", uid=uid)
    since = _since(request)
    found = port.deliveries(request.viewer, uid, since=since, count=_PAGE + 1)
    context = {
        "form": form,
        "line": line,
        "deliveries": found[:_PAGE],
        "next": since + _PAGE if len(found) > _PAGE else None,
        "before": max(since - _PAGE, 0) if since else None,
    }
    return render(request, "frontend/office/webhook.html", context, status=form.status)


@require_POST
@page(permission=PERMISSION)
def exchange(request: DeskRequest, uid: UUID) -> HttpResponse:
    """A new secret, on this answer and nowhere else; the former one signs beside it for a day."""
    with once_for(request, "office.webhook-secret") as once:
        if once.replayed:
            messages.warning(request, _shown_then())
            return redirect("office:webhook", uid=uid)
        secret = ask(WebhookPort).exchange_secret(uid, by=request.viewer)
        once.redirect(request.path)
    return _secret(request, secret, is_new=False)


@require_POST
@page(permission=PERMISSION)
def ping(request: DeskRequest, uid: UUID) -> HttpResponse:
    try:
        ask(WebhookPort).ping(uid, by=request.viewer)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A test message is on its way; look at the list in a moment."))
    return redirect("office:webhook", uid=uid)


@require_POST
@page(permission=PERMISSION)
def switch(request: DeskRequest, uid: UUID) -> HttpResponse:
    port = ask(WebhookPort)
    on = request.POST.get("on") == "1"
    port.switch(uid, on=on, by=request.viewer)
    messages.success(request, _("The webhook is on.") if on else _("The webhook is off."))
    return redirect("office:webhook", uid=uid)


@require_POST
@page(permission=PERMISSION)
def again(request: DeskRequest, uid: UUID, message: UUID) -> HttpResponse:
    try:
        ask(WebhookPort).resend(uid, message, by=request.viewer)
    except NotVisible:
        raise
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is sent again, under the same id."))
    return redirect("office:webhook", uid=uid)


def _since(request: DeskRequest) -> int:
    given = request.GET.get("since", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _shown_then() -> str:
    return _("This was done already, and the secret was shown then. Exchange it if it is lost.")


def _secret(request: DeskRequest, secret: str, *, is_new: bool) -> HttpResponse:
    answer = render(
        request, "frontend/office/webhook_secret.html", {"secret": secret, "is_new": is_new}
    )
    answer["Cache-Control"] = "no-store"
    return answer
