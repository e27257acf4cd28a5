"""Choices of small questions, a table's columns or those of a step: rows of their own beside the questions'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _say
from django.utils.translation import gettext_lazy as _

from frontend.forms import TextField
from modules.frontdesk.pages.designer.lists import (
    FIELD_KINDS,
    code_of_choice,
    code_of_question,
    said,
)
from modules.frontdesk.pages.designer.rows import RowsField, offered
from modules.frontdesk.pages.designer.spoken import words


def choices_of_rows(**kwargs: Any) -> RowsField:
    """Choices of small questions: each row names the question that offers it."""
    return RowsField(
        columns={
            "of": code_of_question(label=_("Code of the question")),
            "ident": code_of_choice(),
            "ar": TextField(label=_("In Arabic"), max_length=300),
            "en": TextField(label=_("In English"), max_length=300, required=False),
        },
        read=lambda row: (
            row["of"],
            {"code": row["ident"], "label": words(row["ar"], row["en"])},
        ),
        write=lambda one: {"of": one[0], "ident": one[1]["code"], **said(one[1].get("label"))},
        once="ident",
        within="of",
        **kwargs,
    )


def choices_inside(questions: Sequence[Mapping[str, Any]]) -> list[tuple[str, Any]]:
    """What the choice questions among these offer, each with its question's code."""
    return [(one["code"], choice) for one in questions for choice in one.get("choices", ())]


def strangers_among(
    chosen: Sequence[Mapping[str, Any]], questions: Sequence[Mapping[str, Any]]
) -> dict[tuple[int, str], str]:
    """Rows whose choice belongs to no choice question of the list, with what is wrong."""
    offering = {one["code"] for one in questions if one["kind"] == "choice"}
    return {
        (number, "of"): _say("No question of this code is a choice from a list.")
        for number, row in enumerate(chosen)
        if (code := str(row.get("of") or "").strip()) and code not in offering
    }


def with_their_choices(
    questions: Sequence[Mapping[str, Any]], chosen: Sequence[tuple[str, Any]]
) -> list[dict[str, Any]]:
    """The questions, each with the choices that name it."""
    made = []
    for one in questions:
        own = [choice for code, choice in chosen if code == one["code"]]
        rest = {name: told for name, told in one.items() if name != "choices"}
        made.append({**rest, "choices": own} if own and one["kind"] == "choice" else rest)
    return made


def offer_kinds(field: Any, kept: Sequence[Mapping[str, Any]], *without: str) -> None:
    """Kinds that a row can ask, and those that rows of it are already."""
    there = {one.get("kind") for one in kept}
    offered(field, "kind", [one for one in FIELD_KINDS if one[0] not in without or one[0] in there])


def refuse_strangers(form: forms.Form, choices: str, questions: str) -> None:
    """A choice names a question of the list that offers choices; while that list is wrong itself, it is told alone."""
    if not {choices, questions} <= form.cleaned_data.keys():
        return
    field: Any = form.fields[choices]
    typed = form[choices].value() if form.is_bound else ()
    try:
        field.refuse(strangers_among(typed, form.cleaned_data[questions]))
    except forms.ValidationError as error:
        form.add_error(choices, error)


def chosen_inside(form: forms.Form, choices: str, made: Sequence[Any]) -> list[Any]:
    """The questions with their choices as typed; a page that sent none of those rows changes none."""
    widget = form.fields[choices].widget
    if widget.value_omitted_from_data(form.data, form.files, form.add_prefix(choices)):
        return list(made)
    return with_their_choices(made, form.cleaned_data[choices])
