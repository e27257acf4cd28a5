"""When the service hall is open, and what Ramadan takes from the hours of a day. Worked example in the README."""

from __future__ import annotations

from datetime import date, time

from kernel.calendar.selectors import now_local, today, working_calendar
from kernel.policies.selectors import value
from modules.frontdesk.selectors.clock_days import is_fasting

Hours = tuple[tuple[time, time], ...]
_AS_EVER = "as_ever"


def hall_window(day: date) -> tuple[time, time] | None:
    """From when until when the hall is open on a day (policy FRD-01); None on days off."""
    if not working_calendar().is_working(day):
        return None
    opens = time.fromisoformat(str(value("FRD-01.hall_opens_at", on=day).value))
    closes = time.fromisoformat(str(value("FRD-01.hall_closes_at", on=day).value))
    fasting_opens, fasting_closes = fasting_window(day)
    opens = fasting_opens or opens
    if (
        fasting_closes is not None
    ):  # where the hall closes before the municipality, it does so in Ramadan too
        closes = min(closes, fasting_closes)
    return (opens, closes) if opens < closes else None


def is_hall_open() -> bool:
    window = hall_window(today())
    return window is not None and window[0] <= now_local().time() < window[1]


def within_fasting(hours: Hours, day: date) -> Hours:
    """The day's hours as far as Ramadan leaves them: nothing before the hall opens then, nothing after it closes."""
    opens, closes = fasting_window(day)
    if opens is None and closes is None:
        return hours
    cut = ((max(a, opens or a), min(b, closes or b)) for a, b in hours)
    return tuple((a, b) for a, b in cut if a < b)


def fasting_window(day: date) -> tuple[time | None, time | None]:
    """When Ramadan opens and closes the hall; None for each that stays as ever, and on every other day."""
    opens = str(value("FRD-01.ramadan_hall_opens_at", on=day).value)
    closes = str(value("FRD-02.ramadan_day_ends_at", on=day).value)
    if (opens == closes == _AS_EVER) or not is_fasting(day):
        return None, None
    return (
        None if opens == _AS_EVER else time.fromisoformat(opens),
        None if closes == _AS_EVER else time.fromisoformat(closes),
    )
