"""The contract of a way out, run against each adapter; then what only the HTTP gateway can do."""

from __future__ import annotations

import json
from collections.abc import Iterator

import httpx
import pytest
import respx

from kernel.notifications.adapters import DeliveryFailed, HttpGatewaySms, LocalMail, LocalSms, Way

URL = "https://sms.example.ps/send"
TEXT = "طلبك رقم \u20662026/00123\u2069 جاهز {sender}"


@pytest.fixture
def gateway() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        router.post(URL).respond(200, json={"id": "m-77"})
        yield router


@pytest.fixture(params=["local sms", "local mail", "http"])
def way(request: pytest.FixtureRequest, gateway: respx.MockRouter) -> Way:
    ways: dict[str, Way] = {
        "local sms": LocalSms(),
        "local mail": LocalMail(),
        "http": HttpGatewaySms(URL, sender="KHY"),
    }
    return ways[request.param]


class TestContract:
    def test_a_delivery_has_a_reference(self, way: Way) -> None:
        assert way.send(to="+970599123456", subject="", body=TEXT)

    @pytest.mark.parametrize(("to", "body"), [("", TEXT), ("+970599123456", "")])
    def test_nobody_and_nothing_are_refused_for_good(self, way: Way, to: str, body: str) -> None:
        with pytest.raises(DeliveryFailed) as failed:
            way.send(to=to, subject="", body=body)
        assert failed.value.permanent


def test_the_text_arrives_as_it_was_written(gateway: respx.MockRouter) -> None:
    way = HttpGatewaySms(
        URL, sender="KHY", headers={"Content-Type": "application/json", "X-Key": "k"}
    )
    assert way.send(to="+970599123456", subject="", body=TEXT) == "m-77"
    asked = gateway.calls.last.request
    assert json.loads(asked.content) == {"to": "+970599123456", "text": TEXT, "from": "KHY"}
    assert asked.headers["X-Key"] == "k"


def test_a_gateway_that_takes_everything_in_the_address(gateway: respx.MockRouter) -> None:
    route = gateway.get(url__startswith="https://old.example.ps/api.php").respond(
        200, text="OK 991"
    )
    way = HttpGatewaySms(
        "https://old.example.ps/api.php?to={to}&msg={text}", method="GET", fields={}, success="^OK"
    )
    assert way.send(to="+970599123456", subject="", body="طلبك & جاهز") == "OK 991"
    told = route.calls.last.request.url.params
    assert (told["to"], told["msg"]) == ("+970599123456", "طلبك & جاهز")


@pytest.mark.parametrize(
    ("status", "permanent"),
    [(500, False), (503, False), (429, False), (408, False), (400, True), (401, True), (302, True)],
)
def test_faults_of_the_gateway_are_told_apart(
    gateway: respx.MockRouter, status: int, permanent: bool
) -> None:
    gateway.post(URL).respond(status)
    with pytest.raises(DeliveryFailed) as failed:
        HttpGatewaySms(URL).send(to="+970599123456", subject="", body=TEXT)
    assert failed.value.permanent is permanent


@pytest.mark.parametrize(
    "error", [httpx.ConnectTimeout("slow"), httpx.ConnectError("away"), httpx.ReadTimeout("slow")]
)
def test_a_gateway_that_is_away_is_tried_again(
    gateway: respx.MockRouter, error: httpx.HTTPError
) -> None:
    gateway.post(URL).mock(side_effect=error)
    with pytest.raises(DeliveryFailed) as failed:
        HttpGatewaySms(URL).send(to="+970599123456", subject="", body=TEXT)
    assert not failed.value.permanent


def test_a_refusal_behind_a_friendly_answer_is_noticed(gateway: respx.MockRouter) -> None:
    gateway.post(URL).respond(200, text="ERR: no balance")
    with pytest.raises(DeliveryFailed, match="no balance"):
        HttpGatewaySms(URL, success="^OK").send(to="+970599123456", subject="", body=TEXT)
