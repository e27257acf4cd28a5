from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.manifest import PolicyKey
from kernel.money import CurrencyUnknown, money
from kernel.policies.errors import PolicyValueInvalid, PolicyValueOutOfBounds
from kernel.policies.kinds import checked, read


def _key(kind: Any, **more: Any) -> PolicyKey:
    return PolicyKey(code="test.key", kind=kind, default=None, title="test", **more)


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "given"),
    [
        ("money", "500 ILS", {"amount": "500.00", "currency": "ILS"}, money(500, "ILS")),
        (
            "money",
            money("1.125", "JOD"),
            {"amount": "1.125", "currency": "JOD"},
            money("1.125", "JOD"),
        ),
        (
            "money",
            {"amount": "0", "currency": "ILS"},
            {"amount": "0.00", "currency": "ILS"},
            money(0, "ILS"),
        ),
        ("percent", "12.5%", "12.5", Decimal("12.5")),
        ("percent", "٢٠", "20", Decimal(20)),
        ("decimal", Decimal("0.005"), "0.005", Decimal("0.005")),
        ("int", "30", 30, 30),
        ("days", 7, 7, 7),
        ("bool", "نعم", True, True),
        ("bool", False, False, False),
        ("date", "2026-11-22", "2026-11-22", date(2026, 11, 22)),
        ("role", " mayor ", "mayor", "mayor"),
        (
            "list",
            "complaint، fault, safety",
            ["complaint", "fault", "safety"],
            ["complaint", "fault", "safety"],
        ),
        ("map", {"A": 100, "B": Decimal("80.5")}, {"A": 100, "B": "80.5"}, {"A": 100, "B": "80.5"}),
        (
            "table",
            [{"to": 500, "role": "head"}],
            [{"to": 500, "role": "head"}],
            [{"to": 500, "role": "head"}],
        ),
        ("text", " نص ", "نص", "نص"),
    ],
)
def test_each_kind_is_kept_as_json_and_read_back(
    kind: str, typed: Any, kept: Any, given: Any
) -> None:
    key = _key(kind)
    assert checked(key, typed) == kept
    assert read(key, kept) == given
    assert checked(key, read(key, kept)) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        ("money", "500"),
        ("money", 500),
        ("money", "1.005 ILS"),
        ("money", "-1 ILS"),
        ("percent", 12.5),
        ("percent", "-1"),
        ("percent", "NaN"),
        ("decimal", 0.1),
        ("int", "1.5"),
        ("int", True),
        ("days", -1),
        ("bool", "maybe"),
        ("bool", 2),
        ("date", "22/11/2026"),
        ("role", ""),
        ("list", ["a", 1]),
        ("map", {"a": 0.5}),
        ("map", "a"),
        ("table", [{"a": 1}, {"b": 1}]),
        ("text", 3),
    ],
)
def test_what_is_not_of_the_kind_is_refused_with_what_is_expected(kind: str, typed: Any) -> None:
    with pytest.raises(PolicyValueInvalid) as refused:
        checked(_key(kind), typed)
    assert refused.value.facts["expected"]


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(CurrencyUnknown):
        checked(_key("money"), "5 GBP")


def test_choices_hold_for_one_and_for_many() -> None:
    assert checked(_key("choice", choices=("person", "both")), "both") == "both"
    for key, typed in (
        (_key("choice", choices=("person", "both")), "all"),
        (_key("list", choices=("a", "b")), ["a", "c"]),
    ):
        with pytest.raises(PolicyValueInvalid):
            checked(key, typed)


@pytest.mark.parametrize(
    ("kind", "bounds", "typed", "stands"),
    [
        ("days", (1, 90), 1, True),
        ("days", (1, 90), 90, True),
        ("days", (1, 90), 91, False),
        ("percent", (None, 100), "100", True),
        ("percent", (None, 100), "100.01", False),
        ("money", ("10", None), "9.99 ILS", False),
        ("date", ("2026-01-01", None), "2025-12-31", False),
    ],
)
def test_bounds_are_included_in_what_may_be(
    kind: str, bounds: Any, typed: Any, stands: bool
) -> None:
    key = _key(kind, bounds=bounds)
    if stands:
        checked(key, typed)
    else:
        with pytest.raises(PolicyValueOutOfBounds):
            checked(key, typed)


@given(st.decimals(min_value=0, max_value=10**9, places=4))
def test_no_digit_of_a_percentage_is_lost(percent: Decimal) -> None:
    key = _key("percent")
    assert read(key, checked(key, percent)) == percent
