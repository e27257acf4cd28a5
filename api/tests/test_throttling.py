"""Each key has its own share of calls in a minute of the clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client

from api.throttling import ClientThrottle


@pytest.fixture
def three_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ClientThrottle, "rate", "3/min", raising=False)


def test_a_key_that_asks_too_often_waits_for_the_next_minute(
    three_a_minute: None, api_for: Callable[..., Client]
) -> None:
    hasty, calm = api_for("amal"), api_for("amal")
    with time_machine.travel("2026-12-06T07:00:20Z", tick=False) as clock:
        answers: list[Any] = [hasty.get("/api/v1/services/FD-001") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert answers[3]["Retry-After"] == "40"
        assert calm.get("/api/v1/services/FD-001").status_code == 200
        clock.shift(40)
        assert hasty.get("/api/v1/services/FD-001").status_code == 200
