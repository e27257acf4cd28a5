"""Request numbers as people type them."""

from __future__ import annotations

import re

from kernel.calendar.selectors import today
from kernel.numbering.services import written
from kernel.text import clean, normalise_digits
from modules.frontdesk.constants import NUMBER_SERIES

_NUMBER = re.compile(r"^#?\s*(?:(\d{4})\s*[/\-]\s*)?0*(\d{1,7})$")

_SLIP = re.compile(r"^OFF-D\d{1,9}-0*(\d{1,9})$", re.IGNORECASE)


def meant_slip(text: str) -> int | None:
    """The provisional number that a slip of the offline desk carries, None for anything else."""
    match = _SLIP.match(normalise_digits(clean(text)))
    return int(match[1]) if match else None


def meant_numbers(text: str) -> list[str]:
    """Request numbers that the text may mean; none for what is not a number (or is an ID number)."""
    match = _NUMBER.match(normalise_digits(clean(text)))
    if match is None:
        return []
    year, number = match.groups()
    years = [int(year)] if year else [today().year, today().year - 1]
    return [written(NUMBER_SERIES, int(number), year=one) for one in years]
