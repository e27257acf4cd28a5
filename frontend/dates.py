"""Dates for people: dd/mm/yyyy on screens, names of months where there is room; the municipality's own clock."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.timezone import is_aware

from kernel.calendar.selectors import zone
from kernel.profile.selectors import profile
from kernel.terms import month_name


def local(value: date | datetime) -> date | datetime:
    """An instant on the municipality's clock; a plain date is already local."""
    if isinstance(value, datetime) and is_aware(value):
        return value.astimezone(zone())
    return value


def short_form(value: date | datetime, *, with_time: bool = False) -> str:
    here = local(value)
    text = f"{here.day:02d}/{here.month:02d}/{here.year:04d}"
    if with_time and isinstance(here, datetime):
        text = f"{text} {here.hour:02d}:{here.minute:02d}"
    return text


def weekday_form(value: date | datetime) -> str:
    """`Tuesday 1 December`; in Arabic with the months as the municipality calls them (كانون الأول or ديسمبر)."""
    here = local(value)
    return f"{date_format(here, 'l')} {here.day} {month_name(here.month, profile().month_names)}"


def long_form(value: date | datetime) -> str:
    here = local(value)
    return f"{here.day} {month_name(here.month, profile().month_names)} {here.year}"
