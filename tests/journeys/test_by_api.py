"""The main job without a single page: other programmes of the municipality drive it through /api/v1."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.models import CashBox, Receipt
from modules.finance.services.sessions import open_session
from modules.frontdesk.models import Request
from tests.exemplars import citizen, owes, picture
from tests.journeys.walking import At

_keys = count(1)


class Programme:
    """Somebody's programme with a key of theirs."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def get(self, path: str, *, expect: int = 200, **query: Any) -> Any:
        answer = self.client.get(f"/api/v1/{path}", query)
        assert answer.status_code == expect, answer.content.decode()
        return answer.json()

    def post(self, path: str, body: Any = None, *, expect: int, key: str = "") -> Any:
        answer = self.client.post(
            f"/api/v1/{path}",
            json.dumps(body if body is not None else {}),
            content_type="application/json",
            headers={"Idempotency-Key": key or f"journey-{next(_keys)}"},
        )
        assert answer.status_code == expect, answer.content.decode()
        return answer.json()

    def patch(self, path: str, body: Any, *, etag: str, expect: int) -> Any:
        answer = self.client.patch(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"If-Match": etag},
        )
        assert answer.status_code == expect, answer.content.decode()
        return answer.json()

    def upload(self, name: str, content: bytes, *, expect: int = 201) -> Any:
        answer = self.client.post("/api/v1/files", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == expect, answer.content.decode()
        return answer.json()

    def step(self, request: str, code: str) -> str:
        """The id of the open step of that code."""
        steps = self.get(f"requests/{request}")["steps"]
        return str(
            next(one["id"] for one in steps if one["code"] == code and one["state"] == "open")
        )


@pytest.fixture
def programme(at: At, api_for: Callable[..., Client]) -> Callable[[str], Programme]:
    """`programme("amal")`: a programme that acts with Amal's rights."""

    def made(username: str) -> Programme:
        at(username)
        return Programme(api_for(username))

    return made


def test_the_main_job_through_the_api_alone(
    programme: Callable[[str], Programme],
    karim: Viewer,
    system: Viewer,
    deliver_events: Callable[[], int],
) -> None:
    amal, jamal, salma, cashier = (programme(name) for name in ("amal", "jamal", "salma", "karim"))
    service = amal.get("services/FD-004")
    assert service["title_ar"] == "طلب خلو طرف"
    person = amal.post(
        "parties",
        {
            "kind": "person", "given_name": "نور", "father_name": "خليل", "grandfather_name": "محمد",
            "family_name": "الأسطل", "id_kind": "national", "id_number": "401234562", "phones": ["0599123456"],
        },
        expect=201,
    )["id"]  # fmt: skip
    assert amal.get("parties", q="نور الاسطل")["data"][0]["id"] == person
    owes(Party.objects.get(uid=person), "85", by=system)
    open_session(CashBox.objects.get(code="01"), opening_float={}, by=karim)
    card = amal.upload("هوية.png", picture())["id"]

    # Dues stop it: what was asked stays a draft, and says why in words and in amounts.
    asked = amal.post(
        "requests",
        {
            "service": "FD-004", "applicant": person, "answers": {"purpose": "land_registry"},
            "papers": [{"requirement": "identity_card", "file": card}],
        },
        expect=201,
    )  # fmt: skip
    request = asked["id"]
    assert asked["number"] is None
    (stopping,) = [gate for gate in asked["gates"] if gate["outcome"] == "pay_now"]
    assert stopping["total"] == [{"amount": "85.00", "currency": "ILS"}]
    problem = amal.post(f"requests/{request}/submit", expect=409)
    assert problem["code"]
    assert "85.00" in problem["detail"]

    # The cashier's programme takes the money; a repeated message takes it once.
    dues = cashier.get("dues", party=person)
    assert dues["totals"] == [{"amount": "85.00", "currency": "ILS"}]
    paid = {
        "party": person,
        "instruments": [{"method": "cash", "amount": {"amount": "85.00", "currency": "ILS"}}],
    }
    first = cashier.post("receipts", paid, expect=201, key="till-1-000001")
    again = cashier.post("receipts", paid, expect=201, key="till-1-000001")
    assert first["id"] == again["id"]
    assert Receipt.objects.count() == 1
    assert cashier.get("dues", party=person)["is_clear"]

    submitted = amal.post(f"requests/{request}/submit", expect=200)
    assert submitted["number"]
    (fee,) = submitted["fees"]
    assert fee["amount"] == {"amount": "10.00", "currency": "ILS"}
    deliver_events()
    cashier.post(
        "receipts",
        {
            "party": person,
            "instruments": [{"method": "cash", "amount": fee["amount"]}],
            "charges": [fee["charge"]],
        },
        expect=201,
    )
    deliver_events()

    step = jamal.step(request, "dues")
    jamal.post(f"requests/{request}/steps/{step}/complete", {"outcome": "done"}, expect=200)
    salma.post(
        f"requests/{request}/steps/{salma.step(request, 'decide')}/decide",
        {"decision": "approved"},
        expect=200,
    )
    issued = amal.post(f"requests/{request}/issue", expect=200)
    assert issued["document"]["title"] == "شهادة خلو طرف"
    paper = amal.client.get(f"/api/v1/files/{issued['document']['file']}/content")
    assert paper.getvalue().startswith(b"%PDF")
    amal.post(
        f"requests/{request}/hand-over",
        {
            "step": amal.step(request, "deliver"),
            "recipient_name": "نور",
            "recipient_id_number": "401234562",
        },
        expect=200,
    )
    done = amal.get(f"requests/{request}")
    assert done["state"] == "completed"
    verbs = [one["verb"] for one in amal.get(f"requests/{request}/trail")]
    assert {"submitted", "approved", "document_issued", "handed_over"} <= set(verbs), verbs


def test_asking_twice_with_one_key_opens_one_request(programme: Callable[[str], Programme]) -> None:
    amal = programme("amal")
    body = {
        "service": "FD-001",
        "applicant": str(citizen().uid),
        "answers": {"subject": "إنارة"},
        "submit": False,
    }
    first = amal.post("requests", body, expect=201, key="form-17")
    assert amal.post("requests", body, expect=201, key="form-17")["id"] == first["id"]
    assert Request.objects.count() == 1
    amal.post("requests", {**body, "answers": {"subject": "غيرها"}}, expect=422, key="form-17")


def test_two_programmes_on_one_draft_see_the_conflict(
    programme: Callable[[str], Programme],
) -> None:
    amal = programme("amal")
    body = {
        "service": "FD-001",
        "applicant": str(citizen().uid),
        "answers": {"subject": "إنارة"},
        "submit": False,
    }
    request = amal.post("requests", body, expect=201)["id"]
    etag = amal.client.get(f"/api/v1/requests/{request}")["ETag"]
    amal.patch(f"requests/{request}", {"answers": {"subject": "الأولى"}}, etag=etag, expect=200)
    amal.patch(f"requests/{request}", {"answers": {"subject": "الثانية"}}, etag=etag, expect=412)
    assert amal.get(f"requests/{request}")["answers"]["subject"] == "الأولى"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("فارغ.pdf", b""),
        ("هوية.pdf", b"MZ\x90\x00" + b"\x00" * 200),
        ("صفحة.png", b"<script>1</script>"),
    ],
)
def test_a_bad_file_is_refused_in_words(
    programme: Callable[[str], Programme], name: str, content: bytes
) -> None:
    problem = programme("amal").upload(name, content, expect=422)
    assert problem["code"]
    assert problem["detail"]


def test_a_problem_speaks_the_readers_language_and_keeps_its_code(
    programme: Callable[[str], Programme],
) -> None:
    client = programme("amal").client
    address = "/api/v1/parties/01890000-0000-7000-8000-000000000000"
    arabic, english = (
        client.get(address, headers={"Accept-Language": one}).json() for one in ("ar", "en")
    )
    assert arabic["code"] == english["code"]
    assert arabic["title"] != english["title"]
