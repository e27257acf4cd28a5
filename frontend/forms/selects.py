"""A plain list of choices, written at once: Django renders a template for each, and a catalogue has 150 services."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

_SELECTED = mark_safe(" selected")


def is_plain_select(widget: forms.Widget) -> bool:
    """Whether it is Django's own list, without clothes of somebody else."""
    return type(widget) is forms.Select and widget.template_name == forms.Select.template_name


def plain_select(field: BoundField, attrs: dict[str, Any]) -> SafeString:
    """What `field.as_widget(attrs=attrs)` says of a plain list."""
    own = field.field.widget
    given = field.build_widget_attrs(attrs, own)
    if field.auto_id and "id" not in own.attrs:
        given.setdefault("id", field.auto_id)
    if field.field.localize:
        own.is_localized = True
    return format_html(
        '<select name="{}"{}>{}</select>',
        field.html_name,
        flatatt(own.build_attrs(own.attrs, given)),
        _options(own.choices, own.format_value(field.value())),
    )


def _options(choices: Iterable[tuple[Any, Any]], chosen: Collection[str]) -> SafeString:
    return format_html_join("", "{}", ((_option(*one, chosen),) for one in choices))


def _option(value: Any, label: Any, chosen: Collection[str]) -> SafeString:
    if isinstance(label, (list, tuple)):
        return format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen))
    written = "" if value is None else str(value)
    selected = _SELECTED if written in chosen else ""
    return format_html('<option value="{}"{}>{}</option>', written, selected, label)
