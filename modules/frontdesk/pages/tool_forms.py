"""Forms of working together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField
from kernel.terms import term_lazy
from modules.frontdesk.constants import StepOutcome


class _ToolForm(DeskForm):
    name = TextField(label=_("Name"), max_length=80)
    section = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, shared: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", _("me alone")), *shared]  # type: ignore[attr-defined]


class ViewForm(_ToolForm):
    query = forms.CharField(widget=forms.HiddenInput, required=False, max_length=1000)

    def definition(self) -> dict[str, Any]:
        return {"query": self.cleaned_data["query"]}


class MacroForm(_ToolForm):
    note = TextField(label=_("Internal note"), rows=2, max_length=1000, required=False)
    message = TextField(label=_("Message to the citizen"), rows=2, max_length=300, required=False)
    act = forms.ChoiceField(
        label=_("Then"),
        required=False,
        choices=[
            ("", _("nothing more")),
            ("take", _("take the step up")),
            ("complete", _("complete the step")),
        ],
    )
    outcome = forms.ChoiceField(
        label=_("Recommendation"),
        required=False,
        choices=[("", "—")]
        + [(one.value, one.label) for one in (StepOutcome.FAVOURABLE, StepOutcome.UNFAVOURABLE)],
    )

    def definition(self) -> dict[str, Any]:
        return {
            name: self.cleaned_data[name]
            for name in ("note", "message", "act", "outcome")
            if self.cleaned_data[name]
        }


class AssignManyForm(DeskForm):
    to = forms.ChoiceField(label=_("Colleague"), required=False)
    reason = TextField(label=_("Reason"), rows=2, max_length=500)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Back to the section")), *people]  # type: ignore[attr-defined]


class BesideForm(DeskForm):
    section = forms.ChoiceField(label=term_lazy("section"))
    days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=60, initial=2)
    reason = TextField(label=_("What is asked"), rows=2, max_length=1000)

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = list(known)  # type: ignore[attr-defined]


class EscalateForm(DeskForm):
    role = forms.ChoiceField(label=_("To whom"))
    reason = TextField(label=_("Reason"), rows=2, max_length=1000)

    def __init__(self, *args: Any, known: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = list(known)  # type: ignore[attr-defined]


class MessageForm(DeskForm):
    text = TextField(label=_("Message to the citizen"), rows=3, max_length=300)
