"""Forms of bank statements and their matching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, PartyField, TextField
from kernel.errors import Refusal
from kernel.money import parse_amount
from modules.finance.constants import AccountKind, BounceReason
from modules.finance.errors import AccountUnknown
from modules.finance.forms.desk import currency_choices
from modules.finance.models import Account, BudgetLine
from modules.finance.services.bank.importing import Told

COLUMNS = {
    "date": _("Date"),
    "text": _("Text of the bank"),
    "reference": _("Reference"),
    "amount": _("Amount"),
    "debit": _("Out (if apart)"),
    "credit": _("In (if apart)"),
    "balance": _("Balance"),
}


def _balance(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=30,
        required=False,
        help_text=_("Only when the file does not say it."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )


class StatementForm(DeskForm):
    """A file of the bank, and what it does not say itself."""

    account = forms.ModelChoiceField(
        label=_("Bank account"),
        queryset=Account.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    file = forms.FileField(
        label=_("File of the bank"),
        help_text=_("CSV, Excel (xlsx), MT940 or CAMT.053 (XML), at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.sta,.940,.mt940,.xml"}),
    )
    reference = TextField(
        label=_("Number of the statement"),
        required=False,
        max_length=60,
        help_text=_("Only when the file does not say it."),
    )
    opening = _balance(_("Opening balance"))
    closing = _balance(_("Closing balance"))

    def __init__(self, *args: Any, banks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = banks  # type: ignore[attr-defined]
        for name, label in COLUMNS.items():
            self.fields[f"column_{name}"] = TextField(label=label, required=False, max_length=80)

    def head(self) -> list[Any]:
        names = ("account", "currency", "file", "reference", "opening", "closing")
        return [self[name] for name in names]

    def columns(self) -> list[Any]:
        return [self[f"column_{name}"] for name in COLUMNS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("opening", "closing"):
            typed = cleaned.get(name)
            if typed and cleaned.get("currency"):
                try:
                    found = parse_amount(typed, cleaned["currency"], negative=True)
                    cleaned[f"{name}_amount"] = found.amount
                except Refusal as refusal:
                    self.add_error(name, str(refusal))
        return cleaned

    def told(self) -> Told:
        typed = {name: self.cleaned_data.get(f"column_{name}", "").strip() for name in COLUMNS}
        return Told(
            reference=self.cleaned_data["reference"],
            opening=self.cleaned_data.get("opening_amount"),
            closing=self.cleaned_data.get("closing_amount"),
            columns={name: one for name, one in typed.items() if one} or None,
        )


class LinePostForm(DeskForm):
    """Which account a movement belongs to that only the bank knew."""

    account = TextField(label=_("Account"), max_length=160)
    party = PartyField(label=_("Person"), required=False)
    note = TextField(label=_("Note"), required=False, max_length=200)

    def __init__(self, *args: Any, projects: Sequence[BudgetLine] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects = {str(one.uid): one for one in projects}
        if projects:
            self.fields["project"] = forms.ChoiceField(
                label=_("For the project"),
                required=False,
                choices=[("", "—"), *((uid, one.project) for uid, one in self.projects.items())],
            )
        self.fields["account"].widget.attrs["list"] = "accounts"
        self.accounts = list(
            Account.objects.filter(is_posting=True, is_active=True)
            .exclude(kind=AccountKind.MEMORANDUM)
            .order_by("code")
        )

    def project(self) -> BudgetLine | None:
        return self.projects.get(self.cleaned_data.get("project", ""))

    def chosen(self) -> Account:
        """The account that was typed. Refuses `AccountUnknown`."""
        code = self.cleaned_data["account"].split(" ")[0]
        for one in self.accounts:
            if one.code == code:
                return one
        raise AccountUnknown(account=code)


class PayerForm(DeskForm):
    """Whose deposit it was."""

    party = PartyField(label=_("Payer"))
    note = TextField(label=_("Note"), required=False, max_length=200)


class ReturnedForm(DeskForm):
    """The cheque that this movement takes back."""

    cheque = forms.ChoiceField(label=_("Cheque"))
    reason = forms.ChoiceField(label=_("Why the bank returned it"), choices=BounceReason.choices)

    def __init__(self, *args: Any, cheques: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cheque"].choices = [  # type: ignore[attr-defined]
            (str(one.uid), f"{one.number} {one.drawer} {one.bank}") for one in cheques
        ]
