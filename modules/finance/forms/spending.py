"""Forms of spending and of the budget."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, PartyField, TextField
from kernel.calendar.selectors import today
from kernel.money import format_money, money
from modules.finance.constants import (
    Authority,
    BudgetControl,
    Fund,
    PayWay,
    SpendingKind,
)
from modules.finance.forms.desk import currency_choices
from modules.finance.forms.rows import AccountRowsForm
from modules.finance.models import Account, BudgetLine
from modules.finance.selectors.books import base_currency
from modules.finance.services.budgeting import BudgetPaper
from modules.finance.services.spending.asking import AskedLine


class SpendingForm(AccountRowsForm):
    """A request: who is paid, what for, up to six lines."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SpendingKind.choices)
    party = PartyField(label=_("Who is paid"))
    purpose = TextField(label=_("What for"), max_length=300)
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)

    keep_digits = frozenset({"purpose"})

    def __init__(self, *args: Any, budget: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lines = list(budget)
        self.offer(
            Account.objects.filter(is_posting=True, is_active=True),
            lines,
            {str(one.uid): f"{one.account} ({_left(one)})" for one in lines},
        )

    def head(self) -> list[Any]:
        return [self[name] for name in ("kind", "party", "purpose", "currency")]

    def lines(self) -> list[AskedLine]:
        """Refuses what `typed` refuses."""
        return [
            AskedLine(
                account=one.account,
                amount=one.amount,
                budget_line=one.budget_line,
                text=one.text,
            )
            for one in self.typed(self.cleaned_data["currency"])
        ]


def _left(line: BudgetLine) -> str:
    return format_money(money(line.available, base_currency(today())))


class NoteForm(DeskForm):
    note = TextField(label=_("Note"), required=False, max_length=300)


class InvoiceForm(NoteForm):
    reference = TextField(label=_("Number of the invoice"), max_length=60)


class ApproveForm(NoteForm):
    """Approving; the one who does it does not pay it out (FIN-12)."""

    decision_no = TextField(
        label=_("Number of the council's decision"), required=False, max_length=60
    )


class PayForm(DeskForm):
    """How it is paid."""

    way = forms.ChoiceField(label=_("Method"), choices=PayWay.choices)
    bank = forms.ModelChoiceField(
        label=_("Bank account"),
        queryset=Account.objects.none(),
        to_field_name="code",
        required=False,
    )
    reference = TextField(
        label=_("Number of the cheque or transfer"), required=False, max_length=60
    )
    dated_on = DateField(label=_("Date of the cheque"), required=False)

    def __init__(self, *args: Any, banks: Any, owes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bank"].queryset = banks  # type: ignore[attr-defined]
        if owes:
            self.fields["despite_dues"] = TextField(
                label=_("Why it is paid out without setting the dues off"),
                required=False,
                rows=2,
                max_length=300,
            )


class HandOverForm(DeskForm):
    receiver = TextField(label=_("Received by"), max_length=160)
    id_number = TextField(label=_("ID number"), max_length=20)


class SentBackForm(DeskForm):
    """A transfer that the bank sent back, or cash that came back."""

    on = DateField(label=_("Came back on"), initial=today)
    reason = TextField(label=_("Reason"), rows=2, max_length=300)


class PaperForm(DeskForm):
    """The decision behind a change of the budget."""

    decision_no = TextField(label=_("Number of the decision"), max_length=60)
    decided_on = DateField(label=_("Date of the decision"))
    authority = forms.ChoiceField(
        label=_("Decided by"), choices=Authority.choices, initial=Authority.COUNCIL
    )
    reason = TextField(label=_("Reason"), required=False, max_length=300)

    def paper(self) -> BudgetPaper:
        return BudgetPaper(
            number=self.cleaned_data["decision_no"],
            decided_on=self.cleaned_data["decided_on"],
            reason=self.cleaned_data["reason"],
            authority=self.cleaned_data["authority"],
        )


class BudgetLineForm(PaperForm):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    account = forms.ModelChoiceField(
        label=_("Account"), queryset=Account.objects.none(), to_field_name="code"
    )
    fund = forms.ChoiceField(label=_("Fund"), choices=Fund.choices)
    amount = AmountField(label=_("Amount"), zero=False)
    control = forms.ChoiceField(
        label=_("When it is exceeded"),
        choices=[("", _("as the policy says")), *BudgetControl.choices],
        required=False,
    )

    project = TextField(
        label=_("Project"), required=False, max_length=120, help_text=_("When a donor pays for it.")
    )
    donor = PartyField(label=_("Donor"), required=False)
    bank_account = forms.ModelChoiceField(
        label=_("Bank account of the project"), queryset=Account.objects.none(), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = Account.objects.filter(  # type: ignore[attr-defined]
            is_posting=True, is_active=True, kind__in=["expense", "asset"]
        )
        banks = Account.objects.filter(is_posting=True, is_active=True, kind="asset")
        self.fields["bank_account"].queryset = banks.filter(needs_party=False)  # type: ignore[attr-defined]
        self.order_fields(
            ["year", "account", "fund", "amount", "control", "project", "donor", "bank_account"]
        )


class BudgetChangeForm(PaperForm):
    amount = AmountField(label=_("Amount"), zero=False)
    to = forms.ModelChoiceField(
        label=_("To the line (empty: a supplement)"),
        queryset=BudgetLine.objects.none(),
        to_field_name="uid",
        required=False,
    )

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = others  # type: ignore[attr-defined]
        self.order_fields(["amount", "to"])
