"""What finance reads and writes at the edge. Amounts are text with their currency; ids are uids."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.values import MoneyIn, MoneyOut, money_out
from modules.finance.constants import Method
from modules.finance.models import Charge, Receipt


class DueLineOut(serializers.Serializer[Any]):
    charge = serializers.UUIDField()
    kind = serializers.CharField()
    kind_title = serializers.CharField()
    year = serializers.IntegerField()
    due_on = serializers.DateField(allow_null=True)
    description = serializers.CharField()
    principal = MoneyOut()
    paid = MoneyOut()
    balance = MoneyOut()
    covered = MoneyOut()


class DuesOut(serializers.Serializer[Any]):
    """What a person owes on a day. `totals` are per currency and never added across currencies."""

    party = serializers.UUIDField()
    as_of = serializers.DateField()
    known = serializers.BooleanField()
    is_clear = serializers.BooleanField()
    lines = DueLineOut(many=True)
    totals = MoneyOut(many=True)
    advances = MoneyOut(many=True)


class ChargeOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    kind = serializers.CharField(source="kind.code")
    kind_title = serializers.CharField(source="kind.title")
    party = serializers.UUIDField(source="party.uid")
    year = serializers.IntegerField()
    period_from = serializers.DateField(allow_null=True)
    period_to = serializers.DateField(allow_null=True)
    due_on = serializers.DateField()
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=["open", "part_paid", "settled", "cancelled"])
    principal = serializers.SerializerMethodField()
    paid = serializers.SerializerMethodField()
    credited = serializers.SerializerMethodField()
    balance = serializers.SerializerMethodField()
    source_module = serializers.CharField()
    source_record = serializers.CharField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(MoneyOut)
    def get_principal(self, charge: Charge) -> dict[str, str]:
        return money_out(charge.principal, charge.currency)

    @extend_schema_field(MoneyOut)
    def get_paid(self, charge: Charge) -> dict[str, str]:
        return money_out(charge.paid, charge.currency)

    @extend_schema_field(MoneyOut)
    def get_credited(self, charge: Charge) -> dict[str, str]:
        return money_out(charge.credited, charge.currency)

    @extend_schema_field(MoneyOut)
    def get_balance(self, charge: Charge) -> dict[str, str]:
        return money_out(charge.balance, charge.currency)


class ChargeIn(serializers.Serializer[Any]):
    party = serializers.UUIDField()
    kind = serializers.CharField(max_length=60, help_text="Code of a kind of due.")
    amount = MoneyIn()
    due_on = serializers.DateField()
    description = serializers.CharField(max_length=300)
    year = serializers.IntegerField(required=False, min_value=1950, max_value=2100)
    period_from = serializers.DateField(required=False)
    period_to = serializers.DateField(required=False)


class InstrumentIn(serializers.Serializer[Any]):
    method = serializers.ChoiceField(choices=Method.values)
    amount = MoneyIn()
    reference = serializers.CharField(required=False, default="", max_length=60, allow_blank=True)
    bank = serializers.CharField(required=False, default="", max_length=80, allow_blank=True)
    branch = serializers.CharField(required=False, default="", max_length=80, allow_blank=True)
    drawer_account = serializers.CharField(
        required=False,
        default="",
        max_length=40,
        allow_blank=True,
        help_text="Of a cheque: two drawers of one bank may have cheques of the same number.",
    )
    dated_on = serializers.DateField(required=False)
    payable = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="Of a set-off: the spending that the municipality owes the payer, in the receipt's currency.",
    )


class ReceiptIn(serializers.Serializer[Any]):
    party = serializers.UUIDField()
    payer_name = serializers.CharField(required=False, max_length=160, allow_blank=True, default="")
    instruments = InstrumentIn(many=True, min_length=1, max_length=20)  # type: ignore[call-arg]
    charges = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=500,
        help_text="Dues to settle; left out, all open dues of the person, by the municipality's policy.",
    )
    keep_surplus = serializers.BooleanField(default=False)
    note = serializers.CharField(required=False, max_length=300, allow_blank=True, default="")
    project = serializers.UUIDField(
        required=False,
        allow_null=True,
        help_text="The budget line of a project of which the payer is the donor.",
    )


class InstrumentOut(serializers.Serializer[Any]):
    method = serializers.CharField()
    amount = MoneyOut()
    reference = serializers.CharField()
    bank = serializers.CharField()
    dated_on = serializers.DateField(allow_null=True)
    payable = serializers.UUIDField(allow_null=True)


class SettlementOut(serializers.Serializer[Any]):
    charge = serializers.UUIDField()
    amount = MoneyOut()
    tendered = MoneyOut()


class ReceiptOut(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uid")
    number = serializers.CharField(source="number_text")
    box = serializers.CharField(source="box.code")
    party = serializers.UUIDField(source="party.uid")
    payer_name = serializers.CharField()
    received_on = serializers.DateField()
    received_at = serializers.DateTimeField()
    amount = serializers.SerializerMethodField()
    surplus = serializers.SerializerMethodField()
    words = serializers.CharField()
    status = serializers.SerializerMethodField()
    note = serializers.CharField()

    @extend_schema_field(MoneyOut)
    def get_amount(self, receipt: Receipt) -> dict[str, str]:
        return money_out(receipt.amount, receipt.currency)

    @extend_schema_field(MoneyOut)
    def get_surplus(self, receipt: Receipt) -> dict[str, str]:
        return money_out(receipt.surplus, receipt.currency)

    def get_status(self, receipt: Receipt) -> str:
        """posted, cancelled or reversed."""
        return receipt.void_kind or "posted"


class ReceiptDetailOut(ReceiptOut):
    instruments = serializers.SerializerMethodField()
    settlements = serializers.SerializerMethodField()

    @extend_schema_field(InstrumentOut(many=True))
    def get_instruments(self, receipt: Receipt) -> list[dict[str, Any]]:
        return [
            {
                "method": one.method,
                "amount": money_out(one.amount, receipt.currency),
                "reference": one.reference,
                "bank": one.bank,
                "dated_on": one.dated_on,
                "payable": one.spending.uid if one.spending else None,
            }
            for one in receipt.instruments.all()
        ]

    @extend_schema_field(SettlementOut(many=True))
    def get_settlements(self, receipt: Receipt) -> list[dict[str, Any]]:
        return [
            {
                "charge": one.charge.uid,
                "amount": money_out(one.amount, one.charge.currency),
                "tendered": money_out(one.tendered, receipt.currency),
            }
            for one in receipt.settlements.all()
            if one.reverses_id is None
        ]


class MovementOut(serializers.Serializer[Any]):
    date = serializers.DateField()
    kind = serializers.CharField()
    document = serializers.CharField()
    title = serializers.CharField()
    debit = serializers.CharField()
    credit = serializers.CharField()
    balance = serializers.CharField()
    charge = serializers.CharField(allow_blank=True)
    receipt = serializers.CharField(allow_blank=True)


class AccountOut(serializers.Serializer[Any]):
    currency = serializers.CharField()
    opening = serializers.CharField()
    debit = serializers.CharField()
    credit = serializers.CharField()
    closing = serializers.CharField()
    movements = MovementOut(many=True)


class DepositOut(serializers.Serializer[Any]):
    account = serializers.CharField()
    title = serializers.CharField()
    currency = serializers.CharField()
    held = serializers.CharField()


class StatementOut(serializers.Serializer[Any]):
    party = serializers.UUIDField()
    since = serializers.DateField()
    until = serializers.DateField()
    accounts = AccountOut(many=True)
    deposits = DepositOut(many=True, help_text="Held on the last day: paid in, not given back.")


class DuesQuery(serializers.Serializer[Any]):
    party = serializers.UUIDField()
    on = serializers.DateField(required=False)


class StatementQuery(serializers.Serializer[Any]):
    party = serializers.UUIDField()
    since = serializers.DateField()
    until = serializers.DateField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["until"] < attrs["since"]:
            raise serializers.ValidationError({"until": ["until < since"]})
        return attrs
