"""Fields for what municipalities write down: dates, amounts, ID numbers, phones, persons."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from frontend.forms.widgets import CodeInput, PartyInput
from kernel.errors import Refusal
from kernel.money import format_amount, parse_amount
from kernel.text import normalise_digits

_DATE = re.compile(r"^(\d{1,2})[\s./\-](\d{1,2})[\s./\-](\d{4})$")
_DATE_TOGETHER = re.compile(r"^(\d{2})(\d{2})(\d{4})$")
_DATE_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")
_EARLIEST = 1850


class TextField(forms.CharField):
    """Trimmed text on one line, or on several with `rows`."""

    def __init__(self, *, rows: int = 0, max_length: int | None = 500, **kwargs: Any) -> None:
        if rows:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)


class DateField(forms.Field):
    """One typed field: 22/11/2026, 22-11-2026, 22.11.2026, 22112026, ٢٢/١١/٢٠٢٦ and 2026-11-22."""

    is_short = True
    default_error_messages: ClassVar = {
        "invalid": _("Write the date as day/month/year, for example 22/11/2026."),
        "no_such_day": _("There is no such day. Write the date as day/month/year."),
        "too_early": _("That date is too long ago."),
        "past_latest": _("The date may not be after %(latest)s."),
        "before_earliest": _("The date may not be before %(earliest)s."),
    }

    def __init__(
        self, *, earliest: date | None = None, latest: date | None = None, **kwargs: Any
    ) -> None:
        self.earliest, self.latest = earliest, latest
        kwargs.setdefault("widget", CodeInput(attrs={"placeholder": "dd/mm/yyyy", "data-date": ""}))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:%d/%m/%Y}" if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            return value
        text = normalise_digits(str(value)).strip()
        if iso := _DATE_ISO.match(text):
            year, month, day = (int(part) for part in iso.groups())
        elif found := _DATE.match(text) or _DATE_TOGETHER.match(text):
            day, month, year = (int(part) for part in found.groups())
        else:
            raise self._error("invalid")
        try:
            read = date(year, month, day)
        except ValueError:
            raise self._error("no_such_day") from None
        if year < _EARLIEST:
            raise self._error("too_early")
        return read

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and self.latest and value > self.latest:
            raise self._error("past_latest", latest=f"{self.latest:%d/%m/%Y}")
        if value and self.earliest and value < self.earliest:
            raise self._error("before_earliest", earliest=f"{self.earliest:%d/%m/%Y}")

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True

    def _error(self, code: str, **params: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=params or None)


class AmountField(forms.Field):
    """An amount in one currency, read as people write it (١٬٢٤٠٫٥ and 1,240.5); cleaned to `Money`."""

    is_short = True
    _units: ClassVar[dict[str, str]] = {"ILS": "₪", "JOD": "د.أ", "USD": "$", "EUR": "€"}

    def __init__(
        self, *, currency: str = "ILS", zero: bool = True, words: bool = False, **kwargs: Any
    ) -> None:
        self.currency, self.zero = currency, zero
        attrs: dict[str, Any] = {"inputmode": "decimal", "data-amount": currency}
        if words:
            attrs["data-words"] = ""
        kwargs.setdefault("widget", CodeInput(attrs=attrs))
        super().__init__(**kwargs)

    @property
    def unit(self) -> str:
        return self._units.get(self.currency, self.currency)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Money):
            return format_amount(value)
        return f"{value:f}" if isinstance(value, Decimal) else value

    def to_python(self, value: Any) -> Money | None:
        if value in self.empty_values:
            return None
        if isinstance(value, Money):
            return value
        try:
            read = parse_amount(str(value), self.currency)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None
        if not self.zero and not read.amount:
            raise forms.ValidationError(_("The amount must be more than zero."), code="zero")
        return read


class IdNumberField(forms.CharField):
    """A Palestinian ID number. Nine digits are asked for; a wrong check digit warns on the page and never blocks."""

    is_short = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget",
            CodeInput(attrs={"inputmode": "numeric", "maxlength": 20, "data-id-number": ""}),
        )
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s\-]", "", normalise_digits(super().to_python(value) or ""))
        if text and (not text.isdigit() or len(text) > 9):
            raise forms.ValidationError(_("An ID number has nine digits."), code="invalid")
        return text.zfill(9) if text else ""


class PhoneField(forms.CharField):
    """A telephone number as typed, with plain digits; the service keeps its international form."""

    is_short = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", CodeInput(attrs={"inputmode": "tel", "autocomplete": "off"}))
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = re.sub(r"[\s\-()./]", "", normalise_digits(super().to_python(value) or ""))
        if text and not re.fullmatch(r"\+?\d{7,15}", text):
            raise forms.ValidationError(_("This is not a telephone number."), code="invalid")
        return text


class LandNumberField(forms.CharField):
    """A block, parcel or subscription number: digits with an optional letter or stroke, left to right."""

    is_short = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", CodeInput())
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        return normalise_digits(super().to_python(value) or "").strip()


class PartyField(forms.Field):
    """Choosing a person or organisation while typing; cleaned to the party's uid.

    Without scripts an ID number may be typed; the view resolves it with `kernel.parties`.
    """

    default_error_messages: ClassVar = {
        "invalid": _("Choose a person from the list, or type a full ID number.")
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", PartyInput())
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> UUID | str | None:
        if value in self.empty_values:
            return None
        if isinstance(value, UUID):
            return value
        text = normalise_digits(str(value)).strip()
        try:
            return UUID(text)
        except ValueError:
            if text.isdigit() and len(text) == 9:
                return text
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
