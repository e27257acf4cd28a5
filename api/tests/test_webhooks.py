"""Integrators are told that something happened: signed, in order, again until it is taken, and nowhere they should not."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from api.document import generate
from api.errors import WebhookAddressRefused, WebhookTypeRefused
from api.keys import issue_key, withdraw_key
from api.models import ApiKey, Webhook, WebhookDelivery
from api.webhooks import delivering, services
from api.webhooks.addresses import check_address, target_of
from api.webhooks.delivering import PAUSES, deliver, pause_after, sweep
from api.webhooks.planning import plan
from api.webhooks.sending import post
from api.webhooks.services import change_webhook, exchange_secret, make_webhook, ping, resend
from api.webhooks.signing import signature
from kernel import outside, registry
from kernel.activation.services import switch
from kernel.audit.recording import recorded
from kernel.events.declaring import _known
from kernel.events.models import OutboxEvent
from kernel.events.services import emit, relay
from kernel.identity.models import User
from kernel.tenancy import use
from kernel.testing.database import TOWNS
from kernel.viewer import Viewer
from modules.frontdesk.events import RequestDecided, RequestSubmitted
from tests.exemplars import seat_mighty


class Receiver:
    """An integrator's programme on this computer: remembers what it was told, answers as it was told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", receiver.url + "elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Answering)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _headers, body in self.heard]


@contextmanager
def _listening() -> Iterator[Receiver]:
    receiver = Receiver()
    thread = Thread(target=receiver.server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_ALLOW_LOOPBACK = True
    with _listening() as one:
        yield one


@pytest.fixture
def key(town: str, system: Viewer) -> tuple[ApiKey, str]:
    return issue_key(
        account=User.objects.get(username="amal"),
        name="بوابة",
        scopes=["frontdesk:read", "webhooks:read", "webhooks:write"],
        by=system,
    )


@pytest.fixture
def hook(key: tuple[ApiKey, str], receiver: Receiver, system: Viewer) -> tuple[Webhook, str]:
    return make_webhook(
        key=key[0], url=receiver.url, types=["request.submitted", "request.decided"], by=system
    )


def _submitted(uid: str, *, by: Viewer) -> None:
    with recorded(by=by):
        emit(
            RequestSubmitted(
                request_uid=uid, number="2026/00001", service_code="FD-001", party_id=None,
                channel="desk", submitted_on=timezone.now().date(), promised_on=None,
            ),
            by=by,
        )  # fmt: skip


def _decided(uid: str, *, by: Viewer) -> None:
    with recorded(by=by):
        emit(
            RequestDecided(
                request_uid=uid, number="2026/00001", service_code="FD-001", party_id=None,
                decision="approved", decided_on=timezone.now().date(),
            ),
            by=by,
        )  # fmt: skip


LIST_QUERIES, ONE_QUERIES = 6, 7
ONE, TWO = "0198c0de-0000-7000-8000-000000000001", "0198c0de-0000-7000-8000-000000000002"


# --- Signatures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "message", "at", "body", "expected"),
    [
        (
            "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121,
            b'{"event_type":"ping","data":{"success":true}}',
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
        ),
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
            b'{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
    ],
)  # fmt: skip
def test_the_published_vectors_are_signed_alike(
    secret: str, message: str, at: int, body: bytes, expected: str
) -> None:
    assert signature(secret, message=message, at=at, body=body) == expected


def _verifies(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """As an integrator would check it, written from the specification alone."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    raw = base64.b64decode(secret[len("whsec_") :])
    good = base64.b64encode(hmac.new(raw, signed, hashlib.sha256).digest()).decode()
    return any(one == f"v1,{good}" for one in headers["webhook-signature"].split())


def test_what_happened_is_told_thin_and_signed(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    _submitted(ONE, by=system)
    relay()
    deliver(hook[0].pk)
    ((headers, body),) = receiver.heard
    told = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert told["type"] == "request.submitted"
    assert told["data"]["id"] == ONE
    assert told["data"]["url"].endswith(f"/api/v1/requests/{ONE}")
    assert TOWNS["khanyounis"] in told["data"]["url"]
    assert _verifies(hook[1], headers, body)
    assert not _verifies(hook[1], headers, body + b" ")
    assert WebhookDelivery.objects.get().done_at is not None


def test_two_secrets_sign_while_they_are_exchanged(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    fresh = exchange_secret(hook[0], by=system)
    ping(hook[0], by=system)
    deliver(hook[0].pk)
    headers, body = receiver.heard[-1]
    assert _verifies(fresh, headers, body)
    assert _verifies(hook[1], headers, body)
    with recorded(by=system):
        Webhook.objects.update(former_until=timezone.now())
    ping(hook[0], by=system)
    deliver(hook[0].pk)
    headers, body = receiver.heard[-1]
    assert _verifies(fresh, headers, body)
    assert not _verifies(hook[1], headers, body)


def test_the_secret_rests_locked_and_is_not_in_the_trail(
    hook: tuple[Webhook, str], town: str
) -> None:
    row, secret = hook
    assert secret not in row.secret
    with use("nablus"), pytest.raises(delivering.CannotOpen):
        delivering.open_locked(row.secret, purpose=delivering.PURPOSE)


# --- Order, tries, giving up ----------------------------------------------------------------------------


def test_messages_of_one_object_keep_their_order_and_others_do_not_wait(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    receiver.answers = [500]
    _submitted(ONE, by=system)
    _decided(ONE, by=system)
    _submitted(TWO, by=system)
    relay()
    deliver(hook[0].pk)
    assert [one["data"]["id"] for one in receiver.told] == [ONE, TWO]
    WebhookDelivery.objects.filter(done_at=None).update(next_try_at=timezone.now())
    deliver(hook[0].pk)
    assert [one["type"] for one in receiver.told if one["data"]["id"] == ONE] == [
        "request.submitted",
        "request.submitted",
        "request.decided",
    ]
    first, again = [head["webhook-id"] for head, body in receiver.heard if ONE.encode() in body][:2]
    assert first == again


def test_tries_last_three_days_and_then_it_is_given_up(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    assert timedelta(days=2, hours=20) < sum(PAUSES, timedelta()) < timedelta(days=3, hours=4)
    assert pause_after(len(PAUSES) + 1) is None
    receiver.answers = [503] * 20
    _submitted(ONE, by=system)
    relay()
    for number in range(len(PAUSES) + 1):
        row = WebhookDelivery.objects.get()
        assert (row.tries, row.given_up_at) == (number, None)
        WebhookDelivery.objects.update(next_try_at=timezone.now())
        deliver(hook[0].pk)
    row = WebhookDelivery.objects.get()
    assert row.given_up_at is not None
    assert [one["status"] for one in row.log] == [503] * 10
    resend(hook[0], row.message, by=system)
    receiver.answers = []
    deliver(hook[0].pk)
    assert WebhookDelivery.objects.get().done_at is not None


@pytest.mark.parametrize("tries", range(1, 10))
def test_pauses_are_scattered_so_that_a_rush_does_not_come_back_as_one(tries: int) -> None:
    seen = {pause_after(tries) for _number in range(20)}
    assert len(seen) > 1
    assert all(abs(one - PAUSES[tries - 1]) <= PAUSES[tries - 1] * 0.1001 for one in seen if one)


def test_an_answer_410_switches_the_webhook_off(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    receiver.answers = [410]
    _submitted(ONE, by=system)
    _submitted(TWO, by=system)
    relay()
    deliver(hook[0].pk)
    row = Webhook.objects.get()
    assert (row.off_because, len(receiver.heard)) == ("gone", 1)
    assert not WebhookDelivery.objects.filter(done_at=None, given_up_at=None).exists()
    _submitted(ONE, by=system)
    relay()
    assert WebhookDelivery.objects.count() == 2
    with pytest.raises(services.WebhookIsOff):
        ping(row, by=system)


def test_a_redirect_is_not_followed(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    receiver.answers = [302]
    ping(hook[0], by=system)
    deliver(hook[0].pk)
    assert len(receiver.heard) == 1
    assert WebhookDelivery.objects.get().log[0]["status"] == 302
    assert WebhookDelivery.objects.get().done_at is None


def test_an_address_that_does_not_answer_is_written_down(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}/"
    change_webhook(hook[0], url=url, by=system)
    ping(hook[0], by=system)
    deliver(hook[0].pk)
    line = WebhookDelivery.objects.get().log[0]
    assert (line["status"], line["detail"]) == (None, "ConnectError")


def test_what_a_dead_worker_had_claimed_is_sent_by_another(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    ping(hook[0], by=system)
    claimed = delivering._claim(hook[0].pk)
    assert claimed is not None
    assert delivering._claim(hook[0].pk) is None
    WebhookDelivery.objects.update(next_try_at=timezone.now())
    assert deliver(hook[0].pk) == 1


# --- What may be told -----------------------------------------------------------------------------------


def test_an_event_costs_no_query_where_nobody_listens(
    town: str, system: Viewer, count_queries: Any
) -> None:
    _submitted(ONE, by=system)
    rows = list(OutboxEvent.objects.filter(name="frontdesk.RequestSubmitted"))
    plan(rows)
    with count_queries() as seen:
        plan(rows)
    assert len(seen) == 0


def test_planning_twice_is_one_delivery(hook: tuple[Webhook, str], system: Viewer) -> None:
    _submitted(ONE, by=system)
    rows = list(OutboxEvent.objects.filter(name="frontdesk.RequestSubmitted"))
    plan(rows)
    plan(rows)
    assert WebhookDelivery.objects.count() == len(rows)


def test_a_module_that_is_off_tells_nothing_any_more(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    _submitted(ONE, by=system)
    relay()
    switch("frontdesk", on=False, by=system)
    assert deliver(hook[0].pk) == 0
    assert receiver.heard == []
    assert WebhookDelivery.objects.get().given_up_at is not None


def test_a_withdrawn_key_takes_its_webhooks_along(
    hook: tuple[Webhook, str], key: tuple[ApiKey, str], receiver: Receiver, system: Viewer
) -> None:
    _submitted(ONE, by=system)
    relay()
    withdraw_key(key[0], by=system)
    deliver(hook[0].pk)
    _submitted(TWO, by=system)
    relay()
    assert receiver.heard == []
    assert WebhookDelivery.objects.count() == 1


def test_a_key_is_told_of_nothing_that_it_could_not_read(
    key: tuple[ApiKey, str], receiver: Receiver, system: Viewer
) -> None:
    for wrong in ("receipt.posted", "nothing.known"):
        with pytest.raises(WebhookTypeRefused):
            make_webhook(key=key[0], url=receiver.url, types=[wrong], by=system)


def test_another_town_is_told_nothing(
    hook: tuple[Webhook, str], receiver: Receiver, system: Viewer
) -> None:
    with use("nablus"):
        _submitted(ONE, by=system)
        relay()
        assert not WebhookDelivery.objects.exists()
        assert not Webhook.objects.exists()
    assert not WebhookDelivery.objects.exists()


def test_what_ended_a_month_ago_is_forgotten(hook: tuple[Webhook, str], system: Viewer) -> None:
    ping(hook[0], by=system)
    ping(hook[0], by=system)
    old = WebhookDelivery.objects.order_by("id")[0]
    WebhookDelivery.objects.filter(pk=old.pk).update(done_at=timezone.now() - timedelta(days=31))
    assert sweep() == 1
    assert not WebhookDelivery.objects.filter(pk=old.pk).exists()


# --- Where it may lead ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "ftp://example.org/",
        "https://user:word@example.org/",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://100.64.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a00:1]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://example.org:0/",
        "https://example.org/#part",
        "https://exa mple.org/",
        "https://",
        "nonsense",
        "https://example.org/" + "a" * 500,
    ],
)
def test_an_address_that_is_not_on_the_open_internet_is_refused(url: str) -> None:
    with pytest.raises(WebhookAddressRefused):
        check_address(url)


@pytest.mark.parametrize("answers", [["10.0.0.7"], ["93.184.216.34", "127.0.0.1"], ["::1"]])
def test_a_name_that_leads_inside_is_refused_when_it_is_used(
    answers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", (one, port)) for one in answers]

    monkeypatch.setattr(outside, "resolve", resolved)
    with pytest.raises(WebhookAddressRefused):
        target_of("https://inside.example.org/")
    assert post("https://inside.example.org/", b"{}", {}).detail == "address_refused"


def test_the_connection_goes_to_the_address_that_was_judged(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def resolved(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        return [(0, 0, 0, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", port))]

    monkeypatch.setattr(outside, "resolve", resolved)
    url = receiver.url.replace("127.0.0.1", "changing.example.org")
    assert post(url, b"{}", {}).status == 204
    assert receiver.heard[0][0]["host"].startswith("changing.example.org:")


# --- The interface and its document ---------------------------------------------------------------------


@pytest.fixture
def api(key: tuple[ApiKey, str]) -> APIClient:
    client = APIClient(HTTP_HOST=TOWNS["khanyounis"])
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {key[1]}")
    return client


def test_an_integrator_keeps_its_own_webhooks(api: APIClient, receiver: Receiver) -> None:
    types = api.get("/api/v1/webhooks/types").json()
    assert "request.submitted" in {one["type"] for one in types}
    assert "receipt.posted" not in {one["type"] for one in types}
    asked = {"url": receiver.url, "types": ["request.submitted"]}
    made = api.post("/api/v1/webhooks", asked, headers={"Idempotency-Key": "w-1"})
    assert made.status_code == 201, made.json()
    secret, address = made.json()["secret"], made.headers["Location"]
    assert secret.startswith("whsec_")
    again = api.post("/api/v1/webhooks", asked, headers={"Idempotency-Key": "w-1"})
    assert (again.json()["id"], again.json()["secret"]) == (made.json()["id"], None)
    assert "secret" not in api.get(address).json()

    assert api.post(f"{address}/test").status_code == 202
    deliver(Webhook.objects.get().pk)
    page = api.get(f"{address}/deliveries").json()
    assert page["data"][0]["tries"][0]["status"] == 204
    message = page["data"][0]["id"]
    assert api.post(f"{address}/deliveries/{message}/again").status_code == 202
    deliver(Webhook.objects.get().pk)
    assert len({head["webhook-id"] for head, _body in receiver.heard}) == 1
    assert _verifies(secret, *receiver.heard[0])

    assert api.patch(address, {"is_on": False}).status_code == 428
    etag = api.get(address).headers["ETag"]
    off = api.patch(address, {"is_on": False}, headers={"If-Match": etag})
    assert off.json()["off_because"] == "by_hand"
    stale = api.patch(address, {"is_on": True}, headers={"If-Match": etag})
    assert stale.status_code == 412
    assert api.post(f"{address}/test").json()["code"] == "webhook_is_off"
    assert api.post(f"{address}/secret").json()["secret"].startswith("whsec_")


def test_another_accounts_webhook_is_not_there(
    api: APIClient, hook: tuple[Webhook, str], system: Viewer
) -> None:
    other, _text = issue_key(
        account=User.objects.get(username="basel"), name="آخر", scopes=["frontdesk:read"], by=system
    )
    theirs, _secret = make_webhook(
        key=other, url="https://example.org/", types=["request.decided"], by=system
    )
    listed = {one["id"] for one in api.get("/api/v1/webhooks").json()["data"]}
    assert listed == {str(hook[0].uid)}
    assert api.get(f"/api/v1/webhooks/{theirs.uid}").status_code == 404
    assert api.post(f"/api/v1/webhooks/{theirs.uid}/test").status_code == 404


def test_a_refused_address_points_at_its_field(api: APIClient) -> None:
    answer = api.post(
        "/api/v1/webhooks", {"url": "https://10.0.0.1/", "types": ["request.decided"]}
    )
    assert answer.status_code == 422
    assert answer.json()["code"] == "webhook_address_refused"
    assert answer.json()["errors"][0]["pointer"] == "/url"


def test_every_type_stands_in_the_document_and_its_address_answers() -> None:
    document: Any = generate()
    assert set(document["webhooks"]) == set(registry.webhooks())
    paths = {
        path.replace("{uid}", "{id}").replace("{code}", "{id}"): one
        for path, one in document["paths"].items()
    }
    for _module, one in registry.webhooks().values():
        assert "get" in paths[one.address], one.address


def test_every_type_reads_a_field_that_its_event_has() -> None:

    for handlers in ("modules.frontdesk.events", "modules.finance.events"):
        __import__(handlers)
    for _module, one in registry.webhooks().values():
        names = {field.name for field in dataclasses.fields(_known[one.event])}
        assert one.subject in names, one.code


def test_loopback_is_refused_unless_a_trial_allows_it() -> None:
    assert django_settings.WEBHOOK_ALLOW_LOOPBACK is False


# --- The administrator's pages --------------------------------------------------------------------------


def test_the_administrator_makes_tries_and_switches_a_webhook(
    key: tuple[ApiKey, str], receiver: Receiver, client_for: Any
) -> None:
    seat_mighty()
    keeper = client_for("mighty")
    assert "بوابة" in keeper.get(reverse("office:webhooks")).content.decode()
    asked = {"key": str(key[0].uid), "url": receiver.url, "types": ["request.decided"]}
    wrong = keeper.post(reverse("office:webhooks"), {**asked, "url": "https://10.0.0.1/"})
    assert wrong.status_code == 422
    assert "https://10.0.0.1/" in wrong.content.decode()
    made = keeper.post(reverse("office:webhooks"), asked)
    assert "whsec_" in made.content.decode()
    hook = Webhook.objects.get()
    page = reverse("office:webhook", args=[hook.uid])
    assert "whsec_" not in keeper.get(page).content.decode()
    assert keeper.post(f"{page}/test").status_code == 302
    deliver(hook.pk)
    row = WebhookDelivery.objects.get()
    assert f"msg_{row.message.hex}" in keeper.get(page).content.decode()
    assert keeper.post(f"{page}/again/{row.message}").status_code == 302
    assert "whsec_" in keeper.post(f"{page}/secret").content.decode()
    changed = {"url": receiver.url, "types": ["request.completed"]}
    assert keeper.post(page, changed).status_code == 302
    keeper.post(f"{page}/on-off", {"on": "0"})
    assert Webhook.objects.get().off_because == "by_hand"
    keeper.post(f"{page}/on-off", {"on": "1"})
    assert Webhook.objects.get().types == ["request.completed"]
    assert Webhook.objects.get().off_at is None
    assert client_for("amal").get(reverse("office:webhooks")).status_code == 403


@pytest.mark.parametrize("many", [1, 9])
def test_the_lists_cost_the_same_however_long_they_are(
    hook: tuple[Webhook, str], key: tuple[ApiKey, str], system: Viewer, client_for: Any,
    count_queries: Any, many: int,
) -> None:  # fmt: skip
    for _number in range(many):
        ping(hook[0], by=system)
    seat_mighty()
    keeper = client_for("mighty")
    keeper.get(reverse("office:webhooks"))
    with count_queries() as seen:
        keeper.get(reverse("office:webhooks"))
    assert len(seen) == LIST_QUERIES, [one["sql"][:120] for one in seen]
    with count_queries() as seen:
        keeper.get(reverse("office:webhook", args=[hook[0].uid]))
    assert len(seen) == ONE_QUERIES, [one["sql"][:120] for one in seen]
