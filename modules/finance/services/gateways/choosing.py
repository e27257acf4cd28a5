"""Which adapter a box of online payments speaks through."""

from __future__ import annotations

from django.conf import settings

from kernel.identity.keys import CannotOpen, open_locked
from modules.finance.models import CashBox
from modules.finance.selectors.online import SANDBOX
from modules.finance.services.gateways.hosted import HostedPage
from modules.finance.services.gateways.protocol import GatewayFailed, PaymentGateway
from modules.finance.services.gateways.sandbox import Sandbox

PURPOSE = "finance.gateway"


def gateway_of(box: CashBox) -> PaymentGateway:
    """The adapter with the municipality's own secret. Raises `GatewayFailed` where that cannot be opened."""
    told = box.gateway or {}
    trial = told.get("adapter") == SANDBOX
    if trial and not settings.PAYMENT_SANDBOX:
        raise GatewayFailed("this installation offers no trial bank")
    try:
        secret = open_locked(box.gateway_secret, purpose=PURPOSE)
    except CannotOpen:
        raise GatewayFailed("the secret was locked elsewhere") from None
    if trial:
        return Sandbox(secret)
    return HostedPage(told["base_url"], merchant=told["merchant"], secret=secret)
