"""A form made from the questions of a service or of a step: parts under headings, tables with rows, rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from frontend.forms import DateField, DeskForm, IdNumberField, PhoneField, TextField
from frontend.forms.widgets import CodeInput
from kernel.errors import InvalidInput, Refusal
from kernel.profile.selectors import profile
from kernel.text import normalise_digits
from modules.frontdesk.definitions import Field, FormSection
from modules.frontdesk.points import centre_of

PREFIX = "answers"
_RADIO_UP_TO = 4
_SPARE_ROWS = 2
_MOST_ROWS = 40


@dataclass(frozen=True)
class Group:
    """Questions under one heading; the first group has none."""

    section: FormSection | None
    fields: list[BoundField]


class RowsInput(forms.Widget):
    """A table in which each row is one of many: an owner, a floor, a vehicle. Empty rows count for nothing."""

    def __init__(self, columns: Sequence[Field], *, most: int, **kwargs: Any) -> None:
        self.columns, self.most = tuple(columns), most
        super().__init__(**kwargs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if isinstance(data.get(name), list | tuple):
            return data.get(name)
        rows = []
        for number in range(_MOST_ROWS):
            cells = {one.code: data.get(f"{name}-{number}-{one.code}") for one in self.columns}
            if all(cell is None for cell in cells.values()):
                if number:
                    break
                continue
            rows.append({code: normalise_digits(cell or "") for code, cell in cells.items()})
        return rows or None

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return self.value_from_datadict(data, files, name) is None

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-0-{self.columns[0].code}" if self.columns else id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        rows = list(value) if isinstance(value, list | tuple) else []
        shown = min(len(rows) + _SPARE_ROWS, self.most)
        base = (attrs or {}).get("id", name)
        head = format_html_join(
            "", '<th scope="col">{}</th>', ((one.label,) for one in self.columns)
        )
        body = format_html_join(
            "",
            "<tr>{}</tr>",
            (
                (self._row(name, base, number, rows[number] if number < len(rows) else {}),)
                for number in range(shown)
            ),
        )
        return format_html(
            '<div class="table-wrap"><table class="table table-cards"><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>',
            head,
            body,
        )

    def _row(self, name: str, base: str, number: int, row: Any) -> SafeString:
        found = row if isinstance(row, Mapping) else {}
        return format_html_join(
            "",
            '<td data-label="{}">{}</td>',
            (
                (
                    one.label,
                    self._cell(
                        one,
                        f"{name}-{number}-{one.code}",
                        f"{base}-{number}-{one.code}",
                        found.get(one.code),
                        number,
                    ),
                )
                for one in self.columns
            ),
        )

    def _cell(self, column: Field, name: str, ident: str, value: Any, number: int) -> str:
        widget = form_field(column).widget
        if isinstance(widget, forms.RadioSelect):
            choices = [("", "—"), *((one.code, str(one.label)) for one in column.choices)]
            widget = forms.Select(choices=choices)
        label = _("%(column)s, row %(row)s") % {"column": column.label, "row": number + 1}
        cell: str = widget.render(name, value, {"id": ident, "aria-label": label})
        return cell


class PointInput(forms.Widget):
    """Latitude and longitude in two inputs; with the script also a map and the device's own place."""

    template_name = "frontdesk/widgets/point.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        latitude, _comma, longitude = str(value or "").partition(",")
        town = profile()
        centre = centre_of(town.governorate_ar, gaza=town.dialect == "gaza")
        context["widget"] |= {
            "latitude": latitude.strip(),
            "longitude": longitude.strip(),
            "centre": centre,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        whole = data.get(name)
        if whole:
            return whole
        parts = [
            normalise_digits(data.get(f"{name}-{one}") or "").strip() for one in ("lat", "lng")
        ]
        return ",".join(parts) if any(parts) else ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return not any(one in data for one in (name, f"{name}-lat", f"{name}-lng"))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}-lat"


class RowsField(forms.Field):
    """Rows as they were typed; the service checks them."""

    def __init__(self, question: Field, **kwargs: Any) -> None:
        most = min(int(question.max), _MOST_ROWS) if question.max.isdecimal() else _MOST_ROWS
        super().__init__(widget=RowsInput(question.columns, most=most), **kwargs)


class AnswersForm(DeskForm):
    """A form made from the questions of a service or of a step. The service checks; `raw()` is what was typed."""

    def __init__(
        self,
        questions: Sequence[Field],
        data: Any = None,
        *,
        answers: Mapping[str, Any] | None = None,
        sections: Sequence[FormSection] = (),
        asked: Iterable[str] | None = None,
    ) -> None:
        shown = None if asked is None else frozenset(asked)
        self.questions = tuple(one for one in questions if shown is None or one.code in shown)
        self.sections = tuple(sections)
        self.keep_digits = frozenset(
            f"{PREFIX}-{one.code}" for one in self.questions if one.kind == "longtext"
        )
        super().__init__(data, prefix=PREFIX, initial=dict(answers or {}))
        for one in self.questions:
            self.fields[one.code] = form_field(one)

    def raw(self) -> dict[str, Any]:
        return {
            one.code: self.fields[one.code].widget.value_from_datadict(
                self.data, self.files, self.add_prefix(one.code)
            )
            if one.kind in ("table", "point")
            else self.data.get(self.add_prefix(one.code), "")
            for one in self.questions
        }

    @property
    def groups(self) -> list[Group]:
        """Questions by the parts of the form, in order; parts without questions left out."""
        by_part: dict[str, list[BoundField]] = {}
        for one in self.questions:
            by_part.setdefault(one.section, []).append(self[one.code])
        known = {one.code: one for one in self.sections}
        order = ["", *known]
        return [
            Group(known.get(code), by_part[code])
            for code in [*order, *(one for one in by_part if one not in order)]
            if code in by_part
        ]

    def begin_here(self) -> None:
        """Put the cursor into the first question that is needed and not answered."""
        for one in self.questions:
            if one.required and not self.initial.get(one.code):
                self.fields[one.code].widget.attrs["autofocus"] = True
                return

    def show(self, refusal: Refusal) -> None:
        """Show a service's refusal at the questions that it names."""
        self.is_valid()
        self._errors = forms.utils.ErrorDict()
        if isinstance(refusal, InvalidInput):
            stripped = {
                name.removeprefix(f"{PREFIX}."): many for name, many in refusal.errors.items()
            }
            self.add_refusal(InvalidInput(stripped))
        else:
            self.add_refusal(refusal)


def form_field(question: Field) -> forms.Field:
    """One question as a form field."""
    shared: dict[str, Any] = {
        "label": str(question.label),
        "required": question.required,
        "help_text": str(question.help) if question.help.ar else "",
    }
    match question.kind:
        case "table":
            return RowsField(question, **shared)
        case "longtext":
            return TextField(rows=4, max_length=None, **shared)
        case "point":
            return forms.Field(widget=PointInput(), **shared)
        case "choice":
            choices = [(one.code, str(one.label)) for one in question.choices]
            if len(choices) <= _RADIO_UP_TO:
                return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **shared)
            return forms.ChoiceField(choices=[("", "—"), *choices], **shared)
        case "bool":
            shared["required"] = False
            return forms.BooleanField(**shared)
        case "date":
            return DateField(**shared)
        case "number" | "money":
            return forms.CharField(widget=CodeInput(attrs={"inputmode": "decimal"}), **shared)
        case "phone":
            return PhoneField(**shared)
        case "id_number":
            return IdNumberField(**shared)
        case _:
            return TextField(**shared)
