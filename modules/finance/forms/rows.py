"""Rows of a form in which an amount is put on accounts: account, amount, line of the budget, note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm
from kernel.money import Money, parse_amount
from modules.finance.errors import AccountUnknown
from modules.finance.models import Account, BudgetLine

NAMES = ("account", "amount", "budget", "text")


@dataclass(frozen=True)
class TypedRow:
    """One row as it was typed."""

    account: Account
    amount: Money
    budget_line: BudgetLine | None
    text: str


class AccountRowsForm(DeskForm):
    """A form with `places` such rows; which accounts and lines may be named is said by `offer`."""

    places = 6

    def offer(
        self, accounts: Iterable[Account], budget: Iterable[BudgetLine], labels: Mapping[str, str]
    ) -> None:
        """Lay the rows. `labels` are the words for each line of the budget, by its uid."""
        self.accounts = list(accounts)
        self.budget = {str(one.uid): one for one in budget}
        choices = [("", "—"), *labels.items()]
        typed = {"dir": "ltr", "class": "form-control"}
        for place in range(self.places):
            self.fields[f"account_{place}"] = forms.CharField(
                label=_("Account"),
                required=False,
                widget=forms.TextInput({**typed, "list": "accounts"}),
            )
            self.fields[f"amount_{place}"] = forms.CharField(
                label=_("Amount"), required=False, widget=forms.TextInput(typed)
            )
            self.fields[f"budget_{place}"] = forms.ChoiceField(
                label=_("Line of the budget"), required=False, choices=choices
            )
            self.fields[f"budget_{place}"].widget.attrs["class"] = "form-select"
            self.fields[f"text_{place}"] = forms.CharField(
                label=_("Note"), required=False, widget=forms.TextInput({"class": "form-control"})
            )

    def rows(self) -> list[list[Any]]:
        return [[self[f"{name}_{place}"] for name in NAMES] for place in range(self.places)]

    def typed(self, currency: str) -> Iterator[TypedRow]:
        """What was typed, empty rows left out. Refuses `AccountUnknown` and amounts that are none."""
        by_code = {one.code: one for one in self.accounts}
        for place in range(self.places):
            account, amount, line, text = (
                self.cleaned_data.get(f"{name}_{place}") or "" for name in NAMES
            )
            budget = self.budget.get(line)
            code = account.split(" ")[0] or (budget.account.code if budget else "")
            if not code or not amount:
                continue
            if code not in by_code:
                raise AccountUnknown(account=code)
            yield TypedRow(by_code[code], parse_amount(amount, currency), budget, text)
