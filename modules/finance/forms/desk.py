"""Forms of the cash desk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, PartyField, TextField
from frontend.forms.widgets import PartyInput
from kernel.errors import Refusal
from kernel.money import CURRENCIES, Money, currency_name, format_money, money, parse_amount
from kernel.parties.models import Party
from modules.finance.constants import DENOMINATIONS, Method
from modules.finance.models import BudgetLine, CashBox, Charge, Spending
from modules.finance.selectors.cash import Holding
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.sessions import Count

_PLAIN = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,3})?")


def currency_choices() -> list[tuple[str, str]]:
    return [(code, str(currency_name(code))) for code in CURRENCIES]


class FindPersonForm(DeskForm):
    """Whose dues? One box; choosing leads on."""

    party = PartyField(label=_("Who pays?"), widget=PartyInput({"autofocus": True}))


# What may be handed over beside the first: a cheque and cash, two cheques and a card.
MORE_PARTS: dict[str, str | Promise] = {
    "second": _("Second part"),
    "third": _("Third part"),
    "fourth": _("Fourth part"),
}


class ReceiveForm(DeskForm):
    """Everything a receipt needs, on one screen; the amount has the cursor."""

    amount = forms.CharField(
        label=_("Amount received"),
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "dir": "ltr",
                "inputmode": "decimal",
                "autocomplete": "off",
                "autofocus": True,
                "class": "amount-input",
            }
        ),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    method = forms.ChoiceField(label=_("Method"), choices=Method.choices)
    reference = TextField(
        label=_("Number of the cheque, slip or transfer"), required=False, max_length=60
    )
    bank = TextField(label=_("Bank"), required=False, max_length=80)
    branch = TextField(label=_("Branch"), required=False, max_length=80)
    cheque_date = DateField(label=_("Date of the cheque"), required=False)
    drawer_account = TextField(label=_("Account of the drawer"), required=False, max_length=40)
    payer_name = TextField(label=_("Paid by"), max_length=160)
    note = TextField(label=_("Note"), required=False, max_length=300)
    charges = forms.MultipleChoiceField(label=_("Dues"), required=False)
    keep_surplus = forms.BooleanField(label=_("Keep what is over as an advance"), required=False)
    advance_only = forms.BooleanField(required=False, widget=forms.HiddenInput)
    # What the page told of campaigns, due by due: whoever confirms it is given that, or is told.
    offers = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    keep_digits = frozenset({"note", "payer_name"})

    def __init__(
        self,
        *args: Any,
        open_charges: Iterable[Charge],
        projects: Sequence[BudgetLine] = (),
        payables: Sequence[Spending] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.payables = [
            (
                str(one.uid),
                f"{one.number_text} · {one.purpose} · {format_money(money(one.left_open, one.currency))}",  # type: ignore[attr-defined]
            )
            for one in payables
        ]
        for part in MORE_PARTS:
            self._add_part(part)
        if self.payables:
            self.fields["payable"] = self._payable()
        self.projects = {str(one.uid): one for one in projects}
        if projects:
            self.fields["project"] = forms.ChoiceField(
                label=_("For the project"),
                required=False,
                choices=[("", "—"), *((uid, one.project) for uid, one in self.projects.items())],
            )
        self.by_uid = {str(one.uid): one for one in open_charges}
        self.fields["charges"].choices = [(uid, uid) for uid in self.by_uid]  # type: ignore[attr-defined]

    def _add_part(self, part: str) -> None:
        self.fields[f"{part}_amount"] = forms.CharField(
            label=_("Amount"),
            required=False,
            max_length=30,
            widget=forms.TextInput(
                attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}
            ),
        )
        self.fields[f"{part}_method"] = forms.ChoiceField(
            label=_("Method"), required=False, choices=Method.choices
        )
        self.fields[f"{part}_reference"] = TextField(
            label=_("Number of the cheque, slip or transfer"), required=False, max_length=60
        )
        if self.payables:
            self.fields[f"{part}_payable"] = self._payable()
        self.fields[f"{part}_bank"] = TextField(label=_("Bank"), required=False, max_length=80)
        self.fields[f"{part}_date"] = DateField(label=_("Date of the cheque"), required=False)
        self.fields[f"{part}_drawer_account"] = TextField(
            label=_("Account of the drawer"), required=False, max_length=40
        )

    def _payable(self) -> forms.ChoiceField:
        return forms.ChoiceField(
            label=_("Set-off: against what we owe"),
            required=False,
            choices=[("", "—"), *self.payables],
        )

    def more_parts(self) -> list[tuple[str | Promise, bool, list[Any]]]:
        """Each further part: its title, whether something was typed into it, its fields."""
        names = ["amount", "method", "reference", "bank", "date", "drawer_account"]
        if self.payables:
            names.insert(2, "payable")
        return [
            (
                title,
                bool(self[f"{part}_amount"].value() or self[f"{part}_amount"].errors),
                [self[f"{part}_{name}"] for name in names],
            )
            for part, title in MORE_PARTS.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        more = [(f"{part}_amount", f"{part}_money") for part in MORE_PARTS]
        for typed, parsed in (("amount", "money"), *more):
            if cleaned.get(typed) and cleaned.get("currency"):
                try:
                    cleaned[parsed] = parse_amount(cleaned[typed], cleaned["currency"])
                except Refusal as refusal:
                    self.add_refusal(refusal)
        return cleaned

    def payment(self, party: Party, family: Sequence[int]) -> Payment:
        """The payment that was typed; only after the form was found valid."""
        cleaned = self.cleaned_data
        first = Tender(
            method=Method(cleaned["method"]),
            amount=cleaned["money"],
            reference=cleaned["reference"],
            bank=cleaned["bank"],
            branch=cleaned["branch"],
            drawer_account=cleaned["drawer_account"],
            dated_on=cleaned["cheque_date"],
            payable=_uid(cleaned.get("payable")),
        )
        more = [
            Tender(
                method=Method(cleaned[f"{part}_method"] or Method.CASH),
                amount=cleaned[f"{part}_money"],
                reference=cleaned[f"{part}_reference"],
                bank=cleaned[f"{part}_bank"],
                drawer_account=cleaned[f"{part}_drawer_account"],
                dated_on=cleaned[f"{part}_date"],
                payable=_uid(cleaned.get(f"{part}_payable")),
            )
            for part in MORE_PARTS
            if cleaned.get(f"{part}_money")
        ]
        return Payment(
            party_id=party.pk,
            payer_name=cleaned["payer_name"],
            tenders=(first, *more),
            charge_ids=tuple(self.by_uid[uid].pk for uid in cleaned["charges"]),
            family_ids=tuple(family),
            keep_surplus=cleaned["keep_surplus"],
            promised=tuple(self._promised(cleaned["offers"])),
            note=cleaned["note"],
            project=self.projects.get(cleaned.get("project", "")),
        )

    def _promised(self, told: str) -> Iterable[tuple[int, Decimal]]:
        for one in told.split():
            uid, _, amount = one.partition("=")
            if uid in self.by_uid and _PLAIN.fullmatch(amount):
                yield self.by_uid[uid].pk, Decimal(amount)


def _uid(chosen: str | None) -> UUID | None:
    return UUID(chosen) if chosen else None


class OpenSessionForm(DeskForm):
    """Sit down at a box with the cash that is in it."""

    box = forms.ModelChoiceField(
        label=_("Cash box"), queryset=CashBox.objects.none(), empty_label=None
    )
    float_ILS = AmountField(label=_("Shekels in the box"), currency="ILS", required=False)
    float_JOD = AmountField(label=_("Dinars in the box"), currency="JOD", required=False)
    float_USD = AmountField(label=_("Dollars in the box"), currency="USD", required=False)
    reason = TextField(
        label=_("Why it differs from the books"),
        required=False,
        rows=2,
        max_length=300,
        help_text=_("Only where the box does not hold what the books say."),
    )

    keep_digits = frozenset({"reason"})

    def __init__(self, *args: Any, boxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["box"].queryset = boxes  # type: ignore[attr-defined]

    def floats(self) -> dict[str, Decimal]:
        return {
            currency: self.cleaned_data[f"float_{currency}"].amount
            for currency in ("ILS", "JOD", "USD")
            if self.cleaned_data.get(f"float_{currency}")
        }


class CloseSessionForm(DeskForm):
    """The count: pieces of each note and coin, or a total; and the other instruments."""

    note = TextField(label=_("Why it differs"), required=False, rows=2, max_length=300)

    def __init__(self, *args: Any, holdings: Sequence[Holding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holdings = holdings
        for one in holdings:
            if one.method == Method.CASH:
                for value in DENOMINATIONS.get(one.currency, ()):
                    self.fields[_piece(one.currency, value)] = forms.IntegerField(
                        label=value, required=False, min_value=0, max_value=100_000,
                        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "class": "piece"}),
                    )  # fmt: skip
            self.fields[_total(one)] = AmountField(
                label=_("Counted in all"), currency=one.currency, required=one.method != Method.CASH
            )
            if one.method != Method.CASH:
                self.fields[_total(one)].initial = money(one.taken, one.currency)

    def blocks(self) -> list[dict[str, Any]]:
        """Per instrument and currency: what is expected, the fields to fill."""
        return [
            {
                "holding": one,
                "pieces": [
                    self[_piece(one.currency, value)]
                    for value in DENOMINATIONS.get(one.currency, ())
                    if one.method == Method.CASH
                ],
                "total": self[_total(one)],
            }
            for one in self.holdings
        ]

    def counts(self) -> list[Count]:
        """What was counted; a currency of cash that was not touched is left out, and the service refuses."""
        found = []
        for one in self.holdings:
            pieces = self._pieces(one)
            counted: Money | None = self.cleaned_data.get(_total(one))
            if pieces:
                counted = money(
                    sum((Decimal(value) * count for value, count in pieces.items()), Decimal(0)),
                    one.currency,
                )
            if counted is None:
                continue
            found.append(Count(method=Method(one.method), counted=counted, denominations=pieces))
        return found

    def _pieces(self, one: Holding) -> dict[str, int]:
        if one.method != Method.CASH:
            return {}
        typed = {
            value: self.cleaned_data.get(_piece(one.currency, value))
            for value in DENOMINATIONS.get(one.currency, ())
        }
        return {value: count for value, count in typed.items() if count is not None}


def _piece(currency: str, value: str) -> str:
    return f"piece_{currency}_{value.replace('.', '_')}"


def _total(one: Holding) -> str:
    return f"total_{one.method}_{one.currency}"


class ReasonForm(DeskForm):
    """A sentence that says why; it goes on the trail."""

    reason = TextField(label=_("Reason"), rows=2, max_length=300)

    keep_digits = frozenset({"reason"})


class RemitForm(DeskForm):
    """Cash taken to the bank."""

    amount = AmountField(label=_("Amount"), zero=False)
    slip = TextField(label=_("Number of the deposit slip"), max_length=60)
    reason = TextField(
        label=_("Why it comes late"),
        required=False,
        rows=2,
        max_length=300,
        help_text=_("Only where the cash lay in the box longer than the policy allows."),
    )

    keep_digits = frozenset({"reason"})


class BoxForm(DeskForm):
    """A new cash box."""

    code = TextField(
        label=_("Code"),
        max_length=6,
        help_text=_("Digits and capital letters; it stands in every receipt number."),
    )
    name_ar = TextField(label=_("Name in Arabic"), max_length=80)
    name_en = TextField(label=_("Name in English"), max_length=80, required=False)
