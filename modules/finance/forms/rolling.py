"""The form of an assessment for everybody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, TextField
from modules.finance.constants import Authority
from modules.finance.models import DuesKind
from modules.finance.services.credits import DecisionPaper
from modules.finance.services.rolling import Roll


class RollForm(DeskForm):
    """Which kind, from which year to which, due when, how much more or less."""

    kind = forms.ModelChoiceField(
        label=_("Kind of due"),
        queryset=DuesKind.objects.none(),
        to_field_name="code",
        empty_label=None,
    )
    from_year = forms.IntegerField(label=_("As in the year"), min_value=1950, max_value=2100)
    to_year = forms.IntegerField(label=_("For the year"), min_value=1950, max_value=2100)
    due_on = DateField(label=_("Due on"))
    percent = forms.DecimalField(
        label=_("More or less, in percent"), min_value=-100, max_value=1000, initial=0
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = DuesKind.objects.filter(is_active=True)  # type: ignore[attr-defined]

    reward_no = TextField(
        label=_("Decision by which committed payers are rewarded"),
        required=False,
        max_length=60,
        help_text=_("Policy REV-03. Empty: nobody is rewarded."),
    )
    reward_on = DateField(label=_("Date of the decision"), required=False)
    reward_by = forms.ChoiceField(
        label=_("Decided by"), required=False, choices=[("", "—"), *Authority.choices]
    )

    def roll(self) -> Roll:
        typed = self.cleaned_data
        reward = DecisionPaper(
            number=typed["reward_no"], decided_on=typed["reward_on"], authority=typed["reward_by"]
        )
        return Roll(
            kind=typed["kind"].code,
            from_year=typed["from_year"],
            to_year=typed["to_year"],
            due_on=typed["due_on"],
            percent=typed["percent"],
            reward=reward if reward.number else None,
        )
