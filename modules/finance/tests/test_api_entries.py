"""`/entries`: an accountant's programme reads the journal, writes a voucher once and takes it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.calendar.selectors import today
from modules.finance.models import Entry
from modules.finance.tests.factories import owes, pays, person, rate, session_of, staff

Programme = Callable[..., Client]
JSON = {"content_type": "application/json"}
URL = "/api/v1/entries"


def voucher(amount: str = "100", *, currency: str = "ILS", credit: str = "") -> dict[str, Any]:
    return {
        "date": today().isoformat(),
        "currency": currency,
        "description": "مصاريف",
        "lines": [
            {"account": "52", "side": "debit", "amount": amount},
            {"account": "1121", "side": "credit", "amount": credit or amount, "text": "من البنك"},
        ],
    }


@pytest.fixture
def programme(town: str, api_for: Programme) -> Client:
    staff("huda", "accountant")
    return api_for("huda")


def posts(programme: Client, body: dict[str, Any], key: str) -> Any:
    return programme.post(URL, body, headers={"Idempotency-Key": key}, **JSON)


def test_a_voucher_is_written_once_whatever_is_sent_twice(programme: Client) -> None:
    first, again = posts(programme, voucher(), "v-1"), posts(programme, voucher(), "v-1")
    assert (first.status_code, again.status_code) == (201, 201), first.content
    assert first.json() == again.json()
    told = first.json()
    assert [(one["account"], one["side"], one["amount"]["amount"]) for one in told["lines"]] == [
        ("52", "debit", "100.00"),
        ("1121", "credit", "100.00"),
    ]
    assert told["lines"][1]["text"] == "من البنك"
    assert first["Location"] == f"{URL}/{told['id']}"
    assert Entry.objects.filter(description="مصاريف").count() == 1


def test_a_voucher_needs_a_key_two_equal_sides_and_accounts_that_are_there(
    programme: Client,
) -> None:
    without = programme.post(URL, voucher(), **JSON)
    assert (without.status_code, without.json()["code"]) == (400, "idempotency_key_required")
    uneven = posts(programme, voucher(credit="90"), "v-2")
    assert (uneven.status_code, uneven.json()["code"]) == (422, "entry_unbalanced")
    unknown = voucher()
    unknown["lines"][0]["account"] = "99999"
    assert posts(programme, unknown, "v-3").json()["code"] == "account_unknown"
    none = posts(programme, voucher("ten"), "v-4")
    assert none.status_code == 422, none.content
    alone = voucher()
    alone["lines"].pop()
    assert posts(programme, alone, "v-5").status_code in (400, 422)
    assert not Entry.objects.exists()


def test_a_voucher_in_dinars_keeps_its_fils_and_tells_what_it_is_worth(programme: Client) -> None:
    rate("JOD", "5.2")
    told = posts(programme, voucher("8.125", currency="JOD"), "v-6").json()
    assert told["lines"][0]["amount"] == {"amount": "8.125", "currency": "JOD"}
    assert told["lines"][0]["in_base"] == {"amount": "42.25", "currency": "ILS"}


def test_a_voucher_is_taken_back_once_and_both_name_each_other(programme: Client) -> None:
    made = posts(programme, voucher(), "v-7").json()
    back = programme.post(
        f"{URL}/{made['id']}/reversal",
        {"reason": "حساب خطأ"},
        headers={"Idempotency-Key": "r-7"},
        **JSON,
    )
    assert back.status_code == 201, back.content
    assert back.json()["reverses"] == made["id"]
    assert programme.get(f"{URL}/{made['id']}").json()["reversed_by"] == back.json()["id"]
    again = programme.post(
        f"{URL}/{made['id']}/reversal",
        {"reason": "مرة ثانية"},
        headers={"Idempotency-Key": "r-8"},
        **JSON,
    )
    assert (again.status_code, again.json()["code"]) == (409, "entry_already_reversed")


def test_a_receipts_entry_is_read_and_not_taken_back_by_hand(programme: Client, karim: Any) -> None:
    nour = person()
    owes(nour, "100")
    session_of(karim)
    entry = pays(nour, "60", by=karim).entry
    told = programme.get(f"{URL}/{entry.uid}").json()
    assert told["kind"] == "receipt"
    assert {one["party"] for one in told["lines"]} == {str(nour.uid)}
    refused = programme.post(
        f"{URL}/{entry.uid}/reversal",
        {"reason": "خطأ"},
        headers={"Idempotency-Key": "r-9"},
        **JSON,
    )
    assert refused.json()["code"] == "only_hand_entries_reversed"


def test_the_journal_is_paged_and_costs_the_same_however_long_it_is(
    programme: Client, count_queries: Any
) -> None:
    posts(programme, voucher("1"), "l-1")
    with count_queries() as few:
        assert len(programme.get(URL).json()["data"]) == 1
    for number in range(4):
        posts(programme, voucher("2"), f"m-{number}")
    with count_queries() as many:
        rows = programme.get(f"{URL}?kind=journal&date_gte={today()}").json()["data"]
    assert len(rows) == 5
    assert len(many) <= len(few) <= 10, [one["sql"][:90] for one in many]
    with count_queries() as one:
        programme.get(f"{URL}/{rows[0]['id']}")
    assert len(one) <= 11, [seen["sql"][:90] for seen in one]


def test_a_cashier_neither_reads_the_journal_nor_writes_into_it(
    town: str, api_for: Programme
) -> None:
    staff("karim", "cashier")
    assert api_for("karim").get(URL).status_code == 403
    assert posts(api_for("karim"), voucher(), "c-1").status_code == 403
