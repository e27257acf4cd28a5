from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from kernel.once.errors import KeyReused
from kernel.once.models import OnceClaim
from kernel.once.services import KEPT_DAYS, claim, fingerprint_of, forget_old_claims, settle
from kernel.tenancy import current_schema, use

pytestmark = pytest.mark.usefixtures("town")


def test_a_second_click_gets_the_first_ones_result() -> None:
    first = claim("receipt:amal", "k1", "f")
    settle(first, {"url": "/finance/receipts/7"})
    second = claim("receipt:amal", "k1", "f")
    assert (first.replayed, second.replayed, second.result) == (
        False,
        True,
        {"url": "/finance/receipts/7"},
    )


def test_the_same_key_in_another_scope_is_another_thing() -> None:
    settle(claim("receipt:amal", "k1", "f"), {"n": 1})
    assert not claim("receipt:karim", "k1", "f").replayed


def test_a_key_with_other_content_is_refused() -> None:
    claim("receipt:amal", "k1", fingerprint_of({"amount": "10"}))
    with pytest.raises(KeyReused):
        claim("receipt:amal", "k1", fingerprint_of({"amount": "11"}))


def test_the_order_of_fields_does_not_change_a_fingerprint() -> None:
    assert fingerprint_of({"a": 1, "b": [2]}) == fingerprint_of({"b": [2], "a": 1})


def test_a_rolled_back_try_leaves_the_key_free() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        claim("receipt:amal", "k1", "f")
        _ = 1 / 0
    assert not claim("receipt:amal", "k1", "f").replayed


@pytest.mark.parametrize("first_commits", [True, False])
def test_two_clicks_at_once_do_it_once(first_commits: bool) -> None:
    """Two connections: the second waits for the first one's end, then replays it or takes its place."""
    schema, key = current_schema(), uuid4().hex
    first_holds, second_asks = Event(), Event()

    def first() -> bool:
        try:
            with use(schema), transaction.atomic():
                held = claim("test", key, "f")
                first_holds.set()
                assert second_asks.wait(10)
                settle(held, {"n": 1})
                transaction.set_rollback(not first_commits)
                return held.replayed
        finally:
            connection.close()

    def second() -> tuple[bool, object]:
        try:
            with use(schema), transaction.atomic():
                assert first_holds.wait(10)
                second_asks.set()
                held = claim("test", key, "f")
                return held.replayed, held.result
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        assert one.result(20) is False
        assert other.result(20) == ((True, {"n": 1}) if first_commits else (False, None))


def test_claims_of_last_month_are_forgotten() -> None:
    settle(claim("receipt:amal", "old", "f"), {})
    settle(claim("receipt:amal", "new", "f"), {})
    OnceClaim.objects.filter(key="old").update(
        created_at=timezone.now() - timedelta(days=KEPT_DAYS + 1)
    )
    forget_old_claims()
    assert set(OnceClaim.objects.filter(scope="receipt:amal").values_list("key", flat=True)) == {
        "new"
    }
