"""Indicators of the archive: aggregates of the municipality, never of a person."""

from __future__ import annotations

from datetime import date

from modules.archive.selectors import filed_between


def records_filed(*, since: date, until: date) -> int:
    """Papers filed in the period."""
    return filed_between(since, until)
