"""Page input of the front desk. No rules here: services judge, forms show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from frontend.forms import (
    AmountField,
    DateField,
    DeskForm,
    IdNumberField,
    LandNumberField,
    PartyField,
    PhoneField,
    TextField,
)
from frontend.forms.widgets import CodeInput
from kernel.terms import term_lazy
from modules.frontdesk.answer_forms import AnswersForm, form_field
from modules.frontdesk.constants import (
    PAPER_DEFICIENCIES,
    ActsBy,
    Decision,
    DeficiencyKind,
    Recipient,
    RejectionReason,
    StepOutcome,
)
from modules.frontdesk.definitions import Fee, ServiceDefinition

__all__ = ["AnswersForm", "form_field"]
_AGENT = ("agent", "acts_by", "agent_power_number", "agent_power_on", "agent_power_until")
_OTHERS = frozenset({"beneficiary", *_AGENT})


class PersonsForm(DeskForm):
    """Who asks, for whom, by whom, about which parcel, and where they are reached."""

    applicant = PartyField(label=term_lazy("applicant"), required=False)
    contact_phone = PhoneField(
        label=_("Telephone for messages"),
        required=False,
        help_text=_("The request is tracked with this number."),
    )
    beneficiary = PartyField(label=term_lazy("beneficiary"), required=False)
    agent = PartyField(
        label=term_lazy("agent"),
        required=False,
        help_text=_("Also who stands for heirs, or the authorised signatory of a company."),
    )
    acts_by = forms.ChoiceField(
        label=_("Acts by"), choices=[("", "—"), *ActsBy.choices], required=False
    )
    agent_power_number = TextField(label=_("Number of that paper"), required=False, max_length=60)
    agent_power_on = DateField(label=_("Date of that paper"), required=False)
    agent_power_until = DateField(
        label=_("Good until"), required=False, help_text=_("Where the paper itself names an end.")
    )
    block_no = LandNumberField(label=term_lazy("land_block_number"), required=False)
    parcel_no = LandNumberField(label=term_lazy("land_parcel_number"), required=False)
    sub_no = LandNumberField(label=_("Part"), required=False)
    is_hidden = forms.BooleanField(
        label=_("Hide the name from those who work on it"), required=False
    )
    is_priority = forms.BooleanField(
        label=_("Elderly person or person with a disability"), required=False
    )

    def __init__(self, design: ServiceDefinition, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["applicant"].required = not design.applicant.anonymous
        if not design.applicant.agent:
            for name in _AGENT:
                del self.fields[name]
        if not design.applicant.hidden:
            del self.fields["is_hidden"]
        if design.place == "none":
            for name in ("block_no", "parcel_no", "sub_no"):
                del self.fields[name]
        elif design.place == "required":
            self.fields["block_no"].required = self.fields["parcel_no"].required = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        begins, ends = given.get("agent_power_on"), given.get("agent_power_until")
        if begins and ends and ends < begins:
            self.add_error("agent_power_until", _("It cannot end before it was given."))
        return given

    @property
    def first_fields(self) -> list[BoundField]:
        """What is asked of everybody."""
        return [one for one in self if one.name not in _OTHERS]

    @property
    def other_fields(self) -> list[BoundField]:
        """What is asked only where somebody acts for another."""
        return [one for one in self if one.name in _OTHERS]

    @property
    def has_others(self) -> bool:
        return any(one.errors or one.value() for one in self.other_fields)


class StepForm(DeskForm):
    """How a step ends: a recommendation where it checks, a note, and the fees it computes."""

    outcome = forms.ChoiceField(
        label=_("Recommendation"),
        choices=[
            (one.value, one.label) for one in (StepOutcome.FAVOURABLE, StepOutcome.UNFAVOURABLE)
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    text = TextField(label=_("Note for the next section"), rows=3, max_length=4000, required=False)

    def __init__(
        self, *args: Any, recommends: bool, fees: Sequence[Fee] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not recommends:
            del self.fields["outcome"]
        for fee in fees:
            self.fields[f"fee_{fee.code}"] = AmountField(
                label=str(fee.title),
                currency=fee.currency,
                zero=True,
                help_text=str(fee.basis) if fee.basis.ar else "",
            )

    def fee_amounts(self) -> dict[str, Any]:
        return {
            name.removeprefix("fee_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("fee_") and value is not None
        }


class DecisionForm(DeskForm):
    decision = forms.ChoiceField(
        label=_("Decision"), choices=Decision.choices, widget=forms.RadioSelect
    )
    reason_code = forms.ChoiceField(
        label=_("Ground of the rejection"),
        choices=[("", "—"), *RejectionReason.choices],
        required=False,
    )
    reason = TextField(
        label=_("Reason or wording"),
        rows=4,
        max_length=4000,
        required=False,
        help_text=_("Needed for a rejection; the citizen reads it."),
    )


class DeficiencyForm(DeskForm):
    """One line of what is missing. A line left empty does not count."""

    kind = forms.ChoiceField(
        label=_("What is wrong"), choices=[("", "—"), *DeficiencyKind.choices], required=False
    )
    target = forms.ChoiceField(label=_("Paper or question"), required=False)
    note = TextField(label=_("In words for the citizen"), max_length=300, required=False)

    def __init__(self, *args: Any, targets: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].choices = [("", "—"), *targets]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind, target, words = (given.get(name, "") for name in ("kind", "target", "note"))
        if (target or words) and not kind and "kind" not in self.errors:
            self.add_error("kind", _("Say what is wrong, or empty the line."))
        if kind in PAPER_DEFICIENCIES and not target and not words:
            self.add_error("target", _("Name the paper, or say it in words."))
        elif kind and not target and not words:
            self.add_error("note", _("Say it in words for the citizen."))
        return given


class ReasonForm(DeskForm):
    reason = TextField(label=_("Reason"), rows=3, max_length=2000)


class NoteForm(DeskForm):
    text = TextField(label=_("Note"), rows=3, max_length=4000)


class ExternalForm(DeskForm):
    body = TextField(label=_("Outside body"), max_length=160)
    reason = TextField(label=_("What is asked"), rows=3, max_length=2000, required=False)


class AnswerForm(DeskForm):
    answer = TextField(label=_("Their answer"), rows=4, max_length=4000)


class AssignForm(DeskForm):
    to = forms.ChoiceField(label=_("Colleague"), required=False)
    reason = TextField(label=_("Reason"), rows=2, max_length=500)

    def __init__(self, *args: Any, people: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].choices = [("", _("Back to the section")), *people]  # type: ignore[attr-defined]


class SendBackForm(DeskForm):
    to_code = forms.ChoiceField(label=_("Step to do again"), widget=forms.RadioSelect)
    reason = TextField(label=_("Reason"), rows=3, max_length=2000)

    def __init__(self, *args: Any, steps: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_code"].choices = list(steps)  # type: ignore[attr-defined]


class HandOverForm(DeskForm):
    recipient = forms.ChoiceField(
        label=_("Who receives it"), choices=Recipient.choices, widget=forms.RadioSelect
    )
    recipient_name = TextField(label=_("Name of the recipient"), max_length=160)
    recipient_id_number = IdNumberField(label=_("ID number that was checked"), required=False)
    authority = TextField(
        label=_("Written authorisation"),
        max_length=160,
        required=False,
        help_text=_("Number or date of the paper, when somebody was sent."),
    )
    drawn = forms.CharField(required=False, widget=forms.HiddenInput)
    signature = forms.FileField(label=_("Scan of the signed receipt"), required=False)
    text = TextField(label=_("Note"), max_length=500, required=False)


class PaperForm(DeskForm):
    """One paper: under which requirement, as which document, with its dates."""

    requirement = forms.ChoiceField(label=_("Paper"))
    document_type = forms.ChoiceField(label=_("Brought instead"), required=False)
    file = forms.FileField(label=_("File"))
    issued_on = DateField(label=_("Issued on"), required=False)
    valid_until = DateField(label=_("Valid until"), required=False)

    def __init__(
        self,
        *args: Any,
        requirements: Sequence[tuple[str, str]],
        substitutes: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requirement"].choices = list(requirements)  # type: ignore[attr-defined]
        self.fields["document_type"].choices = [("", "—"), *substitutes]  # type: ignore[attr-defined]


class WaiveForm(DeskForm):
    requirement = forms.ChoiceField(label=_("Paper"))
    reason = TextField(label=_("Reason"), rows=3, max_length=1000)
    conditional = forms.BooleanField(
        label=_("On condition: it is brought before approval"), required=False
    )

    def __init__(self, *args: Any, requirements: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["requirement"].choices = list(requirements)  # type: ignore[attr-defined]


class LetPassForm(DeskForm):
    gate = forms.CharField(widget=forms.HiddenInput)
    authority = TextField(
        label=_("On whose authority"),
        max_length=160,
        help_text=_("For example: mayor, council decision 14/2026."),
    )
    reason = TextField(label=_("Reason"), rows=3, max_length=1000)
    until = DateField(label=_("Until"), required=False, help_text=_("Empty: today only."))


class ReviseForm(DeskForm):
    """Days and flat fees of a service; saving makes a new version."""

    days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=365)
    note = TextField(label=_("Why it changes"), max_length=300, required=False)

    def __init__(self, *args: Any, fees: Sequence[Fee] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for fee in fees:
            if fee.kind == "flat":
                self.fields[f"fee_{fee.code}"] = AmountField(
                    label=str(fee.title), currency=fee.currency
                )

    def fee_amounts(self) -> dict[str, Any]:
        return {
            name.removeprefix("fee_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("fee_") and value is not None
        }


class TrackForm(DeskForm):
    number = TextField(
        label=term_lazy("request_number"),
        max_length=30,
        widget=CodeInput(attrs={"inputmode": "text"}),
    )
    phone = PhoneField(label=_("Your telephone number"))


class WhereForm(DeskForm):
    q = TextField(
        label=term_lazy("request_number"), max_length=40, widget=CodeInput(), required=False
    )


class PickForm(DeskForm):
    """Which service, for whom."""

    q = TextField(label=_("Service"), max_length=80, required=False)
    party = PartyField(label=term_lazy("applicant"), required=False)
    service = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)


class OptionalNoteForm(DeskForm):
    text = TextField(label=_("Note"), rows=2, max_length=1000, required=False)
