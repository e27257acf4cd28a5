"""Forms of what is accounted for: an advance of an employee, a deposit that is kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, TextField
from kernel.calendar.selectors import today
from kernel.money import Money, parse_amount
from modules.finance.errors import AccountUnknown
from modules.finance.models import Account, BudgetLine
from modules.finance.services.spending.settling import SettledPart

PARTS = 5


class SettleAdvanceForm(DeskForm):
    """Up to five receipts of an employee, and what came back."""

    note = TextField(label=_("What was brought"), max_length=300)

    keep_digits = frozenset({"note"})

    def __init__(
        self, *args: Any, currency: str, budget: Any, banks: list[Account], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.accounts = list(
            Account.objects.filter(is_posting=True, is_active=True, needs_party=False)
        )
        self.budget: dict[str, BudgetLine] = {str(one.uid): one for one in budget}
        choices = [("", "—"), *((uid, str(one.account)) for uid, one in self.budget.items())]
        for place in range(PARTS):
            self.fields[f"account_{place}"] = forms.CharField(label=_("Account"), required=False)
            self.fields[f"account_{place}"].widget.attrs.update(
                {"dir": "ltr", "list": "accounts", "class": "form-control"}
            )
            self.fields[f"amount_{place}"] = forms.CharField(label=_("Amount"), required=False)
            self.fields[f"amount_{place}"].widget.attrs.update(
                {"dir": "ltr", "class": "form-control"}
            )
            self.fields[f"budget_{place}"] = forms.ChoiceField(
                label=_("Line of the budget"), required=False, choices=choices
            )
            self.fields[f"budget_{place}"].widget.attrs["class"] = "form-select"
            self.fields[f"text_{place}"] = forms.CharField(label=_("Note"), required=False)
            self.fields[f"text_{place}"].widget.attrs["class"] = "form-control"
        self.fields["returned"] = AmountField(
            label=_("Cash that came back"), currency=currency, required=False
        )
        self.fields["into"] = forms.ModelChoiceField(
            label=_("Paid into"),
            queryset=Account.objects.filter(pk__in=[one.pk for one in banks]),
            required=False,
            empty_label=_("the main bank account"),
        )

    def rows(self) -> list[list[Any]]:
        names = ("account", "amount", "budget", "text")
        return [[self[f"{name}_{place}"] for name in names] for place in range(PARTS)]

    def parts(self) -> list[SettledPart]:
        """What was typed, empty lines left out. Refuses `AccountUnknown` and amounts that are none."""
        by_code = {one.code: one for one in self.accounts}
        found = []
        for place in range(PARTS):
            budget = self.budget.get(self.cleaned_data.get(f"budget_{place}") or "")
            code = (self.cleaned_data.get(f"account_{place}") or "").split(" ")[0]
            code = code or (budget.account.code if budget else "")
            typed = self.cleaned_data.get(f"amount_{place}")
            if not code or not typed:
                continue
            if code not in by_code:
                raise AccountUnknown(account=code)
            found.append(
                SettledPart(
                    account=by_code[code],
                    amount=parse_amount(typed, self.currency),
                    budget_line=budget,
                    text=self.cleaned_data.get(f"text_{place}") or "",
                )
            )
        return found

    def returned(self) -> Money | None:
        amount: Money | None = self.cleaned_data.get("returned")
        return amount


class ForfeitForm(DeskForm):
    """Keep a deposit, by decision."""

    decision_no = TextField(label=_("Number of the decision"), max_length=60)
    decided_on = DateField(label=_("Date of the decision"))
    reason = TextField(label=_("Reason"), rows=2, max_length=300)

    keep_digits = frozenset({"reason"})

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(label=_("Amount"), currency=currency, zero=False)
        self.order_fields(["amount", "decision_no", "decided_on", "reason"])

    def clean_decided_on(self) -> date:
        day: date = self.cleaned_data["decided_on"]
        if day > today():
            raise forms.ValidationError(_("The decision is not of a day to come."))
        return day
