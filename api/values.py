"""Values that every module reads and writes alike at the edge."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from kernel.errors import Refusal
from kernel.money import CURRENCIES, format_amount, money, parse_amount


class MoneyOut(serializers.Serializer[Any]):
    """An amount to its currency's decimals, as text, with the ISO code."""

    amount = serializers.CharField()
    currency = serializers.CharField()


class MoneyIn(serializers.Serializer[Any]):
    """Read as `Money`; refused with a pointer when it is no amount of that currency."""

    amount = serializers.CharField(
        max_length=30, help_text='A decimal number as text, for example "12.50".'
    )
    currency = serializers.ChoiceField(choices=sorted(CURRENCIES))

    def validate(self, attrs: dict[str, Any]) -> Any:
        try:
            return parse_amount(attrs["amount"], attrs["currency"])
        except Refusal as refusal:
            raise serializers.ValidationError({"amount": [str(refusal)]}) from refusal


class ReasonIn(serializers.Serializer[Any]):
    """Why: kept in the trail."""

    reason = serializers.CharField(max_length=300)


def money_out(amount: Decimal, currency: str) -> dict[str, str]:
    """The amount as `MoneyOut` writes it."""
    return {"amount": format_amount(money(amount, currency)).replace(",", ""), "currency": currency}
