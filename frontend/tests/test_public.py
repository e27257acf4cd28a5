"""Pages for everybody: the municipality's doors, the verification of a paper, the colours."""

from datetime import timedelta

import pytest
from django.test import Client

from kernel.calendar.selectors import today
from kernel.printing.models import IssuedDocument
from kernel.printing.services import revoke_document
from kernel.viewer import Viewer


@pytest.fixture
def visitor(client_for: object) -> Client:
    return client_for()  # type: ignore[operator,no-any-return]


@pytest.fixture
def paper(system: Viewer, town: str) -> IssuedDocument:
    from kernel.audit.recording import recorded
    from kernel.files.services import store_file

    with recorded(by=system):
        return IssuedDocument.objects.create(
            code="7KQMX2RT9HPWA4ZC",
            kind="clearance_certificate",
            number="2026/00012",
            title="خلو طرف",
            facts=[["name", "نور أحمد الأسطل"]],
            issued_on=today(),
            file=store_file("ورقة\n".encode(), "x.txt", system),
            template="letter",
        )


def test_the_first_page_offers_what_a_citizen_may_do(visitor: Client) -> None:
    page = visitor.get("/").content.decode()
    assert 'href="/v/"' in page
    assert "/accounts/login/" in page
    assert "sidenav" not in page


def test_a_genuine_paper_is_said_to_be_genuine(visitor: Client, paper: IssuedDocument) -> None:
    answer = visitor.get("/v/7kqm-x2rt-9hpw-a4zc")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "seal-ok" in page
    assert "نور أحمد الأسطل" in page
    assert "2026/00012" in page


def test_an_expired_paper_is_said_to_be_expired(
    visitor: Client, paper: IssuedDocument, system: Viewer
) -> None:
    other = _copy(paper, system, code="EXP1REDEXP1RED00", valid_until=today() - timedelta(days=3))
    assert "seal-warn" in visitor.get(f"/v/{other.code}").content.decode()


def test_a_withdrawn_paper_is_said_to_be_withdrawn(
    visitor: Client, paper: IssuedDocument, system: Viewer
) -> None:
    revoke_document(paper, by=system, reason="خطأ في الاسم")
    page = visitor.get(f"/v/{paper.code}").content.decode()
    assert "seal-danger" in page
    assert "خطأ في الاسم" not in page  # the reason is the municipality's own


@pytest.mark.parametrize("code", ["AAAA", "7KQM-X2RT-9HPW-A4ZD", "<script>", "x" * 300])
def test_an_unknown_code_is_no_paper_of_ours(visitor: Client, code: str) -> None:
    answer = visitor.get(f"/v/{code}")
    assert answer.status_code == 404
    assert "<script>alert" not in answer.content.decode()


def test_the_code_may_be_typed(visitor: Client, paper: IssuedDocument) -> None:
    assert visitor.get("/v/", {"code": "7kqm x2rt 9hpw a4zc"}).url == "/v/7KQMX2RT9HPWA4ZC"


def test_a_visitor_may_read_english(visitor: Client) -> None:
    answer = visitor.post("/me/face", {"language": "en", "next": "/v/"})
    assert answer.url == "/v/"
    page = visitor.get("/").content.decode()
    assert 'lang="en" dir="ltr"' in page
    assert "app.rtl" not in page


def test_a_visitor_is_not_led_elsewhere(visitor: Client) -> None:
    assert (
        visitor.post("/me/face", {"theme": "dark", "next": "https://elsewhere.example/"}).url == "/"
    )


def test_the_theme_of_staff_goes_with_them(client_for: object) -> None:
    client: Client = client_for("amal")  # type: ignore[operator]
    client.post("/me/face", {"theme": "dark", "density": "compact"})
    fresh: Client = client_for("amal")  # type: ignore[operator]
    page = fresh.get("/").content.decode()
    assert 'data-bs-theme="dark"' in page
    assert 'data-density="compact"' in page


def test_the_colours_are_a_stylesheet_and_nothing_else(visitor: Client) -> None:
    answer = visitor.get("/theme/colours.css")
    assert answer["Content-Type"].startswith("text/css")
    assert answer.content.startswith(b":root{--band:#")


def _copy(paper: IssuedDocument, system: Viewer, **changes: object) -> IssuedDocument:
    from kernel.audit.recording import recorded

    with recorded(by=system):
        return IssuedDocument.objects.create(
            kind=paper.kind, number="2026/00013", title=paper.title, facts=paper.facts, issued_on=today() - timedelta(days=9),
            file=paper.file, template=paper.template, **changes,
        )  # fmt: skip
