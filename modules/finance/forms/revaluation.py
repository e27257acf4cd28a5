"""Which month's end is revalued."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm
from modules.finance.models import Period


class MonthForm(DeskForm):
    """One of the months that are over."""

    month = forms.ChoiceField(label=_("Month"))

    def __init__(self, *args: Any, months: Iterable[Period], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.months = {f"{one.year}-{one.month:02d}": one for one in months}
        self.fields["month"].choices = [(key, str(one)) for key, one in self.months.items()]  # type: ignore[attr-defined]

    def chosen(self) -> Period | None:
        """The month asked for, also when it was refused; the newest one when none of them was asked for."""
        newest = next(iter(self.months.values()), None)
        return self.months.get(self.data.get("month", ""), newest)
