"""Forms of campaigns, of moved dues, of receipt books and of a box that changes hands."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import AmountField, DateField, DeskForm, TextField
from kernel.errors import Refusal
from kernel.identity.models import User
from kernel.money import parse_amount
from kernel.parties.constants import PartyKind
from modules.finance.constants import Authority, CreditKind, LeafState, MoveCause
from modules.finance.errors import PersonUnknown
from modules.finance.forms.desk import CloseSessionForm, currency_choices
from modules.finance.models import Campaign, CashBox, Charge, DuesKind

MOVE_PARTS = 6


class CampaignForm(DeskForm):
    """What was decided: how much, on which dues, for whom, from when to when."""

    title = TextField(label=_("Title"), max_length=120)
    kind = forms.ChoiceField(
        label=_("What is granted"),
        choices=[(one.value, one.label) for one in (CreditKind.DISCOUNT, CreditKind.EXEMPTION)],
    )
    percent = forms.DecimalField(
        label=_("Percent"),
        min_value=Decimal("0.01"),
        max_value=100,
        decimal_places=2,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal"}),
    )
    since = DateField(label=_("From"))
    until = DateField(label=_("To"))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of dues"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every kind."),
    )
    year_from = forms.IntegerField(
        label=_("Dues from the year"), required=False, min_value=1950, max_value=2100
    )
    year_to = forms.IntegerField(
        label=_("To the year"), required=False, min_value=1950, max_value=2100
    )
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    persons = forms.ChoiceField(
        label=_("Whose dues"), required=False, choices=[("", _("everybody's")), *PartyKind.choices]
    )
    cash_only = forms.BooleanField(label=_("Not when paid by cheque or set-off"), required=False)
    whole_only = forms.BooleanField(label=_("Only dues that are paid whole"), required=False)
    with_plans = forms.BooleanField(label=_("Also dues in an instalment plan"), required=False)
    decision_no = TextField(label=_("Number of the decision"), max_length=60)
    decided_on = DateField(label=_("Date of the decision"))
    authority = forms.ChoiceField(label=_("Decided by"), choices=Authority.choices)

    keep_digits = frozenset({"title"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = DuesKind.objects.filter(is_active=True, revenue__needs_party=False)
        self.fields["kinds"].choices = [(one.code, one.title) for one in kinds]  # type: ignore[attr-defined]
        self.fields["currency"].choices = [("", _("every currency")), *currency_choices()]  # type: ignore[attr-defined]

    def draft(self) -> Campaign:
        """The campaign as typed, not written."""
        return Campaign(**self.cleaned_data)


class MoveForm(DeskForm):
    """Who takes over which part of the chosen dues, by which decision."""

    charges = forms.MultipleChoiceField(label=_("Dues"), widget=forms.CheckboxSelectMultiple)
    cause = forms.ChoiceField(label=_("Why"), choices=MoveCause.choices)
    decision_no = TextField(label=_("Number of the decision"), max_length=60)
    decided_on = DateField(label=_("Date of the decision"))
    reason = TextField(label=_("Reason"), rows=2, max_length=300)
    signed = forms.BooleanField(label=_("Both sides have signed"), required=False)

    keep_digits = frozenset({"reason"})

    def __init__(self, *args: Any, open_charges: Iterable[Charge], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_uid = {str(one.uid): one for one in open_charges}
        self.fields["charges"].choices = [  # type: ignore[attr-defined]
            (uid, f"{one.title} — {one.due_on:%d/%m/%Y} — {one.balance} {one.currency}")
            for uid, one in self.by_uid.items()
        ]
        for at in range(MOVE_PARTS):
            for name, label in (
                ("person", _("ID number of who takes over")),
                ("share", _("Share")),
                ("amount", _("Amount")),
                ("parcel", _("Parcel")),
            ):
                self.fields[f"{name}_{at}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=60,
                    widget=forms.TextInput(attrs={"dir": "ltr", "class": "form-control code"}),
                )

    def rows(self) -> list[list[Any]]:
        """The parts as fields, for the table on the page."""
        names = ("person", "share", "amount", "parcel")
        return [[self[f"{name}_{at}"] for name in names] for at in range(MOVE_PARTS)]

    def chosen(self) -> list[Charge]:
        wanted = set(self.cleaned_data["charges"])
        return [one for uid, one in self.by_uid.items() if uid in wanted]

    def typed_parts(self) -> list[dict[str, str]]:
        """What was typed in each row that is not empty."""
        rows = [
            {
                name: self.cleaned_data.get(f"{name}_{at}", "").strip()
                for name in ("person", "share", "amount", "parcel")
            }
            for at in range(MOVE_PARTS)
        ]
        return [one for one in rows if any(one.values())]


class BookForm(DeskForm):
    """A printed book into the store."""

    series = TextField(label=_("Series"), max_length=12)
    first = forms.IntegerField(label=_("First leaf"), min_value=1, max_value=99_999_999)
    last = forms.IntegerField(label=_("Last leaf"), min_value=1, max_value=99_999_999)


class AllotForm(DeskForm):
    """Who takes the book, and in which box its receipts stand."""

    collector = forms.ModelChoiceField(label=_("Collector"), queryset=User.objects.none())
    box = forms.ModelChoiceField(label=_("Box of the collector"), queryset=CashBox.objects.none())

    def __init__(self, *args: Any, people: Any, boxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["collector"].queryset = people  # type: ignore[attr-defined]
        self.fields["box"].queryset = boxes  # type: ignore[attr-defined]


class LeafForm(DeskForm):
    """A leaf as the collector wrote it out."""

    leaf = forms.IntegerField(label=_("Number of the leaf"), min_value=1)
    on_date = DateField(label=_("Date on the leaf"))
    person = TextField(
        label=_("ID number of who owes"),
        max_length=20,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric"}),
    )
    amount = forms.CharField(
        label=_("Amount received"),
        max_length=30,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "decimal", "autocomplete": "off"}),
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)
    payer_name = TextField(label=_("Paid by"), max_length=160, required=False)
    keep_surplus = forms.BooleanField(label=_("Keep what is over as an advance"), required=False)

    keep_digits = frozenset({"payer_name"})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("amount") and cleaned.get("currency"):
            try:
                cleaned["money"] = parse_amount(cleaned["amount"], cleaned["currency"])
            except Refusal as refusal:
                self.add_refusal(refusal)
        return cleaned

    def refuse_person(self) -> None:
        self.add_error("person", str(PersonUnknown()))


class AccountForForm(DeskForm):
    """Leaves that came back void, or cannot be shown."""

    first = forms.IntegerField(label=_("From leaf"), min_value=1)
    last = forms.IntegerField(label=_("To leaf"), min_value=1)
    state = forms.ChoiceField(
        label=_("What became of them"),
        choices=[(one.value, one.label) for one in (LeafState.VOID, LeafState.MISSING)],
    )
    note = TextField(label=_("Reason"), rows=2, max_length=300)

    keep_digits = frozenset({"note"})

    def numbers(self) -> range:
        return range(self.cleaned_data["first"], self.cleaned_data["last"] + 1)


class HandToBoxForm(DeskForm):
    """Cash of a box to another box."""

    other = forms.ModelChoiceField(
        label=_("Handed over at the box"), queryset=CashBox.objects.none(), empty_label=None
    )
    amount = AmountField(label=_("Amount"), zero=False)
    slip = TextField(label=_("Number of the hand-over slip"), max_length=60)

    def __init__(self, *args: Any, boxes: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = boxes  # type: ignore[attr-defined]


class HandOverForm(CloseSessionForm):
    """The count, and who takes the box over."""

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = forms.ModelChoiceField(
            label=_("Who takes the box over"), queryset=people, empty_label=None
        )
