"""Forms of suppliers and of cheque books."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, PartyField, TextField
from kernel.calendar.selectors import today
from modules.finance.models import Account, Supplier
from modules.finance.services.supplying import PayingFacts


class SupplierForm(DeskForm):
    """How a supplier is paid."""

    bank = TextField(label=_("Bank"), required=False, max_length=80)
    iban = TextField(label=_("IBAN"), required=False, max_length=42)
    tax_file = TextField(label=_("Number of the tax file"), required=False, max_length=40)
    certificate = TextField(
        label=_("Number of the source deduction certificate"), required=False, max_length=40
    )
    certificate_until = DateField(label=_("The certificate is valid until"), required=False)
    terms_days = forms.IntegerField(
        label=_("Paid within days"), min_value=0, max_value=365, initial=30
    )
    note = TextField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("iban", "tax_file", "certificate"):
            self.fields[name].widget.attrs["dir"] = "ltr"

    def facts(self) -> PayingFacts:
        return PayingFacts(**{name: self.cleaned_data[name] for name in _FACTS})

    @staticmethod
    def known(supplier: Supplier) -> dict[str, Any]:
        return {name: getattr(supplier, name) for name in _FACTS}


_FACTS = (
    "bank",
    "iban",
    "tax_file",
    "certificate",
    "certificate_until",
    "terms_days",
    "note",
)


class NewSupplierForm(SupplierForm):
    party = PartyField(label=_("Supplier"))

    field_order = ("party", *_FACTS)


class ChequeBookForm(DeskForm):
    """A book as it came from the bank."""

    account = forms.ModelChoiceField(
        label=_("Bank account"),
        queryset=Account.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    first = forms.IntegerField(label=_("First leaf"), min_value=1, max_value=10**14)
    last = forms.IntegerField(label=_("Last leaf"), min_value=1, max_value=10**14)
    holder = TextField(label=_("In whose hand"), max_length=120)
    received_on = DateField(label=_("Received from the bank on"))

    def __init__(self, *args: Any, banks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].queryset = banks  # type: ignore[attr-defined]
        self.fields["received_on"].initial = today()


class HolderForm(DeskForm):
    holder = TextField(label=_("In whose hand"), max_length=120)


class SpoiledForm(DeskForm):
    number = forms.IntegerField(label=_("Number of the leaf"), min_value=1, max_value=10**14)
    reason = TextField(label=_("Reason"), max_length=200)


class ChequeLayoutForm(DeskForm):
    """Where on the bank's cheque each thing is printed."""

    width = forms.IntegerField(label=_("Width (mm)"), min_value=120, max_value=240, initial=180)
    height = forms.IntegerField(label=_("Height (mm)"), min_value=60, max_value=120, initial=80)
    date_x = forms.IntegerField(label=_("Date: from the right (mm)"), min_value=0, max_value=240)
    date_y = forms.IntegerField(label=_("Date: from the top (mm)"), min_value=0, max_value=120)
    payee_x = forms.IntegerField(label=_("Payee: from the right (mm)"), min_value=0, max_value=240)
    payee_y = forms.IntegerField(label=_("Payee: from the top (mm)"), min_value=0, max_value=120)
    words_x = forms.IntegerField(
        label=_("Amount in words: from the right (mm)"), min_value=0, max_value=240
    )
    words_y = forms.IntegerField(
        label=_("Amount in words: from the top (mm)"), min_value=0, max_value=120
    )
    amount_x = forms.IntegerField(
        label=_("Amount: from the right (mm)"), min_value=0, max_value=240
    )
    amount_y = forms.IntegerField(label=_("Amount: from the top (mm)"), min_value=0, max_value=120)
    crossed = forms.BooleanField(
        label=_("Crossed, to the first payee alone"), required=False, initial=True
    )
