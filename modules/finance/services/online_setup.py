"""Connect a gateway of online payments: a box of its own, a cashier who is nobody, a secret that is never shown."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import structlog
from django.conf import settings

from kernel.audit.recording import recorded
from kernel.identity.keys import lock
from kernel.identity.models import User
from kernel.identity.selectors import user_named
from kernel.identity.services import create_user, deactivate
from kernel.outside import AddressRefused, check_address
from kernel.viewer import Viewer
from modules.finance.errors.online import (
    CashierMissing,
    GatewayAddressRefused,
    GatewayIncomplete,
    GatewayInUse,
    SandboxNotHere,
    SecretTooShort,
)
from modules.finance.models import CashBox
from modules.finance.selectors.online import MANAGE, SANDBOX, gateway_box, unsettled_count
from modules.finance.services.gateways.choosing import PURPOSE
from modules.finance.services.sessions import add_box

log = structlog.get_logger(__name__)
CASHIER = "online.payments"
LEAST_SECRET = 24
HOSTED = "hosted"
_KEEPS = ("adapter", "base_url", "merchant")


def configure_gateway(
    *,
    adapter: str,
    is_on: bool,
    currencies: Sequence[str],
    base_url: str = "",
    merchant: str = "",
    secret: str = "",
    by: Viewer,
) -> CashBox:
    """Set the gateway up or change it; an empty secret keeps the one that is kept.

    Refuses `SandboxNotHere`, `GatewayIncomplete`, `GatewayAddressRefused`, `SecretTooShort`, and `GatewayInUse` for
    another gateway while payments at this one are not settled.
    """
    by.require(MANAGE)
    told = {
        "adapter": adapter,
        "base_url": _address(base_url) if adapter == HOSTED else "",
        "merchant": merchant.strip() if adapter == HOSTED else "",
        "currencies": list(currencies),
        "is_on": is_on,
    }
    if adapter == SANDBOX and is_on and not settings.PAYMENT_SANDBOX:
        raise SandboxNotHere()
    if secret and len(secret) < LEAST_SECRET:
        raise SecretTooShort(least=LEAST_SECRET)
    with recorded(by=by):
        found = gateway_box()
        box = CashBox.objects.select_for_update(no_key=True).get(pk=found.pk) if found else None
        had = (box.gateway if box else None) or {}
        moved = bool(had) and any(had.get(one) != told[one] for one in _KEEPS)
        if moved and (count := unsettled_count()):
            raise GatewayInUse(count=count)
        if adapter == HOSTED and not (merchant.strip() and (secret or (box and not moved))):
            raise GatewayIncomplete()
        cashier_account(by)
        if box is None:
            box = add_box(
                code="WEB",
                name_ar="الدفع الإلكتروني",
                name_en="Online payments",
                by=by.with_permissions("finance.manage_boxes"),
            )
        box.gateway = told
        if secret or moved or not box.gateway_secret:
            box.gateway_secret = lock(secret or _trial_secret(), purpose=PURPOSE)
        box.save(update_fields=["gateway", "gateway_secret"])
    log.info("finance.gateway_configured", adapter=adapter, is_on=is_on, by=by.user_id)
    return box


def _address(typed: str) -> str:
    try:
        return check_address(typed.strip().rstrip("/"))
    except AddressRefused:
        raise GatewayAddressRefused() from None


def _trial_secret() -> str:
    return secrets.token_urlsafe(32)


def cashier_account(by: Viewer) -> User:
    """The account in whose name online receipts are written. Nobody can sign in to it."""
    user = user_named(CASHIER)
    if user is None:
        house = by.with_permissions("identity.manage")
        user = create_user(CASHIER, name_ar="الدفع الإلكتروني", name_en="Online payments", by=house)
        deactivate(user, by=house, reason="online payments")
    return user


def cashier() -> Viewer:
    """Who writes the receipts of online payments. Refuses `CashierMissing`."""
    user = user_named(CASHIER)
    if user is None:
        raise CashierMissing()
    return Viewer(
        user_id=user.pk,
        name=user.name_ar,
        permissions=frozenset({"finance.receive"}),
        channel="task",
    )
