"""A key ends with its last day, on the clock of the municipality and not on UTC's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from api.keys import issue_key, key_of
from kernel.calendar.selectors import zone
from kernel.identity.models import User
from kernel.viewer import Viewer


@pytest.mark.parametrize(("month", "day"), [(2, 29), (7, 1), (12, 31)])
def test_a_key_ends_at_midnight_of_its_last_day(
    town: str, system: Viewer, monkeypatch: pytest.MonkeyPatch, month: int, day: int
) -> None:
    last = date(2028, month, day)
    _key, text = issue_key(
        account=User.objects.get(username="amal"), name="a programme", scopes=["parties:read"],
        expires_on=last, by=system,
    )  # fmt: skip
    assert zone() == ZoneInfo("Asia/Gaza")
    midnight = datetime(2028, month, day, tzinfo=zone()) + timedelta(days=1)

    monkeypatch.setattr(timezone, "now", lambda: midnight - timedelta(seconds=1))
    assert key_of(text) is not None
    monkeypatch.setattr(timezone, "now", lambda: midnight)
    assert key_of(text) is None
