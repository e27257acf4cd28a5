"""The form of an exemption by social category."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, TextField
from kernel.calendar.selectors import today
from kernel.money import format_amount
from modules.finance.constants import Authority
from modules.finance.models import Charge
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.exempting import CATEGORIES, part_of, percent_of


class ExemptionForm(DeskForm):
    """Which category, on which decision, proved by which paper; how much follows from the policy."""

    category = forms.ChoiceField(label=_("Category"), choices=())
    decision_no = TextField(label=_("Number of the decision"), max_length=60)
    decided_on = DateField(label=_("Date of the decision"))
    authority = forms.ChoiceField(label=_("Decided by"), choices=Authority.choices)
    note = TextField(label=_("Note"), required=False, max_length=200)
    proof = forms.FileField(
        label=_("Paper that proves it"),
        required=False,
        help_text=_("The card or the letter of the body in charge, scanned or photographed."),
        widget=forms.FileInput(attrs={"accept": "image/*,.pdf"}),
    )

    keep_digits = frozenset({"note"})

    def __init__(self, *args: Any, charge: Charge, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        on = today()
        shares = [(one, percent_of(one, on=on)) for one in CATEGORIES]
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            (
                one.value,
                f"{one.label} ({share.normalize():f}%: {format_amount(part_of(charge, share))})",
            )
            for one, share in shares
            if share
        ]
        self.fields["authority"].initial = Authority.COUNCIL

    def paper(self) -> DecisionPaper:
        return DecisionPaper(
            number=self.cleaned_data["decision_no"],
            decided_on=self.cleaned_data["decided_on"],
            authority=self.cleaned_data["authority"],
        )
