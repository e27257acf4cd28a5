"""Columns that know how they look on the screen and what they are in a sheet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import django_tables2
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from moneyed import Money

from frontend.dates import local, short_form
from frontend.templatetags.face import amount as amount_text
from frontend.templatetags.face import icon, state_icon

Column = django_tables2.Column


class AmountColumn(django_tables2.Column):
    """An amount. The currency is the column's, or read from the record's `currency_field`."""

    def __init__(
        self, *args: Any, currency: str = "", currency_field: str = "currency", **kwargs: Any
    ) -> None:
        self.currency, self.currency_field = currency, currency_field
        kwargs.setdefault("attrs", {"td": {"class": "cell-amount"}, "th": {"class": "cell-amount"}})
        super().__init__(*args, **kwargs)

    def render(self, value: Money | Decimal, record: Any = None) -> SafeString:
        return format_html(
            '<bdi dir="ltr" class="amount">{}</bdi>', amount_text(value, self.currency_of(record))
        )

    def value(self, value: Money | Decimal, record: Any = None) -> Decimal:
        return value.amount if isinstance(value, Money) else value

    def currency_of(self, record: Any) -> str:
        found = record.get(self.currency_field) if isinstance(record, Mapping) else None
        return self.currency or found or getattr(record, self.currency_field, "") or "ILS"


class DateColumn(django_tables2.Column):
    """dd/mm/yyyy on the municipality's clock; with `time` the hour too."""

    def __init__(self, *args: Any, time: bool = False, **kwargs: Any) -> None:
        self.time = time
        super().__init__(*args, **kwargs)

    def render(self, value: date | datetime) -> SafeString:
        return format_html(
            '<time class="ltr" dir="ltr" datetime="{}">{}</time>',
            value.isoformat(),
            short_form(value, with_time=self.time),
        )

    def value(self, value: date | datetime) -> date | datetime:
        here = local(value)
        if isinstance(here, datetime):
            return here.replace(tzinfo=None) if self.time else here.date()
        return here


class CodeColumn(django_tables2.Column):
    """A number, code, phone: a left-to-right island, and text in a sheet (leading zeros stay)."""

    def render(self, value: Any) -> SafeString:
        return format_html('<bdi dir="ltr" class="ltr">{}</bdi>', value)

    def value(self, value: Any) -> str:
        return str(value)


class LinkColumn(django_tables2.Column):
    """The record's own name or number, leading to its page: `url` is fn(record) -> address."""

    def __init__(
        self, *args: Any, url: Callable[[Any], str], code: bool = False, **kwargs: Any
    ) -> None:
        self.url, self.code = url, code
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any) -> SafeString:
        value = short_form(value) if isinstance(value, date) else value
        isolated = (
            format_html('<bdi dir="ltr" class="ltr">{}</bdi>', value)
            if self.code
            else format_html("<bdi>{}</bdi>", value)
        )
        return format_html('<a class="row-link" href="{}">{}</a>', self.url(record), isolated)

    def value(self, value: Any) -> str:
        return str(value)


class StateColumn(django_tables2.Column):
    """A state as text, icon and colour: `kinds` maps the stored value to ok, warn, danger, info or neutral.

    `show` is fn(record) -> text; without it Django's `get_<field>_display` or the value itself is shown.
    """

    def __init__(
        self,
        *args: Any,
        kinds: Mapping[Any, str] | Callable[[Any], str],
        show: Callable[[Any], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.kinds, self.show = kinds, show
        super().__init__(*args, **kwargs)

    def render(self, value: Any, record: Any, bound_column: Any) -> SafeString:
        raw = bound_column.accessor.resolve(record, quiet=True)
        kind = self.kinds(record) if callable(self.kinds) else self.kinds.get(raw, "neutral")
        text = conditional_escape(self.show(record) if self.show else value)
        return format_html(
            '<span class="state state-{}">{}{}</span>', kind, icon(state_icon(kind)), text
        )

    def value(self, value: Any, record: Any = None) -> str:
        return str(self.show(record)) if self.show and record is not None else str(value)
