"""The form of an instalment plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, PartyField, TextField
from modules.finance.models import Charge
from modules.finance.services.planning import Terms


class WhoseForm(DeskForm):
    party = PartyField(label=_("Whose dues?"))


class PlanForm(DeskForm):
    """Which dues, how many instalments, from when, who vouches."""

    charges = forms.MultipleChoiceField(
        label=_("Dues of the plan"), widget=forms.CheckboxSelectMultiple
    )
    count = forms.IntegerField(label=_("Instalments, one a month"), min_value=1, max_value=120)
    first_on = DateField(label=_("First instalment on"))
    guarantor = TextField(label=_("Guarantor"), max_length=160, required=False)
    note = TextField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, open_charges: Iterable[Charge] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_uid = {str(one.uid): one for one in open_charges}
        self.fields["charges"].choices = [  # type: ignore[attr-defined]
            (uid, f"{one.title} — {one.due_on:%d/%m/%Y} — {one.balance} {one.currency}")
            for uid, one in self.by_uid.items()
        ]

    @staticmethod
    def whose() -> WhoseForm:
        return WhoseForm()

    def charge_ids(self) -> list[int]:
        chosen = set(self.cleaned_data["charges"])
        return [one.pk for uid, one in self.by_uid.items() if uid in chosen]

    def terms(self) -> Terms:
        return Terms(
            count=self.cleaned_data["count"],
            first_on=self.cleaned_data["first_on"],
            guarantor=self.cleaned_data["guarantor"],
            note=self.cleaned_data["note"],
        )
