"""Whatever was received, owed and paid in whatever currency: at the month's end each account is its balance at the rate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import Refusal
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.models import Account, Charge
from modules.finance.selectors.books import in_base, trial_balance
from modules.finance.selectors.dues import open_charges
from modules.finance.selectors.proofs import faults
from modules.finance.services.periods import open_year
from modules.finance.services.revaluing import revalue_month
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, owes, pays, person, rate, session_of
from modules.finance.tests.test_independent_ledger import the_independent_ledger_agrees

LAST, NEXT = date(2026, 11, 30), date(2026, 12, 1)
IN_NOVEMBER, IN_DECEMBER = (datetime(2026, month, 20, 9, tzinfo=UTC) for month in (11, 12))

currencies = st.sampled_from(["JOD", "USD", "ILS"])
amounts = st.decimals("0.01", "400", places=2)
rates = st.decimals("3", "6", places=4)
acts = st.lists(
    st.tuples(st.sampled_from(["due", "pays", "loan", "stores"]), currencies, amounts, st.integers(0, 2)),
    min_size=1,
    max_size=8,
)  # fmt: skip


@pytest.fixture
def november(karim: Viewer) -> Iterator[Viewer]:
    with time_machine.travel(IN_NOVEMBER, tick=True):
        open_year(year=2026, by=HOUSE)
        session_of(karim)
        yield karim


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=st.tuples(rates, rates), last=st.tuples(rates, rates), history=acts)
def test_after_revaluation_every_account_is_worth_its_balance(
    november: Viewer, first: tuple[Decimal, Decimal], last: tuple[Decimal, Decimal], history: list
) -> None:
    with transaction.atomic():
        people = [person(name) for name in ("نور", "سلمى", "خالد")]
        with time_machine.travel(IN_NOVEMBER, tick=True):
            for currency, value in zip(("JOD", "USD"), first, strict=True):
                rate(currency, str(value))
            for what, currency, amount, who in history:
                _does(what, money(amount, currency), people[who], november)
        for currency, value in zip(("JOD", "USD"), last, strict=True):
            rate(currency, str(value), on=LAST)
        owed = _owed()
        with time_machine.travel(IN_DECEMBER, tick=True):
            before = _told(NEXT)
            entry = revalue_month(year=2026, month=11, by=HOUSE)
            now = dict(zip(("JOD", "USD"), last, strict=True))
            for (code, currency), (balance, base) in _told(LAST).items():
                if currency != "ILS" and Account.objects.get(code=code).is_monetary:
                    assert base == in_base(money(balance, currency), now[currency], LAST), code
            assert _told(NEXT) == before
            assert revalue_month(year=2026, month=11, by=HOUSE) is None
        assert _owed() == owed
        if entry is not None:
            the_independent_ledger_agrees()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert faults(HOUSE) == []
        transaction.set_rollback(True)


def _does(what: str, amount, who, cashier: Viewer) -> None:  # type: ignore[no-untyped-def]
    if what == "due":
        owes(who, amount, kind="finance.rent")
        return
    if what == "pays":
        try:
            pays(who, amount, by=cashier, charges=list(open_charges(HOUSE, [who.pk])))
        except Refusal:
            return
        return
    debited, credited = ("1121", "24") if what == "loan" else ("14", "1121")
    post_voucher(
        on=date(2026, 11, 20),
        description="قيد",
        currency=amount.currency.code,
        lines=[
            HandLine(account=Account.objects.get(code=debited), debit=amount.amount),
            HandLine(account=Account.objects.get(code=credited), credit=amount.amount),
        ],
        by=HOUSE,
    )


def _told(on: date) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """Balances in their currency and in base; what is nothing in both is left out."""
    return {
        (one.code, one.currency): (one.balance, one.base_balance)
        for one in trial_balance(HOUSE, on=on)
        if one.balance or one.base_balance
    }


def _owed() -> list[tuple[Decimal, Decimal, Decimal]]:
    return list(
        Charge.objects.order_by("pk").values_list("balance", "base_principal", "base_settled")
    )
