"""Where a webhook may lead; `kernel.outside` judges, a refusal says it to the integrator."""

from __future__ import annotations

from api.errors import WebhookAddressRefused
from kernel import outside
from kernel.outside import LONGEST, Target

__all__ = ["LONGEST", "Target", "check_address", "target_of"]


def check_address(url: str) -> str:
    """The address as it will be kept. Refuses `WebhookAddressRefused`."""
    try:
        return outside.check_address(url)
    except outside.AddressRefused:
        raise WebhookAddressRefused(field="url") from None


def target_of(url: str) -> Target:
    """Resolve and judge. Refuses `WebhookAddressRefused`; `OSError` when the name is not known."""
    try:
        return outside.target_of(url)
    except outside.AddressRefused:
        raise WebhookAddressRefused(field="url") from None
