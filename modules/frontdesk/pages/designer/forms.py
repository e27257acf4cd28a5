"""Forms of the designer, one for each kind of part. `part()` is the part as the definition keeps it.

A form checks what it can see alone, rules included; what only the whole shows is judged at publishing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField
from frontend.forms.widgets import CodeInput
from kernel import registry
from modules.frontdesk.constants import PREFILLS, Audience, StepKind
from modules.frontdesk.pages.designer.choosing import (
    choices_inside,
    choices_of_rows,
    chosen_inside,
    offer_kinds,
    refuse_strangers,
)
from modules.frontdesk.pages.designer.lists import (
    FIELD_KINDS,
    LISTED,
    TOO_LARGE,
    bands_rows,
    cells_rows,
    choices_rows,
    paper_name,
    questions_rows,
    substitutes_rows,
    widened,
    with_what_was_kept,
)
from modules.frontdesk.pages.designer.spoken import both, words
from modules.frontdesk.rules import Kind, RuleFault, read_rule
from modules.frontdesk.selectors.designing import role_choices, section_choices
from modules.frontdesk.selectors.gates import paper_title

USUAL = {"group": "front_desk", "place": "optional", "audience": "citizen"}
CURRENCIES = (("ILS", "ILS ₪"), ("JOD", "JOD"), ("USD", "USD"))


class CodeField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Small Latin letters, digits and _; it never changes."))
        super().__init__(
            label=_("Code"), max_length=60, widget=CodeInput(attrs={"inputmode": "text"}), **kwargs
        )


class RuleField(forms.CharField):
    """A rule, read against the names that are known at this place."""

    def __init__(self, *, answers: Kind = "bool", **kwargs: Any) -> None:
        self.answers, self.names = answers, {}  # type: ignore[var-annotated]
        attrs = {"dir": "ltr", "spellcheck": "false", "data-rule": answers, "autocomplete": "off"}
        super().__init__(
            required=False, max_length=1000, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def clean(self, value: Any) -> str:
        text = str(super().clean(value) or "").strip()
        if text:
            try:
                read_rule(text, self.names, answers=self.answers)
            except RuleFault as fault:
                raise forms.ValidationError(fault.sentence) from None
        return text


class PartForm(DeskForm):
    """A part of a definition. `spoken` are fields in two languages: `label` stands for label_ar and label_en."""

    spoken: ClassVar[tuple[str, ...]] = ()
    plain: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        data: Any = None,
        *,
        raw: Mapping[str, Any] | None = None,
        names: Mapping[str, Kind] | None = None,
        **kwargs: Any,
    ) -> None:
        found = self.found = raw or {}
        initial: dict[str, Any] = {one: found[one] for one in self.plain if one in found}
        for one in self.spoken:
            initial[f"{one}_ar"], initial[f"{one}_en"] = both(found.get(one))
        super().__init__(data, initial=initial, **kwargs)
        for field in self.fields.values():
            if isinstance(field, RuleField):
                field.names = dict(names or {})

    def part(self) -> dict[str, Any]:
        """What was typed, as the definition keeps it: empty things left out."""
        cleaned = self.cleaned_data
        kept = {
            one: cleaned[one] for one in self.plain if cleaned.get(one) not in (None, "", [], False)
        }
        for one in self.spoken:
            if cleaned.get(f"{one}_ar"):
                english = cleaned.get(f"{one}_en", both(self.found.get(one))[1])
                kept[one] = words(cleaned[f"{one}_ar"], english)
        return kept


class BasicsForm(PartForm):
    """What the service is called, for whom, how long, and who may ask."""

    spoken: ClassVar = ("title", "summary", "fee_text", "result")
    plain: ClassVar = ("group", "audience", "days_text", "place", "online")
    title_ar = TextField(label=_("Title in Arabic"), max_length=200)
    title_en = TextField(label=_("Title in English"), max_length=200, required=False)
    group = forms.ChoiceField(label=_("Group"))
    audience = forms.ChoiceField(label=_("For whom"), choices=Audience.choices)
    days = forms.IntegerField(label=_("Working days promised"), min_value=0, max_value=365)
    days_text = TextField(label=_("Days in words"), max_length=60, required=False)
    summary_ar = TextField(label=_("Summary in Arabic"), rows=3, max_length=1000, required=False)
    summary_en = TextField(label=_("Summary in English"), rows=3, max_length=1000, required=False)
    fee_text_ar = TextField(label=_("Fee in words, Arabic"), max_length=300, required=False)
    fee_text_en = TextField(label=_("Fee in words, English"), max_length=300, required=False)
    result_ar = TextField(
        label=_("The citizen leaves with (Arabic)"), max_length=300, required=False
    )
    result_en = TextField(
        label=_("The citizen leaves with (English)"), max_length=300, required=False
    )
    place = forms.ChoiceField(
        label=_("Parcel"),
        choices=[
            ("none", _("not asked")), ("optional", _("if there is one")), ("required", _("needed")),
        ],
    )  # fmt: skip
    online = forms.BooleanField(
        label=_("May be asked for on the web"),
        required=False,
        help_text=_("The desk verifies each request before it is accepted."),
    )
    anonymous = forms.BooleanField(label=_("May be asked without a name"), required=False)
    hidden = forms.BooleanField(
        label=_("The name may be hidden from who works on it"), required=False
    )
    agent = forms.BooleanField(label=_("An agent may ask"), required=False)

    def __init__(
        self, *args: Any, groups: Sequence[tuple[str, str]], raw: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, raw={**USUAL, **raw}, **kwargs)
        self.fields["group"].choices = groups  # type: ignore[attr-defined]
        rules = raw.get("applicant", {})
        self.initial.update(
            days=raw.get("days", 5),
            anonymous=rules.get("anonymous", False),
            hidden=rules.get("hidden", False),
            agent=rules.get("agent", True),
        )

    def part(self) -> dict[str, Any]:
        kept = super().part()
        kept["days"] = self.cleaned_data["days"]
        kept["applicant"] = {
            one: self.cleaned_data[one] for one in ("anonymous", "hidden", "agent")
        }
        return kept


class SectionForm(PartForm):
    """A part of the form under a heading."""

    spoken: ClassVar = ("title", "help")
    plain: ClassVar = ("code", "shown_if")
    code = CodeField()
    title_ar = TextField(label=_("Heading in Arabic"), max_length=200)
    title_en = TextField(label=_("Heading in English"), max_length=200, required=False)
    help_ar = TextField(label=_("Help in Arabic"), max_length=500, required=False)
    help_en = TextField(label=_("Help in English"), max_length=500, required=False)
    shown_if = RuleField(label=_("Shown only if"))


class FieldForm(PartForm):
    """A question of the form."""

    spoken: ClassVar = ("label", "help", "refusal")
    plain: ClassVar = (
        "code", "kind", "required", "section", "prefill", "min", "max", "choices", "columns",
        "shown_if", "pattern", "valid_if",
    )  # fmt: skip
    code = CodeField()
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=FIELD_KINDS)
    label_ar = TextField(label=_("Question in Arabic"), max_length=300)
    label_en = TextField(label=_("Question in English"), max_length=300, required=False)
    required = forms.BooleanField(label=_("Must be answered"), required=False)
    section = forms.ChoiceField(label=_("Part of the form"), required=False)
    help_ar = TextField(label=_("Help in Arabic"), max_length=500, required=False)
    help_en = TextField(label=_("Help in English"), max_length=500, required=False)
    prefill = forms.ChoiceField(
        label=_("Begins with"), required=False, choices=[("", "—"), *PREFILLS.items()]
    )
    choices = choices_rows(label=_("Choices"), help_text=_("What a choice offers."))
    columns = questions_rows(
        without=(*LISTED, *TOO_LARGE),
        label=_("Columns"),
        help_text=_("What a table asks in each of its rows."),
    )
    column_choices = choices_of_rows(
        label=_("Choices of the columns"),
        help_text=_("For each column that is a choice from a list: what it offers."),
    )
    min = TextField(label=_("Least (rows of a table)"), max_length=20, required=False)
    max = TextField(label=_("Most (letters, rows of a table)"), max_length=20, required=False)
    shown_if = RuleField(label=_("Asked only if"), help_text=_("For example: use == 'shop'"))
    valid_if = RuleField(label=_("Right only if"), help_text=_("For example: built <= plot"))
    pattern = TextField(label=_("Must look like (pattern)"), max_length=200, required=False)
    refusal_ar = TextField(
        label=_("Told when it is not right (Arabic)"), max_length=300, required=False
    )
    refusal_en = TextField(
        label=_("Told when it is not right (English)"), max_length=300, required=False
    )

    def __init__(self, *args: Any, parts: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["section"].choices = [("", "—"), *parts]  # type: ignore[attr-defined]
        columns = self.found.get("columns", ())
        offer_kinds(self.fields["columns"], columns, *LISTED, *TOO_LARGE)
        self.initial["column_choices"] = choices_inside(columns)

    def clean(self) -> dict[str, Any]:
        refuse_strangers(self, "column_choices", "columns")
        return self.cleaned_data

    def part(self) -> dict[str, Any]:
        kept = super().part()
        for name in ("choices", "columns"):
            if name in kept:
                kept[name] = with_what_was_kept(kept[name], self.found.get(name, ()))
        if "columns" in kept:
            kept["columns"] = chosen_inside(self, "column_choices", kept["columns"])
        return kept


class PaperForm(PartForm):
    """A paper that the service asks for."""

    spoken: ClassVar = ("note", "legal_basis")
    plain: ClassVar = ("code", "need", "substitutes", "reuse_days", "asked_if")
    code = forms.ChoiceField(label=_("Kind of paper"))
    need = forms.ChoiceField(
        label=_("Needed"),
        choices=[
            ("always", _("always")),
            ("if_any", _("if there is one")),
            ("with_agent", _("with an agent")),
        ],
    )
    asked_if = RuleField(label=_("Asked only if"))
    substitutes = substitutes_rows(
        label=_("Accepted instead"),
        help_text=_("One set in a row: all papers of the row together."),
    )
    reuse_days = forms.IntegerField(
        label=_("Days for which a paper on file is used again"), min_value=0, required=False
    )
    legal_basis_ar = TextField(label=_("Legal basis"), max_length=300, required=False)
    legal_basis_en = TextField(label=_("Legal basis in English"), max_length=300, required=False)
    note_ar = TextField(label=_("Note in Arabic"), max_length=300, required=False)
    note_en = TextField(label=_("Note in English"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = sorted(registry.document_types(), key=paper_title)
        self.fields["code"].choices = [(code, paper_name(code)) for code in kinds]  # type: ignore[attr-defined]
        widened(self.fields["substitutes"], self.found.get("substitutes", ()))  # type: ignore[arg-type]


class FeeForm(PartForm):
    """A fee and how it is found."""

    spoken: ClassVar = ("title", "basis")
    plain: ClassVar = (
        "code", "kind", "when", "amount", "currency", "of", "bands", "cells", "formula", "least", "most",
        "charged_if", "assessed_by", "dues_kind",
    )  # fmt: skip
    code = CodeField()
    title_ar = TextField(label=_("Title in Arabic"), max_length=200)
    title_en = TextField(label=_("Title in English"), max_length=200, required=False)
    kind = forms.ChoiceField(
        label=_("How it is found"),
        choices=[
            ("flat", _("one amount")), ("bands", _("by bands of a quantity")), ("table", _("by a table of answers")),
            ("formula", _("by a formula")), ("assessed", _("a step computes it")),
        ],
    )  # fmt: skip
    when = forms.ChoiceField(
        label=_("Paid"),
        choices=[
            ("at_intake", _("before work begins")),
            ("at_collection", _("at the cash desk on the route")),
        ],
    )
    currency = forms.ChoiceField(label=_("Currency"), choices=CURRENCIES)
    dues_kind = forms.ChoiceField(label=_("Kind of dues (its account)"))
    amount = TextField(label=_("Amount"), max_length=20, required=False)
    of = forms.ChoiceField(label=_("By the answer to"), required=False)
    bands = bands_rows(
        label=_("Bands"), help_text=_("The last has nothing under “Up to”: it goes on without end.")
    )
    cells = cells_rows(label=_("Table"), help_text=_("An amount for each answer."))
    formula = RuleField(
        label=_("Formula"), answers="number", help_text=_("For example: max(50, area_m2 * 1.5)")
    )
    least = TextField(label=_("At least"), max_length=20, required=False)
    most = TextField(label=_("At most"), max_length=20, required=False)
    charged_if = RuleField(label=_("Charged only if"))
    assessed_by = forms.ChoiceField(label=_("Step that computes it"), required=False)
    basis_ar = TextField(label=_("Legal basis"), max_length=300, required=False)
    basis_en = TextField(label=_("Legal basis in English"), max_length=300, required=False)

    def __init__(
        self,
        *args: Any,
        questions: Sequence[tuple[str, str]] = (),
        steps: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("dues_kind", "frontdesk.request_fee")
        self.initial.setdefault("when", "at_collection")
        kinds = [(code, f"{one.title_ar} ({code})") for code, one in registry.dues_kinds().items()]
        self.fields["dues_kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["of"].choices = [("", "—"), *questions]  # type: ignore[attr-defined]
        self.fields["assessed_by"].choices = [("", "—"), *steps]  # type: ignore[attr-defined]


class StepDesignForm(PartForm):
    """A step of the route: where it stands, who does it, when it is needed."""

    spoken: ClassVar = ("title", "body", "legal_basis")
    plain: ClassVar = (
        "code", "kind", "section", "role", "visit", "decides", "done_if", "escalate_to",
    )  # fmt: skip
    code = CodeField()
    title_ar = TextField(label=_("Title in Arabic"), max_length=200)
    title_en = TextField(label=_("Title in English"), max_length=200, required=False)
    stage = forms.ChoiceField(label=_("Stage"))
    kind = forms.ChoiceField(label=_("Kind of step"), choices=StepKind.choices)
    section = forms.ChoiceField(label=_("Section"))
    role = forms.ChoiceField(label=_("Role"), required=False)
    days = forms.IntegerField(label=_("Working days"), min_value=0, max_value=365)
    done_if = RuleField(label=_("Needed only if"))
    visit = forms.BooleanField(label=_("With a visit and photos"), required=False)
    decides = forms.BooleanField(label=_("Decides: approves or rejects"), required=False)
    body_ar = TextField(label=_("Outside body that is asked"), max_length=160, required=False)
    body_en = TextField(label=_("Outside body in English"), max_length=160, required=False)
    escalate_to = forms.ChoiceField(label=_("Told when it is late"), required=False)
    fields_ = questions_rows(
        label=_("Form of the step"), help_text=_("What the step asks of who does it.")
    )
    field_choices = choices_of_rows(
        label=_("Choices of the step's form"),
        help_text=_("For each question that is a choice from a list: what it offers."),
    )
    legal_basis_ar = TextField(label=_("Legal basis"), max_length=300, required=False)
    legal_basis_en = TextField(label=_("Legal basis in English"), max_length=300, required=False)

    def __init__(
        self, *args: Any, stages: Sequence[tuple[str, str]], raw: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, raw=raw, **kwargs)
        self.initial["days"] = (raw or {}).get("days", 1)
        self.initial["fields_"] = asked = list((raw or {}).get("fields", ()))
        offer_kinds(self.fields["fields_"], asked, *LISTED)
        self.initial["field_choices"] = choices_inside(asked)
        self.fields["stage"].choices = stages  # type: ignore[attr-defined]
        self.fields["section"].choices = _with(section_choices(), self.initial.get("section"))  # type: ignore[attr-defined]
        for name in ("role", "escalate_to"):
            known = _with(role_choices(), self.initial.get(name))
            self.fields[name].choices = [("", "—"), *known]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        refuse_strangers(self, "field_choices", "fields_")
        return self.cleaned_data

    def part(self) -> dict[str, Any]:
        kept = super().part()
        kept["days"] = self.cleaned_data["days"]
        if asked := self.cleaned_data["fields_"]:
            made = with_what_was_kept(asked, self.found.get("fields", ()))
            kept["fields"] = chosen_inside(self, "field_choices", made)
        return kept


def _with(known: list[tuple[str, str]], chosen: Any) -> list[tuple[str, str]]:
    """The choices, and what the draft holds although it does not exist here, so that opening a form loses nothing."""
    missing = chosen and chosen not in {code for code, _name in known}
    return [*known, (chosen, f"{chosen} ؟")] if missing else known
