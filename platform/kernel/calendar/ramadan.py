"""When it is Ramadan: by the calendar of Umm al-Qura, corrected by what was announced.

Pure: dates in, dates out. The month begins when the new moon was seen, and the calendar may be a day off; so whoever
asks says by how many days the announced first day and the announced feast differ from the calendar.
"""

from __future__ import annotations

from datetime import date, timedelta

from hijridate import Gregorian, Hijri

RAMADAN = 9


def ramadan_about(day: date) -> tuple[date, date]:
    """First and last calculated day of the Ramadan of the day's Hijri year."""
    year = Gregorian.fromdate(day).to_hijri().year
    first = Hijri(year, RAMADAN, 1).to_gregorian()
    after = Hijri(year, RAMADAN + 1, 1).to_gregorian()
    return (
        date(first.year, first.month, first.day),
        date(after.year, after.month, after.day) - timedelta(days=1),
    )


def is_ramadan(day: date, *, begins_later: int = 0, ends_later: int = 0) -> bool:
    """Whether it is fasted on this day, when the announcements came so many days later than the calendar."""
    first, last = ramadan_about(day)
    return first + timedelta(days=begins_later) <= day <= last + timedelta(days=ends_later)
