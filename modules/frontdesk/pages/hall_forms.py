"""Forms of the hall."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, PhoneField
from modules.frontdesk.constants import TicketPriority

Choices = Sequence[tuple[str, str]]
WITHOUT_APPOINTMENT = [one for one in TicketPriority.choices if one[0] != TicketPriority.BOOKED]


class TicketForm(DeskForm):
    category = forms.ChoiceField(label=_("Category"))
    priority = forms.ChoiceField(
        label=_("Served first"),
        required=False,
        choices=[("", _("in turn")), *WITHOUT_APPOINTMENT],
    )
    phone = PhoneField(
        label=_("Telephone"),
        required=False,
        help_text=_("If given, the number and the wait are sent to it."),
    )

    def __init__(self, *args: Any, known: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = list(known)  # type: ignore[attr-defined]


class TakeTicketForm(DeskForm):
    """A citizen's own choice on the telephone."""

    category = forms.ChoiceField(label=_("What do you come for?"), widget=forms.RadioSelect)
    priority = forms.ChoiceField(
        label=_("Served first"),
        required=False,
        choices=[("", _("in turn")), *WITHOUT_APPOINTMENT],
        help_text=_("The clerk sees it when you are called."),
    )

    def __init__(self, *args: Any, known: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = list(known)  # type: ignore[attr-defined]
        if len(known) == 1:
            self.fields["category"].initial = known[0][0]


class CounterForm(DeskForm):
    """Where to sit down."""

    counter = forms.ChoiceField(label=_("Counter"))

    def __init__(self, *args: Any, known: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["counter"].choices = list(known)  # type: ignore[attr-defined]


class TransferForm(DeskForm):
    """To a category, `q:A`, or to one counter, `c:3`."""

    to = forms.ChoiceField(label=_("Send on to"))

    def __init__(self, *args: Any, known: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = list(known)  # type: ignore[attr-defined]

    def target(self) -> dict[str, str]:
        kind, _sep, code = self.cleaned_data["to"].partition(":")
        return {"counter": code} if kind == "c" else {"category": code}


class CategoryForm(DeskForm):
    code = forms.RegexField(
        r"^[A-Za-z]{1,3}$",
        label=_("Letter of the category"),
        max_length=3,
        help_text=_("Stands before the number on the slip."),
    )
    title_ar = forms.CharField(label=_("Name in Arabic"), max_length=60)
    title_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    minutes = forms.IntegerField(
        label=_("Minutes for one ticket"), min_value=1, max_value=240, initial=10
    )


class CounterSetupForm(DeskForm):
    name = forms.CharField(label=_("Counter"), max_length=20)
    categories = forms.MultipleChoiceField(
        label=_("Serves"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everything."),
    )

    def __init__(self, *args: Any, known: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["categories"].choices = list(known)  # type: ignore[attr-defined]


class ScreenForm(DeskForm):
    code = forms.CharField(
        label=_("Code of the screen"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}),
    )
