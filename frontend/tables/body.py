"""The rows of a table as HTML: titles, classes and choices are found once for a column, not for each of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]
from django_tables2.columns.base import BoundColumn
from django_tables2.columns.linkcolumn import BaseLinkColumn
from django_tables2.columns.manytomanycolumn import ManyToManyColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import Accessor, signature


class _Cells:
    """A column, ready to write its cells as `BoundRow.get_cell` would."""

    def __init__(self, column: BoundColumn) -> None:
        self.column = column
        self.accessor = Accessor(column.accessor)
        self.special = isinstance(column.column, (BaseLinkColumn, ManyToManyColumn))
        self.default = column.default
        self.opening = format_html(
            '<td {} data-label="{}">', column.attrs["td"].as_html(), column.header
        )
        self.wants, self.takes_all = signature(column.render)
        self.choices: Mapping[Any, Any] | None = None
        self.looked = False

    def cell(self, row: BoundRow) -> str:
        content = row.get_cell(self.column.name) if self.special else self._content(row)
        return conditional_escape(localize(template_localtime(content)))

    def _content(self, row: BoundRow) -> Any:
        value = self._value(row.record)
        if value in self.column.column.empty_values:
            return self.default
        told = row._optional_cell_arguments(self.column, value)
        wanted = told if self.takes_all else {name: told[name] for name in self.wants}
        content = self.column.render(**wanted)
        return self.column.link(content, **told) if self.column.link else content

    def _value(self, record: Any) -> Any:
        try:
            value = self.accessor.resolve(record)
        except Exception:
            return None
        if not self.looked and value is not None:
            self.looked, self.choices = True, _choices_of(self.accessor, record)
        return self.choices.get(value, value) if self.choices else value


def table_body(table: Any) -> SafeString:
    """`<tr>` after `<tr>` of the page that is shown."""
    columns = [_Cells(column) for column in table.columns]
    parts: list[str] = []
    for row in table.paginated_rows:
        parts.append(f"<tr {row.attrs.as_html()}>")
        for one in columns:
            parts += (one.opening, one.cell(row), "</td>")
        parts.append("</tr>")
    return mark_safe("".join(parts))  # noqa: S308 - each part is escaped above


def _choices_of(accessor: Accessor, record: Any) -> Mapping[Any, Any] | None:
    """Titles of a field's choices, where the column is one of a field with choices."""
    holder, name = accessor.penultimate(record)
    if not isinstance(holder, Model):
        return None
    try:
        field = accessor.get_field(record)
    except FieldDoesNotExist:
        return None
    if not getattr(field, "choices", ()) or not hasattr(holder, f"get_{name}_display"):
        return None
    return {value: str(title) for value, title in field.flatchoices}
