"""Payments from home: one payment's page for its payer, the way back from the bank, the gateway's own door."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from api.problems import plain, status_of
from frontend.pages import PublicRequest, public_page
from kernel.errors import NotVisible, Refusal
from kernel.viewer import Viewer
from modules.finance.errors.online import AmountDiffers, TooManyCallbacks
from modules.finance.papers import first_print, receipt_document
from modules.finance.selectors.online import intent_of
from modules.finance.services.gateways import GatewayFailed, Verdict, gateway_of
from modules.finance.services.gateways.sandbox import Sandbox
from modules.finance.services.online import ask_gateway, take_callback

REFUSED_AT_MOST, WINDOW_SECONDS = 60, 600
LARGEST_MESSAGE = 65_536


@require_safe
@public_page(module="finance")
def pay(request: PublicRequest, uid: UUID) -> HttpResponse:
    """Where one payment stands: on to the bank, paid with its receipt, or not. Nothing of a person is shown."""
    intent = intent_of(uid)
    response = render(request, "finance/online/pay.html", {"intent": intent})
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@public_page(module="finance")
def pay_receipt(request: PublicRequest, uid: UUID) -> HttpResponse:
    """On to what anybody may see of the receipt; its paper is issued once and kept, as at the desk."""
    intent = intent_of(uid)
    if intent.receipt is None:
        raise NotVisible()
    first_print(intent.receipt, by=_house())
    issued = receipt_document(intent.receipt)
    return redirect("verify:document", code=issued.code if issued else "")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="finance")
def pay_back(request: PublicRequest, uid: UUID) -> HttpResponse:
    """Back from the bank, by a link or by a form of its page. What comes along is not believed; the bank is asked.

    It is asked once in a few seconds, however often somebody comes.
    """
    intent = intent_of(uid)
    if cache.add(f"finance.asked:{intent.pk}", 1, 5):
        with suppress(AmountDiffers):  # the page says so, and it stands before the staff
            ask_gateway(intent, by=_house())
    return redirect("finance-citizen:pay", uid=uid)


@csrf_exempt
@require_POST
@public_page(module="finance")
def gateway_told(request: PublicRequest) -> HttpResponse:
    """The gateway's message, proved by its signature alone. What is refused leaves nothing in the books."""
    tries = f"finance.refused_callbacks:{request.META.get('REMOTE_ADDR', '')}"
    try:
        if (cache.get(tries) or 0) >= REFUSED_AT_MOST:
            raise TooManyCallbacks()
        intent = take_callback(request.headers, _body(request), by=_house())
    except Refusal as refusal:
        if not cache.add(tries, 1, WINDOW_SECONDS):
            _one_more(tries)
        return plain(request, status=status_of(refusal), code=refusal.code, title=str(refusal))
    return JsonResponse({"reference": intent.reference, "state": intent.state})


@require_http_methods(["GET", "HEAD", "POST"])
@public_page(module="finance")
def sandbox(request: PublicRequest, uid: UUID) -> HttpResponse:
    """The page that stands for the bank's, where a trial gateway is connected and nowhere else."""
    intent = intent_of(uid)
    try:
        bank = gateway_of(intent.box)
    except GatewayFailed:
        raise NotVisible() from None
    if not isinstance(bank, Sandbox):
        raise NotVisible()
    if request.method == "POST" and request.POST.get("answer") in ("pay", "decline", "leave"):
        verdict = {"pay": Verdict.PAID, "decline": Verdict.FAILED}.get(request.POST["answer"])
        if verdict is not None and intent.reference:
            headers, body = bank.decide(intent.reference, verdict)
            take_callback(headers, body, by=_house())
        return redirect("finance-citizen:pay-back", uid=uid)
    return render(request, "finance/online/sandbox.html", {"intent": intent})


def _house() -> Viewer:
    return Viewer.system("finance.gateway")


def _body(request: HttpRequest) -> bytes:
    return request.body[:LARGEST_MESSAGE]


def _one_more(key: str) -> None:
    try:
        cache.incr(key)
    except ValueError:  # it ran out between the two lines
        return
