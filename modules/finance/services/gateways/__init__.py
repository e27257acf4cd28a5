"""Gateways of online payments: one protocol, adapters chosen by the municipality, the same contract test for all."""

from modules.finance.services.gateways.choosing import gateway_of
from modules.finance.services.gateways.protocol import (
    Asked,
    Begun,
    GatewayFailed,
    PaymentGateway,
    Told,
    Verdict,
)

__all__ = [
    "Asked",
    "Begun",
    "GatewayFailed",
    "PaymentGateway",
    "Told",
    "Verdict",
    "gateway_of",
]
