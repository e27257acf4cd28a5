"""By what the books are told: section, fund, project, donor, budget line, currency."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm
from kernel.money import CURRENCIES
from kernel.organisation.models import Section
from kernel.organisation.selectors import sections
from kernel.parties.models import Party
from modules.finance.constants import Fund
from modules.finance.models import Account, BudgetLine
from modules.finance.selectors.dimensions import (
    Dimensions,
    budget_lines,
    donors,
    line_called,
    projects_named,
)

DIMENSIONS = ("section", "fund", "project", "donor", "budget_line", "currency")


class LineChoice(forms.ModelChoiceField):
    """A budget line by year, account and project."""

    def label_from_instance(self, obj: BudgetLine) -> str:
        return line_called(obj)


class DimensionsForm(DeskForm):
    """All optional: what is not chosen does not matter."""

    section = forms.ModelChoiceField(
        label=_("Section"),
        queryset=Section.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("All"),
    )
    fund = forms.ChoiceField(
        label=_("Fund"), choices=[("", _("All")), *Fund.choices], required=False
    )
    project = forms.ChoiceField(label=_("Project"), required=False)
    donor = forms.ModelChoiceField(
        label=_("Donor"),
        queryset=Party.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("All"),
    )
    budget_line = LineChoice(
        label=_("Budget line"),
        queryset=BudgetLine.objects.none(),
        to_field_name="uid",
        required=False,
        empty_label=_("All"),
    )
    currency = forms.ChoiceField(
        label=_("Currency"),
        choices=[("", _("All")), *((one, one) for one in sorted(CURRENCIES))],
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].queryset = sections(with_closed=True)  # type: ignore[attr-defined]
        self.fields["donor"].queryset = donors()  # type: ignore[attr-defined]
        self.fields["budget_line"].queryset = budget_lines()  # type: ignore[attr-defined]
        named = [(one, one) for one in projects_named()]
        self.fields["project"].choices = [("", _("All")), *named]  # type: ignore[attr-defined]

    def dimensions(self) -> Dimensions:
        """What was chosen; of a form that was not filled in, or wrongly, nothing."""
        chosen = getattr(self, "cleaned_data", {}) if self.is_bound and self.is_valid() else {}
        return Dimensions(**{one: chosen[one] for one in DIMENSIONS if chosen.get(one)})

    @property
    def by_dimension(self) -> list[Any]:
        return [self[one] for one in DIMENSIONS]

    @property
    def narrows(self) -> bool:
        """Whether one of them was chosen or is wrong: then they are shown opened."""
        return self.is_bound and any(self[one].value() or self[one].errors for one in DIMENSIONS)


class BalanceForm(DimensionsForm):
    on = DateField(label=_("As of"))


class LinesForm(DimensionsForm):
    """The lines of a period."""

    since = DateField(label=_("From"))
    until = DateField(label=_("To"))
    account = forms.ModelChoiceField(
        label=_("Account"),
        queryset=Account.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
