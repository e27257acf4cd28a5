"""How an amount settles dues, for any amount and any dues: the rules of policy REV-11 as properties."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.money import CURRENCIES, decimals_of, money
from modules.finance.constants import SettlingOrder
from modules.finance.services.allocating import Owed, cost_of, in_order, split, worth_of

RATES = {
    "ILS": Decimal(1),
    "JOD": Decimal("5.213"),
    "USD": Decimal("3.69"),
    "EUR": Decimal("4.0271"),
}
currencies = st.sampled_from(sorted(CURRENCIES))


@st.composite
def amounts(draw: st.DrawFn, currency: str | None = None, least: int = 1):  # type: ignore[no-untyped-def]
    code = currency or draw(currencies)
    units = draw(st.integers(least, 10**9))
    return money(Decimal(units).scaleb(-decimals_of(code)), code)


@st.composite
def dues(draw: st.DrawFn):  # type: ignore[no-untyped-def]
    return [
        Owed(
            charge_id=number,
            balance=draw(amounts()),
            due_on=draw(st.dates(date(2000, 1, 1), date(2030, 1, 1))),
            is_fine=draw(st.booleans()),
            position=draw(st.integers(1, 50)),
        )
        for number in range(draw(st.integers(0, 8)))
    ]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(amounts(), dues(), st.sampled_from(SettlingOrder), st.booleans())
def test_shares_and_surplus_add_up_and_no_due_gets_too_much(
    amount, owed, order, fines_first
) -> None:
    divided = split(amount, owed, order=order, fines_first=fines_first, rates=RATES)
    balances = {one.charge_id: one.balance for one in owed}
    assert divided.tendered + divided.surplus.amount == amount.amount
    assert divided.surplus.amount >= 0
    for share in divided.shares:
        assert 0 < share.amount.amount <= balances[share.charge_id].amount
        assert share.amount.currency == balances[share.charge_id].currency
        assert share.tendered.amount > 0
    assert len({one.charge_id for one in divided.shares}) == len(divided.shares)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(amounts(), dues(), st.sampled_from(SettlingOrder), st.booleans())
def test_a_later_due_is_touched_only_after_the_earlier_ones_are_settled(
    amount, owed, order, fines_first
) -> None:
    divided = split(amount, owed, order=order, fines_first=fines_first, rates=RATES)
    got = {one.charge_id: one.amount for one in divided.shares}
    partial = False
    for one in in_order(owed, order=order, fines_first=fines_first):
        if one.charge_id in got:
            assert not partial
            partial = got[one.charge_id] < one.balance


@given(amounts("ILS"), st.lists(amounts("ILS"), max_size=8))
def test_in_one_currency_there_is_surplus_only_when_all_is_settled(amount, balances) -> None:
    owed = [
        Owed(charge_id=at, balance=one, due_on=date(2026, 1, 1)) for at, one in enumerate(balances)
    ]
    divided = split(amount, owed)
    total = sum((one.amount for one in balances), Decimal(0))
    assert divided.surplus.amount == max(amount.amount - total, Decimal(0))


@given(amounts(), currencies)
def test_exchanging_never_gives_more_than_it_costs(amount, currency) -> None:
    cost = cost_of(amount, currency, RATES)
    assert worth_of(cost, amount.currency.code, RATES) >= amount


@given(dues())
def test_fines_come_first_when_the_policy_says_so(owed) -> None:
    ordered = in_order(owed, order=SettlingOrder.OLDEST_FIRST, fines_first=True)
    assert [one.is_fine for one in ordered] == sorted((one.is_fine for one in owed), reverse=True)


def due(
    charge_id: int,
    amount: str,
    day: str,
    *,
    fine: bool = False,
    position: int = 100,
    currency: str = "ILS",
) -> Owed:
    return Owed(
        charge_id=charge_id,
        balance=money(amount, currency),
        due_on=date.fromisoformat(day),
        is_fine=fine,
        position=position,
    )


EXAMPLE = [
    due(1, "120.00", "2025-12-31", position=20),
    due(2, "80.00", "2024-12-31", position=60),
    due(3, "50.00", "2026-03-01", fine=True, position=100),
]


@pytest.mark.parametrize(
    ("order", "fines_first", "expected"),
    [
        (SettlingOrder.OLDEST_FIRST, False, [(2, "80.00"), (1, "70.00")]),
        (SettlingOrder.OLDEST_FIRST, True, [(3, "50.00"), (2, "80.00"), (1, "20.00")]),
        (SettlingOrder.BY_KIND, False, [(1, "120.00"), (2, "30.00")]),
        (SettlingOrder.CITIZEN_CHOICE, False, [(1, "120.00"), (2, "30.00")]),
    ],
)
def test_the_example_of_the_readme(order, fines_first, expected) -> None:
    divided = split(money("150"), EXAMPLE, order=order, fines_first=fines_first)
    assert [(one.charge_id, str(one.amount.amount)) for one in divided.shares] == expected
    assert divided.surplus.amount == 0


def test_a_due_in_dinars_costs_shekels_rounded_up_to_the_agora() -> None:
    """README: 8.255 JOD at 5.213 are 43.033315 ILS: settling it whole costs 43.04; 43.03 buys 8.254 JOD."""
    rent = [due(1, "8.255", "2026-01-01", currency="JOD")]
    whole = split(money("43.04"), rent, rates=RATES)
    assert (whole.shares[0].amount, whole.surplus) == (money("8.255", "JOD"), money("0"))
    part = split(money("43.03"), rent, rates=RATES)
    assert (part.shares[0].amount, part.shares[0].tendered) == (
        money("8.254", "JOD"),
        money("43.03"),
    )


def test_too_little_to_buy_a_fils_stays_surplus() -> None:
    rent = [due(1, "1.000", "2026-01-01", currency="JOD")]
    divided = split(money("0.005", "JOD"), rent)
    assert divided.shares[0].amount == money("0.005", "JOD")
    tiny = split(money("0.00"), rent, rates=RATES)
    assert (tiny.shares, tiny.surplus) == ((), money("0"))
