"""The gateway of online payments, as it is typed in; its secret is never shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField
from modules.finance.forms.desk import currency_choices
from modules.finance.selectors.online import SANDBOX
from modules.finance.services.online_setup import HOSTED

_ADAPTERS = {
    HOSTED: _("A bank's payment page"),
    SANDBOX: _("Trial bank: no money moves"),
}


class GatewayForm(DeskForm):
    """Which gateway, where, for which currencies, and whether it takes payments."""

    is_on = forms.BooleanField(
        label=_("Citizens may pay on the web"),
        required=False,
        help_text=_("Switched off, no new payment begins; those that were begun are settled."),
    )
    adapter = forms.ChoiceField(label=_("Gateway"))
    base_url = TextField(
        label=_("Address of the gateway"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off", "inputmode": "url"}),
        help_text=_("As the bank gave it; it begins with https://."),
    )
    merchant = TextField(
        label=_("Number of the merchant"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("Secret of the signatures"),
        required=False,
        max_length=300,
        widget=forms.PasswordInput(attrs={"dir": "ltr", "autocomplete": "new-password"}),
        help_text=_("It is kept locked and never shown. Left empty, the one that is kept stays."),
    )
    currencies = forms.MultipleChoiceField(
        label=_("Currencies that the gateway takes"),
        choices=currency_choices,
        widget=forms.CheckboxSelectMultiple,
    )

    keep_digits = frozenset({"base_url", "merchant", "secret"})

    def __init__(self, *args: Any, now: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [HOSTED, SANDBOX] if settings.PAYMENT_SANDBOX or now == SANDBOX else [HOSTED]
        self.fields["adapter"].choices = [(one, _ADAPTERS[one]) for one in offered]  # type: ignore[attr-defined]


class FindingForm(DeskForm):
    """What was found out about a payment of which the bank says something else."""

    reason = TextField(
        label=_("What was found out"),
        rows=3,
        max_length=1000,
        help_text=_(
            "What the bank answered, and how it was put right: a receipt by hand, money sent back, nothing."
        ),
    )

    keep_digits = frozenset({"reason"})


class PayBackForm(DeskForm):
    """Why a payment goes back to the card it came from."""

    why = TextField(
        label=_("Why it goes back"),
        rows=2,
        max_length=300,
        help_text=_(
            "The bank sends the whole amount back to the card; the receipt is taken back and the dues are owed again."
        ),
    )

    keep_digits = frozenset({"why"})
