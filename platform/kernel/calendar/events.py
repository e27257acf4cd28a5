from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("calendar.HolidaysChanged")
@dataclass(frozen=True)
class HolidaysChanged:
    """Days were closed or opened again: due dates that count over them must be worked out anew."""

    first_day: date
    last_day: date
