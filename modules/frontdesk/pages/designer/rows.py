"""A list of a definition as rows with a field for each part: choices, columns, substitutes, bands.

Without the script a form has some rows to spare; with it rows are added, taken out, and moved by button or key. A row
that is empty counts for nothing; one that cannot be right says so at its own field, and everything typed stays.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

SPARE = 3
MOST = 60
BLANK = "__n__"
_CLASSES: Mapping[type, str] = {
    forms.Select: "form-select",
    forms.CheckboxInput: "form-check-input",
}
Cells = dict[str, Any]


class Typed(list[Cells]):
    """Rows as they were typed, the empty ones among them."""


class RowsInput(forms.Widget):
    """Rows of labelled inputs: `{name}-{number}-{part}`."""

    template_name = "frontdesk/widgets/part_rows.html"
    columns: Mapping[str, forms.Field]
    faults: Mapping[tuple[int, str], str]

    def __init__(self, columns: Mapping[str, forms.Field]) -> None:
        super().__init__()
        self.columns, self.faults = columns, {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        there = re.compile(rf"{re.escape(name)}-(\d{{1,3}})-")
        numbers = {int(one[1]) for one in map(there.match, data) if one}
        return Typed(
            {
                part: column.widget.value_from_datadict(data, files, f"{name}-{number}-{part}")
                for part, column in self.columns.items()
            }
            for number in sorted(numbers)[:MOST]
        )

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-{next(iter(self.columns))}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = list(value or ())
        ident = context["widget"]["attrs"].get("id", name)
        context["widget"] |= {
            "rows": [
                self._row(name, ident, number, rows[number] if number < len(rows) else {})
                for number in range(min(len(rows) + SPARE, max(MOST, len(rows))))
            ],
            "blank": self._row(name, ident, BLANK, {}),
        }
        return context

    def _row(self, name: str, ident: str, number: int | str, typed: Cells) -> dict[str, Any]:
        cells = []
        for part, column in self.columns.items():
            fault = self.faults.get((number, part), "") if isinstance(number, int) else ""
            spot = f"{ident}-{number}-{part}"
            attrs = {"id": spot, "dir": "auto", "placeholder": " ", **column.widget.attrs}
            if isinstance(column.widget, forms.Select | forms.CheckboxInput):
                attrs = {"id": spot}
            attrs["class"] = _CLASSES.get(type(column.widget), "form-control")
            if fault:
                attrs |= {"aria-invalid": "true", "aria-describedby": f"{spot}_error"}
            given = typed.get(part, column.initial)
            cells.append(
                {
                    "id": spot,
                    "label": column.label,
                    "is_tick": isinstance(column, forms.BooleanField),
                    "fault": fault,
                    "html": column.widget.render(f"{name}-{number}-{part}", given, attrs),
                }
            )
        return {"number": number + 1 if isinstance(number, int) else number, "cells": cells}


class RowsField(forms.Field):
    """A list of parts. `read` makes a part of a row's cleaned cells, `write` the cells of a part.

    `once` is the cell that must not stand in two rows, or not in two of one `within`.
    """

    is_rows = True
    widget: RowsInput  # type: ignore[assignment]

    def __init__(
        self,
        *,
        columns: Mapping[str, forms.Field],
        read: Callable[[Cells], Any],
        write: Callable[[Any], Cells],
        once: str = "",
        within: str = "",
        **kwargs: Any,
    ) -> None:
        self.columns, self.read, self.write = columns, read, write
        self.once, self.within = once, within
        super().__init__(required=False, widget=RowsInput(columns), **kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> RowsField:
        made: RowsField = super().__deepcopy__(memo)  # type: ignore[misc]
        made.columns = made.widget.columns = copy.deepcopy(self.columns, memo)
        made.widget.faults = {}
        return made

    def prepare_value(self, value: Any) -> Typed:
        """Rows to show: as typed, or the cells of the parts that are kept."""
        if isinstance(value, Typed):
            return value
        return Typed(self.write(one) for one in value or ())

    def clean(self, value: Any) -> list[Any]:
        found: list[Any] = []
        faults: dict[tuple[int, str], str] = {}
        seen: set[Any] = set()
        for number, typed in enumerate(value or ()):
            if self._is_empty(typed):
                continue
            cells: Cells = {}
            for part, column in self.columns.items():
                try:
                    cells[part] = column.clean(typed.get(part))
                except forms.ValidationError as error:
                    faults[number, part] = " ".join(error.messages)
            once = cells.get(self.once)
            spot = (cells.get(self.within), once)
            if once and spot in seen:
                faults[number, self.once] = _("This stands in a row above already.")
            seen.add(spot)
            if not any(at == number for at, _part in faults):
                found.append(self.read(cells))
        self.refuse(faults)
        return found

    def refuse(self, faults: Mapping[tuple[int, str], str]) -> None:
        """Tell what is wrong at its row and cell, and above them all. Refuses `ValidationError` for any fault."""
        self.widget.faults = faults
        if faults:
            raise forms.ValidationError(
                [
                    _("Row %(row)s, %(column)s: %(sentence)s")
                    % {"row": at + 1, "column": self.columns[part].label, "sentence": sentence}
                    for (at, part), sentence in faults.items()
                ]
            )

    def _is_empty(self, typed: Cells) -> bool:
        """Nothing typed; what a list or a tick says by itself is not typing."""
        return not any(
            str(typed.get(part) or "").strip()
            for part, column in self.columns.items()
            if isinstance(column, forms.CharField)
        )


def offered(field: RowsField, part: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Let a list in a row offer these."""
    field.columns[part].choices = list(choices)  # type: ignore[attr-defined]
