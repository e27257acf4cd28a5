"""Keys as the frontdesk and the revenue department would declare them, present in these tests only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import registry
from kernel.manifest import PolicyKey
from kernel.policies import selectors

KEYS = (
    PolicyKey(
        code="test.validity_days",
        kind="days",
        default=30,
        title="Validity of a clearance",
        article="FRD-05",
        bounds=(1, 365),
    ),
    PolicyKey(
        code="test.decide_within",
        kind="days",
        default=7,
        title="Days to decide",
        scopes=("service",),
    ),
    PolicyKey(
        code="test.threshold",
        kind="money",
        default="0 ILS",
        title="Dues that block",
        article="FRD-04",
    ),
)


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    keys = registry.policy_keys() | {key.code: key for key in KEYS}
    monkeypatch.setattr(registry, "policy_keys", lambda: keys)
    selectors._default.cache_clear()
    yield
    selectors._default.cache_clear()
