"""Forms of the accountant: charges, credits, accounts, kinds, rates, old dues."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, PartyField, TextField
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.money import parse_amount
from kernel.viewer import Viewer
from modules.finance.constants import (
    AccountKind,
    Authority,
    BatchKind,
    CreditKind,
    WriteOffAuthority,
)
from modules.finance.errors import AccountUnknown
from modules.finance.errors.spending import BudgetLineUnknown
from modules.finance.forms.desk import currency_choices
from modules.finance.models import Account, BudgetLine, DuesKind
from modules.finance.selectors.projects import called, nameable_lines
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.opening.sheet import (
    BALANCE_COLUMNS,
    CHEQUE_COLUMNS,
    COLUMNS,
)
from modules.finance.services.vouchers import HandLine


class MoneyForm(DeskForm):
    """A form with an amount whose currency is chosen beside it; `money` is the cleaned amount."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") and cleaned.get("currency"):
            try:
                cleaned["money"] = parse_amount(cleaned["amount"], cleaned["currency"])
            except Refusal as refusal:
                self.add_refusal(refusal)
        return cleaned


def _amount_text() -> forms.CharField:
    return forms.CharField(
        label=_("Amount"),
        max_length=30,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )


class AssessForm(MoneyForm):
    """Charge somebody by hand."""

    party = PartyField(label=_("Ratepayer"))
    kind = forms.ModelChoiceField(
        label=_("Kind of due"),
        queryset=DuesKind.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    amount = _amount_text()
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    year = forms.IntegerField(label=_("Year"), min_value=1950, max_value=2100)
    due_on = DateField(label=_("Due on"))
    period_from = DateField(label=_("From"), required=False)
    period_to = DateField(label=_("To"), required=False)
    description = TextField(label=_("Description"), max_length=300)

    keep_digits = frozenset({"description"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = DuesKind.objects.filter(is_active=True)  # type: ignore[attr-defined]


class CreditForm(DeskForm):
    """An exemption, discount, write-off or correction with the decision behind it."""

    kind = forms.ChoiceField(
        label=_("What is granted"),
        choices=[
            (one.value, one.label)
            for one in CreditKind
            if one not in (CreditKind.ADVANCE, CreditKind.TRANSFER)
        ],
    )
    decision_no = TextField(label=_("Number of the decision"), required=False, max_length=60)
    decided_on = DateField(label=_("Date of the decision"), required=False)
    authority = forms.ChoiceField(
        label=_("Decided by"),
        required=False,
        choices=[("", "—"), *Authority.choices, *WriteOffAuthority.choices[-1:]],
        help_text=_("The ministry approves write-offs alone: write both numbers."),
    )
    reason = TextField(label=_("Reason"), rows=2, max_length=300)

    keep_digits = frozenset({"reason"})

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"] = AmountField(label=_("Amount"), currency=currency, zero=False)
        self.order_fields(["kind", "amount", "decision_no", "decided_on", "authority", "reason"])

    def paper(self) -> DecisionPaper:
        return DecisionPaper(
            number=self.cleaned_data["decision_no"],
            decided_on=self.cleaned_data["decided_on"],
            authority=self.cleaned_data["authority"],
        )


class AccountForm(DeskForm):
    """A new account; its place in the tree follows from its code."""

    code = TextField(
        label=_("Code"),
        max_length=12,
        help_text=_("Digits; it stands under the longest code it begins with."),
    )
    name_ar = TextField(label=_("Name in Arabic"), max_length=120)
    name_en = TextField(label=_("Name in English"), max_length=120, required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("as the account above")), *AccountKind.choices],
    )
    needs_party = forms.BooleanField(label=_("Each line names a person"), required=False)
    report_line = TextField(label=_("Line of the ministry's form"), max_length=60, required=False)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code.isdigit():
            raise forms.ValidationError(_("A code has digits only."))
        return code


class RenameAccountForm(DeskForm):
    name_ar = TextField(label=_("Name in Arabic"), max_length=120)
    name_en = TextField(label=_("Name in English"), max_length=120, required=False)
    report_line = TextField(label=_("Line of the ministry's form"), max_length=60, required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)
    is_monetary = forms.BooleanField(
        label=_("Revalued at the month's end"),
        help_text=_(
            "Money, and what is received or paid in money. Not stores, buildings or works."
        ),
        required=False,
    )


class KindForm(DeskForm):
    """The municipality's own kind of due."""

    code = forms.RegexField(
        r"^[a-z][a-z0-9_.]{1,59}$",
        label=_("Code"),
        help_text=_("Small Latin letters, for integrators."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    title_ar = TextField(label=_("Title in Arabic"), max_length=80)
    title_en = TextField(label=_("Title in English"), max_length=80, required=False)
    receivable = forms.ModelChoiceField(
        label=_("Receivable account"), queryset=Account.objects.none(), empty_label=None
    )
    revenue = forms.ModelChoiceField(
        label=_("Revenue account"), queryset=Account.objects.none(), empty_label=None
    )
    is_fine = forms.BooleanField(label=_("It is a fine or penalty"), required=False)
    position = forms.IntegerField(
        label=_("Order of settling"), min_value=1, max_value=9_999, initial=500
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        postable = Account.objects.filter(is_posting=True, is_active=True).order_by("code")
        receivables = postable.filter(kind=AccountKind.ASSET, needs_party=True)
        self.fields["receivable"].queryset = receivables  # type: ignore[attr-defined]
        self.fields["revenue"].queryset = postable.filter(kind=AccountKind.REVENUE)  # type: ignore[attr-defined]


class ChangeKindForm(DeskForm):
    title_ar = TextField(label=_("Title in Arabic"), max_length=80)
    title_en = TextField(label=_("Title in English"), max_length=80, required=False)
    is_fine = forms.BooleanField(label=_("It is a fine or penalty"), required=False)
    position = forms.IntegerField(label=_("Order of settling"), min_value=1, max_value=9_999)
    is_active = forms.BooleanField(label=_("In use"), required=False)


class RateForm(DeskForm):
    """Today's rate of a currency."""

    currency = forms.ChoiceField(label=_("Currency"))
    rate = forms.DecimalField(
        label=_("One unit in base currency"),
        max_digits=12,
        decimal_places=6,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal"}),
    )
    on_date = DateField(label=_("Date"))

    def __init__(self, *args: Any, base: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [one for one in currency_choices() if one[0] != base]  # type: ignore[attr-defined]
        self.fields["on_date"].initial = today()


# The columns of all sheets, each once.
_OWN = tuple({one.name: one for one in (*CHEQUE_COLUMNS, *BALANCE_COLUMNS, *COLUMNS)}.values())


class OpeningUploadForm(DeskForm):
    """A filled sheet of old dues and the day its balances are of."""

    what = forms.ChoiceField(
        label=_("What the sheet brings"),
        required=False,
        choices=[
            (BatchKind.DUES.value, BatchKind.DUES.label),
            (BatchKind.BALANCES.value, _("balances of accounts and deposits held")),
            (BatchKind.CHEQUES.value, BatchKind.CHEQUES.label),
        ],
    )
    file = forms.FileField(
        label=_("Filled sheet"), widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )
    as_of = DateField(
        label=_("Balances of"),
        help_text=_("A day in an open month of the books; usually the first day of the year."),
    )

    def __init__(self, *args: Any, remembered: dict[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in _OWN:
            self.fields[f"column_{one.name}"] = TextField(
                label=one.heading,
                required=False,
                max_length=80,
                initial=(remembered or {}).get(one.name, ""),
            )

    def clean_what(self) -> str:
        return self.cleaned_data["what"] or BatchKind.DUES.value

    def own_headings(self) -> list[Any]:
        """The fields for the old system's own headings."""
        return [self[f"column_{one.name}"] for one in _OWN]

    def columns(self) -> dict[str, str]:
        """The old system's headings that were typed, by column."""
        typed = {one.name: self.cleaned_data[f"column_{one.name}"] for one in _OWN}
        return {name: heading for name, heading in typed.items() if heading}


class LoadForm(DeskForm):
    only_good = forms.BooleanField(label=_("Load only the rows that are right"), required=False)


class PeriodForm(DeskForm):
    """From a day to a day."""

    since = DateField(label=_("From"))
    until = DateField(label=_("To"))


class DayForm(DeskForm):
    on = DateField(label=_("As of"))


class ChartSheetForm(DeskForm):
    """The municipality's own chart."""

    file = forms.FileField(label=_("Sheet with the chart (.xlsx)"))


VOUCHER_LINES = 10


class VoucherForm(DeskForm):
    """An entry by hand: up to ten lines in one currency."""

    on = DateField(label=_("Date"))
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    description = TextField(label=_("Description"), max_length=300)

    keep_digits = frozenset({"description"})

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = list(Account.objects.filter(is_posting=True, is_active=True))
        self.budget = called(nameable_lines(viewer))
        for place in range(VOUCHER_LINES):
            self.fields[f"account_{place}"] = forms.CharField(label=_("Account"), required=False)
            self.fields[f"debit_{place}"] = forms.CharField(label=_("Debit"), required=False)
            self.fields[f"credit_{place}"] = forms.CharField(label=_("Credit"), required=False)
            self.fields[f"text_{place}"] = forms.CharField(label=_("Note"), required=False)
            self.fields[f"budget_{place}"] = forms.CharField(
                label=_("Project or budget line"),
                required=False,
                widget=forms.TextInput(attrs={"list": "budget", "autocomplete": "off"}),
            )
            for name, css in (("account", "code"), ("debit", "amount"), ("credit", "amount")):
                widget = self.fields[f"{name}_{place}"].widget
                widget.attrs.update({"dir": "ltr", "class": f"form-control {css}"})
            self.fields[f"account_{place}"].widget.attrs["list"] = "accounts"
            self.fields[f"party_{place}"] = PartyField(
                label=_("Person of line %(line)s") % {"line": place + 1}, required=False
            )

    def rows(self) -> list[list[Any]]:
        """The lines as fields, for the table on the page."""
        names = ["account", "debit", "credit", "text", *(["budget"] if self.budget else [])]
        return [[self[f"{name}_{place}"] for name in names] for place in range(VOUCHER_LINES)]

    def persons(self) -> list[Any]:
        """Whose each line is, for accounts that are kept by person."""
        return [self[f"party_{place}"] for place in range(VOUCHER_LINES)]

    def names_somebody(self) -> bool:
        return any(self[f"party_{place}"].value() for place in range(VOUCHER_LINES))

    def lines(self, *, person: Callable[[str], int]) -> list[HandLine]:
        """What was typed, empty lines left out; `person` finds who was chosen.

        Refuses `AccountUnknown`, `BudgetLineUnknown`, persons that are not there, amounts that are none.
        """
        by_code = {one.code: one for one in self.accounts}
        found = []
        for place in range(VOUCHER_LINES):
            code = (self.cleaned_data.get(f"account_{place}") or "").split(" ")[0]
            if not code:
                continue
            if code not in by_code:
                raise AccountUnknown(account=code)
            found.append(
                HandLine(
                    account=by_code[code],
                    debit=self._amount(f"debit_{place}"),
                    credit=self._amount(f"credit_{place}"),
                    description=self.cleaned_data.get(f"text_{place}") or "",
                    party_id=person(str(whose))
                    if (whose := self.cleaned_data.get(f"party_{place}"))
                    else None,
                    budget_line=self._budget_line(f"budget_{place}"),
                )
            )
        return found

    def _budget_line(self, name: str) -> BudgetLine | None:
        typed = " ".join((self.cleaned_data.get(name) or "").split())
        if not typed:
            return None
        by_code = [one for text, one in self.budget.items() if text.split(" ")[0] == typed]
        found = self.budget.get(typed) or (by_code[0] if len(by_code) == 1 else None)
        if found is None:
            raise BudgetLineUnknown(line=typed)
        return found

    def _amount(self, name: str) -> Decimal:
        typed = self.cleaned_data.get(name)
        if not typed:
            return Decimal(0)
        amount: Decimal = parse_amount(typed, self.cleaned_data["currency"]).amount
        return amount
