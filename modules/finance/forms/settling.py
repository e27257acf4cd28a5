"""Forms of what is accounted for: an advance of an employee, a deposit that is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, TextField
from kernel.calendar.selectors import today
from kernel.money import Money
from modules.finance.constants import ForfeitGround
from modules.finance.forms.rows import AccountRowsForm
from modules.finance.models import Account
from modules.finance.services.spending.settling import SettledPart


class SettleAdvanceForm(AccountRowsForm):
    """Up to five receipts of an employee, and what came back."""

    note = TextField(label=_("What was brought"), max_length=300)

    places = 5
    keep_digits = frozenset({"note"})

    def __init__(
        self, *args: Any, currency: str, budget: Any, banks: list[Account], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        lines = list(budget)
        self.offer(
            Account.objects.filter(is_posting=True, is_active=True, needs_party=False),
            lines,
            {str(one.uid): str(one.account) for one in lines},
        )
        self.fields["returned"] = AmountField(
            label=_("Cash that came back"), currency=currency, required=False
        )
        self.fields["into"] = forms.ModelChoiceField(
            label=_("Paid into"),
            queryset=Account.objects.filter(pk__in=[one.pk for one in banks]),
            required=False,
            empty_label=_("the main bank account"),
        )

    def parts(self) -> list[SettledPart]:
        """Refuses what `typed` refuses."""
        return [
            SettledPart(
                account=one.account,
                amount=one.amount,
                budget_line=one.budget_line,
                text=one.text,
            )
            for one in self.typed(self.currency)
        ]

    def returned(self) -> Money | None:
        amount: Money | None = self.cleaned_data.get("returned")
        return amount


class ForfeitForm(DeskForm):
    """Keep a deposit, by decision."""

    ground = forms.ChoiceField(label=_("Kept because of"), choices=ForfeitGround.choices)
    decision_no = TextField(label=_("Number of the decision"), max_length=60)
    decided_on = DateField(label=_("Date of the decision"))
    reason = TextField(label=_("Reason"), rows=2, max_length=300)

    keep_digits = frozenset({"reason"})

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(label=_("Amount"), currency=currency, zero=False)
        self.order_fields(["amount", "ground", "decision_no", "decided_on", "reason"])

    def clean_decided_on(self) -> date:
        day: date = self.cleaned_data["decided_on"]
        if day > today():
            raise forms.ValidationError(_("The decision is not of a day to come."))
        return day
