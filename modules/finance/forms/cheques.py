"""Forms of the register of cheques."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, PartyField, TextField
from kernel.errors import Refusal
from kernel.money import Money, parse_amount
from modules.finance.constants import BounceReason
from modules.finance.forms.desk import currency_choices
from modules.finance.models import Account, Charge, Cheque
from modules.finance.months import month_later
from modules.finance.services.cheques.taking import NewCheque

MOST_CHEQUES = 36


class ChequesForm(DeskForm):
    """A row of post-dated cheques of one bank, one a month, each with the same amount; one cheque is a row of one."""

    bank = TextField(label=_("Bank"), max_length=80)
    branch = TextField(label=_("Branch"), max_length=80, required=False)
    drawer_account = TextField(label=_("Account of the drawer"), max_length=40, required=False)
    drawer = TextField(label=_("Name on the cheque"), max_length=160)
    number = forms.RegexField(
        r"^[0-9]{1,12}$",
        label=_("Number of the first cheque"),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric"}),
    )
    first_on = DateField(label=_("Date of the first cheque"))
    count = forms.IntegerField(
        label=_("How many cheques, one a month"), min_value=1, max_value=MOST_CHEQUES, initial=1
    )
    amount = forms.CharField(
        label=_("Amount of each"),
        max_length=30,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    charges = forms.MultipleChoiceField(
        label=_("Dues that they cover"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, open_charges: Iterable[Charge] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_uid = {str(one.uid): one for one in open_charges}
        self.fields["charges"].choices = [  # type: ignore[attr-defined]
            (uid, f"{one.title} — {one.due_on:%d/%m/%Y} — {one.balance} {one.currency}")
            for uid, one in self.by_uid.items()
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") and cleaned.get("currency"):
            try:
                cleaned["money"] = parse_amount(cleaned["amount"], cleaned["currency"])
            except Refusal as refusal:
                self.add_refusal(refusal)
        return cleaned

    def cheques(self) -> list[NewCheque]:
        """The row of cheques that was described."""
        first, width = int(self.cleaned_data["number"]), len(self.cleaned_data["number"])
        return [
            self._one(
                f"{first + place:0{width}d}", month_later(self.cleaned_data["first_on"], place)
            )
            for place in range(self.cleaned_data["count"])
        ]

    def _one(self, number: str, day: date) -> NewCheque:
        amount: Money = self.cleaned_data["money"]
        return NewCheque(
            number=number,
            bank=self.cleaned_data["bank"],
            branch=self.cleaned_data["branch"],
            drawer_account=self.cleaned_data["drawer_account"],
            drawer=self.cleaned_data["drawer"],
            amount=amount,
            dated_on=day,
        )

    def charge_ids(self) -> list[int]:
        chosen = set(self.cleaned_data["charges"])
        return [one.pk for uid, one in self.by_uid.items() if uid in chosen]


class BankForm(DeskForm):
    """To which account, with a word."""

    bank = forms.ModelChoiceField(
        label=_("Bank account"),
        queryset=Account.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    note = TextField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, banks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].queryset = banks  # type: ignore[attr-defined]


class BounceForm(DeskForm):
    """What the bank said, and what it took for it."""

    reason = forms.ChoiceField(label=_("Why the bank returned it"), choices=BounceReason.choices)
    note = TextField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank_fee"] = AmountField(
            label=_("Charge of the bank"), currency=currency, required=False
        )


class EndorseForm(DeskForm):
    """To whom a cheque is endorsed."""

    party = PartyField(label=_("Creditor"))
    note = TextField(label=_("Note"), max_length=300)


class ReplaceForm(DeskForm):
    """The cheque that comes instead; its amount is that of the first."""

    number = forms.RegexField(
        r"^[0-9]{1,12}$",
        label=_("Number of the new cheque"),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric"}),
    )
    bank = TextField(label=_("Bank"), max_length=80)
    branch = TextField(label=_("Branch"), max_length=80, required=False)
    dated_on = DateField(label=_("Date of the cheque"))

    def cheque(self, old: Cheque, amount: Money) -> NewCheque:
        return NewCheque(
            number=self.cleaned_data["number"],
            bank=self.cleaned_data["bank"],
            branch=self.cleaned_data["branch"],
            drawer=old.drawer,
            amount=amount,
            dated_on=self.cleaned_data["dated_on"],
        )
