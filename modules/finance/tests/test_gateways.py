"""The contract of a gateway, run against each adapter; the HTTP one against a real server. Then its own troubles."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from kernel.db import uuid7
from kernel.money import money
from modules.finance.errors.online import CallbackForged, CallbackNotUnderstood
from modules.finance.services.gateways import Asked, GatewayFailed, PaymentGateway, Verdict
from modules.finance.services.gateways.hosted import HostedPage
from modules.finance.services.gateways.protocol import SIGNATURE, TIMESTAMP, sign, signed_headers
from modules.finance.services.gateways.sandbox import Sandbox
from modules.finance.tests.bank import SECRET, Bank, open_bank

Message = tuple[dict[str, str], bytes]


@pytest.fixture
def bank(settings) -> Iterator[Bank]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with open_bank() as opened:
        yield opened


@dataclass
class Trial:
    gateway: PaymentGateway
    decides: Callable[[str, str], Message]


@pytest.fixture(params=["sandbox", "hosted"])
def trial(request: pytest.FixtureRequest, town: str, bank: Bank) -> Trial:
    if request.param == "sandbox":
        box = Sandbox(SECRET)
        return Trial(box, lambda reference, status: box.decide(reference, Verdict(status)))
    hosted = HostedPage(bank.url, merchant="M-7", secret=SECRET)
    return Trial(hosted, lambda reference, status: bank.decides(reference, status))


def asked(amount: str = "120.5", currency: str = "ILS") -> Asked:
    return Asked(
        order=str(uuid7()),
        amount=money(amount, currency),
        title="ذمم بلدية خان يونس",
        back_url="https://khanyounis.example/back",
        callback_url="https://khanyounis.example/told",
        expires_at=timezone.now() + timedelta(minutes=30),
    )


class TestContract:
    def test_a_payment_begins_with_a_page_and_a_reference_of_its_own(self, trial: Trial) -> None:
        one, other = trial.gateway.begin(asked()), trial.gateway.begin(asked())
        assert one.url and one.reference and one.reference != other.reference

    @pytest.mark.parametrize(("amount", "currency"), [("120.5", "ILS"), ("1234.567", "JOD")])
    def test_what_was_paid_comes_back_to_the_last_decimal(
        self, trial: Trial, amount: str, currency: str
    ) -> None:
        begun = trial.gateway.begin(asked(amount, currency))
        assert trial.gateway.enquire(begun.reference).verdict == Verdict.PENDING
        told = trial.gateway.read_callback(*trial.decides(begun.reference, "paid"))
        assert (told.reference, told.verdict) == (begun.reference, Verdict.PAID)
        assert told.amount == money(amount, currency)
        assert trial.gateway.enquire(begun.reference) == told

    def test_a_declined_card_is_told_and_found(self, trial: Trial) -> None:
        begun = trial.gateway.begin(asked())
        told = trial.gateway.read_callback(*trial.decides(begun.reference, "failed"))
        assert told.verdict == Verdict.FAILED
        assert trial.gateway.enquire(begun.reference).verdict == Verdict.FAILED

    @pytest.mark.parametrize(("amount", "currency"), [("120.5", "ILS"), ("1234.567", "JOD")])
    def test_what_was_paid_goes_back_once(self, trial: Trial, amount: str, currency: str) -> None:
        begun = trial.gateway.begin(asked(amount, currency))
        trial.decides(begun.reference, "paid")
        whole = money(amount, currency)
        for _again in range(2):
            told = trial.gateway.refund(begun.reference, order="A:refund", amount=whole)
            assert told == Verdict.REFUNDED
        other = trial.gateway.refund(begun.reference, order="B:refund", amount=whole)
        assert other == Verdict.FAILED

    @pytest.mark.parametrize("status", ["pending", "failed"])
    def test_what_was_not_paid_does_not_go_back(self, trial: Trial, status: str) -> None:
        begun = trial.gateway.begin(asked())
        if status == "failed":
            trial.decides(begun.reference, status)
        whole = money("120.5", "ILS")
        assert trial.gateway.refund(begun.reference, order="A:refund", amount=whole) == (
            Verdict.FAILED
        )

    def test_nothing_is_known_of_a_payment_that_the_bank_does_not_know(self, trial: Trial) -> None:
        with pytest.raises(GatewayFailed):
            trial.gateway.refund("nobody", order="A:refund", amount=money("5", "ILS"))

    def test_a_forged_message_is_refused(self, trial: Trial) -> None:
        headers, body = trial.decides(trial.gateway.begin(asked()).reference, "paid")
        spoilt = [
            ({}, body),
            ({**headers, SIGNATURE: ""}, body),
            ({**headers, SIGNATURE: "é" * 64}, body),
            (headers, body.replace(b"120.50", b"1.50")),
            ({**headers, TIMESTAMP: str(int(headers[TIMESTAMP]) + 1)}, body),
            ({**headers, TIMESTAMP: "soon"}, body),
            (signed_headers("another-secret-of-another-town", body), body),
        ]
        for wrong_headers, wrong_body in spoilt:
            with pytest.raises(CallbackForged):
                trial.gateway.read_callback(wrong_headers, wrong_body)

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_a_message_of_another_time_is_refused(self, trial: Trial, seconds: int) -> None:
        _headers, body = trial.decides(trial.gateway.begin(asked()).reference, "paid")
        at = int(time.time()) + seconds + (1 if seconds > 0 else -1)
        late = {TIMESTAMP: str(at), SIGNATURE: sign(SECRET, at=at, body=body)}
        with pytest.raises(CallbackForged):
            trial.gateway.read_callback(late, body)

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b"\xff",
            b'{"reference": "x"}',
            b'{"reference": "x", "status": "paid"}',
            b'{"reference": "x", "status": "paid", "amount": 5, "currency": "ILS"}',
            b'{"reference": "x", "status": "paid", "amount": "5", "currency": "XXX"}',
            b'{"reference": "x", "status": "paid", "amount": "5.001", "currency": "ILS"}',
        ],
    )
    def test_a_signed_message_that_says_nothing_is_refused(self, trial: Trial, body: bytes) -> None:
        with pytest.raises(CallbackNotUnderstood):
            trial.gateway.read_callback(signed_headers(SECRET, body), body)


def test_the_bank_is_asked_with_a_signature_that_it_proves(town: str, bank: Bank) -> None:
    HostedPage(f"{bank.url}/", merchant="M-7", secret=SECRET).begin(asked())
    assert not bank.refused
    with pytest.raises(GatewayFailed, match="401"):
        HostedPage(bank.url, merchant="M-7", secret="the-secret-of-somebody-else").begin(asked())


@pytest.mark.parametrize(
    "answers",
    [
        (500, b"{}"),
        (302, b"{}"),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"reference": "B1"}'),
        (200, b'{"reference": "", "redirect_url": "https://bank.example/"}'),
        (200, b'{"reference": "B1", "redirect_url": "javascript:alert(1)"}'),
        (200, b'{"reference": "B1", "redirect_url": "https://10.0.0.1/"}'),
        (200, b"x" * 70_000),
    ],
)
def test_a_bank_that_answers_otherwise_begins_nothing(
    town: str, bank: Bank, answers: tuple[int, bytes]
) -> None:
    bank.answers = answers
    with pytest.raises(GatewayFailed):
        HostedPage(bank.url, merchant="M-7", secret=SECRET).begin(asked())


def test_a_bank_that_answers_of_another_payment_is_not_believed(town: str, bank: Bank) -> None:
    gateway = HostedPage(bank.url, merchant="M-7", secret=SECRET)
    said = {"reference": "B9", "status": "paid", "amount": "120.50", "currency": "ILS"}
    bank.answers = (200, json.dumps(said).encode())
    with pytest.raises(GatewayFailed):
        gateway.enquire("B1")


@pytest.mark.parametrize(
    "said",
    [
        b"[]",
        b"{}",
        b'{"status": "paid"}',
        b'{"status": "refunded"}',
        b'{"status": "refunded", "amount": "120.49", "currency": "ILS"}',
        b'{"status": "refunded", "amount": "120.50", "currency": "USD"}',
    ],
)
def test_a_bank_that_pays_back_something_else_is_not_believed(
    town: str, bank: Bank, said: bytes
) -> None:
    bank.answers = (200, said)
    with pytest.raises(GatewayFailed):
        HostedPage(bank.url, merchant="M-7", secret=SECRET).refund(
            "B1", order="A:refund", amount=money("120.5", "ILS")
        )


def test_a_bank_that_is_away_is_not_a_declined_payment(town: str, settings) -> None:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with pytest.raises(GatewayFailed):
        HostedPage("http://127.0.0.1:9", merchant="M-7", secret=SECRET).enquire("B1")


def test_a_bank_is_not_looked_for_inside_the_house(town: str, settings) -> None:
    settings.WEBHOOK_ALLOW_LOOPBACK = False
    with pytest.raises(GatewayFailed):
        HostedPage("https://127.0.0.1:8443", merchant="M-7", secret=SECRET).enquire("B1")
