"""Forms of appointments: hours are typed as people write them, 08:00-13:00."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Any, cast

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField, DeskForm, PartyField, PhoneField, TextField
from frontend.forms.widgets import CodeInput
from kernel.errors import Refusal
from modules.frontdesk.constants import Channel, TicketPriority
from modules.frontdesk.errors.online import ScheduleInvalid
from modules.frontdesk.selectors.appointments import Slots, Special
from modules.frontdesk.selectors.hall_hours import Hours

Choices = Sequence[tuple[str, str]]
WEEK = (7, 1, 2, 3, 4, 5, 6)
"""Sunday first, as the working week here."""
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
_LINE = re.compile(
    r"(?P<first>[\d/\-]{8,10})(?:\s*(?:\.\.|…)\s*(?P<last>[\d/\-]{8,10}))?"
    r"(?P<hours>(?:\s*,?\s*\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2})*)\s*(?P<why>.*)"
)


class SlotsForm(DeskForm):
    """A kind of appointment: for what, when, how long, how many at once."""

    name = forms.RegexField(
        r"^[a-z][a-z0-9-]{0,19}$",
        label=_("Code"),
        max_length=20,
        help_text=_("Small Latin letters; it never changes."),
        widget=CodeInput(attrs={"inputmode": "text"}),
    )
    title_ar = TextField(label=_("Name in Arabic"), max_length=80)
    title_en = TextField(label=_("Name in English"), max_length=80, required=False)
    category = forms.ChoiceField(label=_("Queue of the hall"))
    minutes = forms.IntegerField(label=_("Minutes for one"), min_value=5, max_value=240)
    capacity = forms.IntegerField(
        label=_("Persons at the same time"), min_value=1, max_value=50, initial=1
    )
    online = forms.BooleanField(
        label=_("Citizens may book alone on the web"), required=False, initial=True
    )
    services = forms.MultipleChoiceField(
        label=_("Services"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("None chosen: for every service."),
    )
    special = TextField(
        label=_("Days with other hours, or closed"),
        rows=4,
        max_length=4000,
        required=False,
        help_text=_(
            "One line each: 10/02/2027..11/03/2027 09:00-13:00 Ramadan. Without hours: closed."
        ),
    )

    def __init__(self, *args: Any, categories: Choices, services: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = list(categories)  # type: ignore[attr-defined]
        self.fields["services"].choices = list(services)  # type: ignore[attr-defined]
        for day in WEEK:
            self.fields[f"day_{day}"] = TextField(
                label=WEEKDAYS[day - 1],
                max_length=80,
                required=False,
                widget=CodeInput(attrs={"inputmode": "text", "placeholder": "08:00-13:00"}),
            )

    @property
    def days(self) -> list[Any]:
        return [self[f"day_{day}"] for day in WEEK]

    @property
    def first_fields(self) -> list[Any]:
        return [one for one in self if not one.name.startswith("day_") and one.name != "special"]

    def slots(self) -> Slots:
        """What was typed, as the hall keeps it. Refuses `ScheduleInvalid` naming the line."""
        given = self.cleaned_data
        hours = {day: read_hours(given.get(f"day_{day}", ""), f"day_{day}") for day in WEEK}
        return Slots(
            name=given["name"],
            title_ar=given["title_ar"],
            title_en=given["title_en"],
            category=given["category"],
            minutes=given["minutes"],
            capacity=given["capacity"],
            online=given["online"],
            services=tuple(given["services"]),
            hours={day: many for day, many in hours.items() if many},
            special=tuple(
                read_special(line) for line in given["special"].splitlines() if line.strip()
            ),
        )


class BookForm(DeskForm):
    """At the desk or on the telephone: who, for what."""

    slots = forms.CharField(widget=forms.HiddenInput)
    at = forms.ChoiceField(label=_("Day and time"))
    name = TextField(label=_("Name"), max_length=160, required=False)
    party = PartyField(label=_("Person on file"), required=False)
    phone = PhoneField(label=_("Telephone"), required=False)
    service_code = forms.ChoiceField(label=_("Service"), required=False)
    priority = forms.ChoiceField(
        label=_("Served first"), required=False, choices=TicketPriority.choices
    )
    channel = forms.ChoiceField(
        label=_("How it was asked for"),
        choices=[one for one in Channel.choices if one[0] in (Channel.DESK, Channel.PHONE)],
    )
    note = TextField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, times: Choices, services: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = list(times)  # type: ignore[attr-defined]
        self.fields["service_code"].choices = [("", "—"), *services]  # type: ignore[attr-defined]


class DayForm(DeskForm):
    day = DateField(label=_("Day"), required=False)
    slots = forms.CharField(required=False, max_length=20)


class BookAloneForm(DeskForm):
    """A citizen books for themselves: the telephone is proved already."""

    at = forms.ChoiceField(label=_("Time"), widget=forms.RadioSelect)
    name = TextField(label=_("Your name"), max_length=160)
    priority = forms.ChoiceField(
        label=_("Do you need to be served first?"),
        required=False,
        choices=[
            ("", _("No")),
            *(one for one in TicketPriority.choices if one[0] != TicketPriority.BOOKED),
        ],
    )

    def __init__(self, *args: Any, times: Choices, moving: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].choices = list(times)  # type: ignore[attr-defined]
        if moving:
            del self.fields["name"], self.fields["priority"]


def read_hours(typed: str, field: str = "special") -> Hours:
    """Spans of a day as typed. Refuses `ScheduleInvalid` for what cannot be read, and for a span that ends early."""
    spans = []
    rest = _SPAN.sub("", typed).strip(" ,،;")
    if rest:
        raise ScheduleInvalid(field=field, line=typed)
    for found in _SPAN.finditer(typed):
        first, second, third, fourth = (int(one) for one in found.groups())
        try:
            opens, closes = time(first, second), time(third, fourth)
        except ValueError:
            raise ScheduleInvalid(field=field, line=typed) from None
        if closes <= opens:
            raise ScheduleInvalid(field=field, line=typed)
        spans.append((opens, closes))
    return tuple(spans)


def read_special(line: str) -> Special:
    """A line of days with other hours. Refuses `ScheduleInvalid`."""
    found = _LINE.fullmatch(line.strip())
    if found is None:
        raise ScheduleInvalid(field="special", line=line)
    first = _day(found["first"], line)
    last = _day(found["last"], line) if found["last"] else first
    if last < first:
        raise ScheduleInvalid(field="special", line=line)
    return Special(first, last, read_hours(found["hours"]), found["why"].strip()[:80])


def special_line(one: Special) -> str:
    """The same as it was typed."""
    last = f"..{one.last:%d/%m/%Y}" if one.last != one.first else ""
    hours = ", ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in one.hours)
    return f"{one.first:%d/%m/%Y}{last} {hours} {one.why}".replace("  ", " ").strip()


def _day(typed: str, line: str) -> date:
    try:
        return cast(date, DateField().clean(typed))
    except (forms.ValidationError, Refusal):
        raise ScheduleInvalid(field="special", line=line) from None
