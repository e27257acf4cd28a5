"""The lists of a definition that a keeper fills in rows: choices, columns, questions of a step, substitutes, tariffs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import TextField
from frontend.forms.widgets import CodeInput
from kernel import registry
from kernel.text import normalise_digits
from modules.frontdesk.pages.designer.rows import Cells, RowsField
from modules.frontdesk.pages.designer.spoken import both, words
from modules.frontdesk.selectors.gates import paper_title

FIELD_KINDS = (
    ("text", _("Short text")),
    ("longtext", _("Long text")),
    ("number", _("Number")),
    ("money", _("Amount")),
    ("date", _("Date")),
    ("choice", _("Choice from a list")),
    ("bool", _("Yes or no")),
    ("phone", _("Telephone")),
    ("id_number", _("ID number")),
    ("point", _("Point on the map")),
    ("table", _("Table with rows")),
)
LISTED = ("table",)
"""Kinds that need rows of their own: a question of the form has room for them, a row has not."""
TOO_LARGE = ("longtext", "point")
"""What a table's column cannot hold."""
TOGETHER = 3


class PartCode(forms.CharField):
    """The code of a row: what rules and answers call it. A choice's may begin with a digit."""

    def __init__(self, *, pattern: str, told: Any, **kwargs: Any) -> None:
        self.pattern, self.told = pattern, told
        kwargs.setdefault("label", _("Code"))
        super().__init__(max_length=40, widget=CodeInput(attrs={"inputmode": "text"}), **kwargs)

    def clean(self, value: Any) -> str:
        code = str(super().clean(value) or "")
        if not re.fullmatch(self.pattern, code):
            raise forms.ValidationError(self.told)
        return code


def code_of_choice() -> PartCode:
    told = _("Latin letters, digits, _ and -, without spaces.")
    return PartCode(pattern=r"[A-Za-z0-9_.-]+", told=told)


def code_of_question(**kwargs: Any) -> PartCode:
    told = _("Small Latin letters, digits and _, and a letter first.")
    return PartCode(pattern=r"[a-z][a-z0-9_]*", told=told, **kwargs)


class NumberText(forms.CharField):
    """A quantity or an amount, kept as it is written; digits of either kind."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        widget = CodeInput(attrs={"inputmode": "decimal"})
        super().__init__(max_length=20, widget=widget, **kwargs)

    def clean(self, value: Any) -> str:
        text = normalise_digits(str(super().clean(value) or ""))
        text = text.replace("٫", ".").replace("٬", "").replace(",", "").strip()
        try:
            is_number = not text or Decimal(text).is_finite()
        except InvalidOperation:
            is_number = False
        if not is_number:
            raise forms.ValidationError(_("This is not a number."))
        return text


class PaperName(forms.CharField):
    """A kind of paper, chosen while typing from the list beside it; its code alone will do."""

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"list": "kinds-of-paper", "autocomplete": "off", "dir": "auto"}
        super().__init__(max_length=200, widget=forms.TextInput(attrs=attrs), **kwargs)

    def clean(self, value: Any) -> str:
        typed = str(super().clean(value) or "").strip()
        known = registry.document_types()
        if not typed or typed in known:
            return typed
        found = [code for code in known if typed in (paper_name(code), paper_title(code))]
        if len(found) != 1:
            raise forms.ValidationError(_("Choose a kind of paper from the list."))
        return found[0]


def paper_name(code: str) -> str:
    """A kind of paper as the list offers it, its code with it: two kinds may have one title."""
    return f"{paper_title(code)} ({code})"


def choices_rows(**kwargs: Any) -> RowsField:
    return RowsField(
        columns={
            "ident": code_of_choice(),
            "ar": TextField(label=_("In Arabic"), max_length=300),
            "en": TextField(label=_("In English"), max_length=300, required=False),
        },
        read=lambda row: {"code": row["ident"], "label": words(row["ar"], row["en"])},
        write=lambda one: {"ident": one["code"], **said(one.get("label"))},
        once="ident",
        **kwargs,
    )


def questions_rows(*, without: Sequence[str] = LISTED, **kwargs: Any) -> RowsField:
    """Small questions: columns of a table, or what a step asks."""
    kinds = [one for one in FIELD_KINDS if one[0] not in without]
    return RowsField(
        columns={
            "ident": code_of_question(),
            "kind": forms.ChoiceField(label=_("Kind of answer"), choices=kinds, initial="text"),
            "ar": TextField(label=_("Question in Arabic"), max_length=300),
            "en": TextField(label=_("Question in English"), max_length=300, required=False),
            "required": forms.BooleanField(label=_("Must be answered"), required=False),
        },
        read=lambda row: {
            "code": row["ident"],
            "kind": row["kind"],
            "label": words(row["ar"], row["en"]),
            **({"required": True} if row["required"] else {}),
        },
        write=lambda one: {
            "ident": one["code"],
            "kind": one.get("kind", "text"),
            "required": bool(one.get("required")),
            **said(one.get("label")),
        },
        once="ident",
        **kwargs,
    )


def bands_rows(**kwargs: Any) -> RowsField:
    return RowsField(
        columns={
            "upto": NumberText(label=_("Up to")),
            "amount": NumberText(label=_("Amount")),
            "rate": NumberText(label=_("For each unit above the band below")),
        },
        read=lambda row: {
            "upto": row["upto"],
            "amount": row["amount"] or "0",
            "rate": row["rate"] or "0",
        },
        write=lambda one: {
            "upto": one.get("upto", ""),
            "amount": one.get("amount", "0"),
            "rate": one.get("rate", "0"),
        },
        once="upto",
        **kwargs,
    )


def cells_rows(**kwargs: Any) -> RowsField:
    return RowsField(
        columns={
            "answer": forms.CharField(
                label=_("Code of the answer"), max_length=200, widget=CodeInput()
            ),
            "amount": NumberText(label=_("Amount"), required=True),
        },
        read=lambda row: {"answer": row["answer"], "amount": row["amount"]},
        write=lambda one: {"answer": one["answer"], "amount": one["amount"]},
        once="answer",
        **kwargs,
    )


def substitutes_rows(**kwargs: Any) -> RowsField:
    """One set a row: papers that together stand for the one that is lost."""
    labels = {
        "paper": _("Accepted instead"),
        "and_2": _("together with"),
        "and_3": _("and together with"),
    }
    return RowsField(
        columns={
            part: PaperName(label=label, required=part == "paper") for part, label in labels.items()
        },
        read=lambda row: [one for one in row.values() if one],
        write=_set_of_papers,
        **kwargs,
    )


def widened(field: RowsField, sets: Sequence[Sequence[str]]) -> None:
    """Room for the largest set that is kept already."""
    for number in range(TOGETHER + 1, max(map(len, sets), default=0) + 1):
        field.columns[f"and_{number}"] = PaperName(  # type: ignore[index]
            label=_("and together with"), required=False
        )


def with_what_was_kept(
    made: Sequence[Mapping[str, Any]], kept: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The rows, and of each what the row has no field for, as it was kept under its code."""
    before = {one["code"]: one for one in kept}
    return [
        {
            **{k: v for k, v in before.get(one["code"], {}).items() if k != "required"},
            **one,
        }
        for one in made
    ]


def said(label: Any) -> Cells:
    ar, en = both(label)
    return {"ar": ar, "en": en}


def _set_of_papers(papers: Sequence[str]) -> Cells:
    parts = ["paper", *(f"and_{number}" for number in range(2, len(papers) + 1))]
    return {part: paper_name(code) for part, code in zip(parts, papers, strict=True)}
