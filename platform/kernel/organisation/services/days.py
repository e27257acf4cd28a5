"""What every period of days must obey."""

from __future__ import annotations

from datetime import date

from kernel.organisation.errors import EndsBeforeItStarts


def refuse_backward_days(starts_on: date, ends_on: date | None) -> None:
    """Refuses `EndsBeforeItStarts`; a period without an end runs on."""
    if ends_on is not None and ends_on < starts_on:
        raise EndsBeforeItStarts()
