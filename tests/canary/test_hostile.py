"""Hosts, paths, codes and ids that nobody sends by mistake: 404 or 400 before any query, or a sentence; never a fault."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import Context
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kernel.testing.database import TOWNS
from tests.doors import TOWN, Door, doors
from tests.exemplars import seat_mighty

HOST = TOWNS["khanyounis"]
HOSTS = (
    "", " ", ".", "..", "-", "*", "localhost:0x50", "127.0.0.1", "[::1]", "0", "0.0.0.0", "169.254.169.254",
    f"{HOST}.evil.example", f"evil.example#{HOST}", f"evil.example/{HOST}", f"{HOST}@evil.example",
    f"user:secret@{HOST}", f"{HOST},nablus.test", f"{HOST} nablus.test", f"{HOST}\tnablus.test", f"{HOST}:port",
    f"{HOST}:99999999", f"{HOST}:", f"{HOST}::80", f"{HOST}%00", f"{HOST}\x00", f"{HOST}\\", f"{HOST}/..",
    "public", "extensions", "template_town", "hub", "pg_catalog", "khanyounis", "khanyounis; DROP SCHEMA khanyounis",
    "khanyounis'--", "\u202etset.sinuoynahk", "خانيونس", "xn--", "a" * 254, "a." * 200, f"\ufeff{HOST}",
    f"{HOST}\r\nX-Injected: 1", "_", "-khanyounis.test", "khanyounis-.test", "KHANYOUNIS", "[", "]", "[::",
)  # fmt: skip
"""None of them is a host of the register."""
SAME_TOWN = (HOST.upper(), f"{HOST}:8000", f"{HOST}.", f"{HOST}:443")
"""Other spellings of one host: the same municipality, or none."""
FORWARDED = (
    "X-Forwarded-Host",
    "X-Host",
    "Forwarded",
    "X-Forwarded-Server",
    "X-Original-Host",
    "X-Rewrite-URL",
)
WORDS = (
    "%00", "%2500", "x%00y", "%0d%0aX-Injected:1", "%e2%80%ae", "\u202e", "%ff", "%c0%af", "..%2f..%2fetc%2fpasswd",
    "%2e%2e", "' OR 1=1 --", "\";DROP TABLE x;--", "${jndi:ldap://x}", "{{7*7}}", "<script>", "-1", "0", "1e999",
    "9" * 40, "9223372036854775808", "NaN", "٠١٢", "²²²²", "null", "a" * 3000, "\U0001f4a9", "\ud7ff", "ﷺ" * 200,
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "{}", "[]", "%", "%zz",
)  # fmt: skip
NEVER_A_FAULT = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def mighty(town: str, client_for: Callable[..., Client]) -> Client:
    seat_mighty()
    return client_for("mighty")


# --- Hosts ---------------------------------------------------------------------------------------------


def _from_outside(host: str, path: str = "/", **headers: str) -> tuple[int, int, Any]:
    """(status, queries, answer) of a request that comes with no municipality around it."""

    def ask() -> tuple[int, int, Any]:
        with CaptureQueriesContext(connection) as asked:
            answer = Client(HTTP_HOST=host, **headers).get(path)
        return answer.status_code, len(asked), answer

    Client(HTTP_HOST=HOST).get("/livez")  # the map of hosts is in memory from here on
    return Context().run(ask)


@pytest.mark.parametrize("host", HOSTS, ids=ascii)
def test_a_host_outside_of_the_register_is_404_before_any_query(town: str, host: str) -> None:
    status, queries, answer = _from_outside(host)
    assert (status, queries) == (404, 0)
    assert "khanyounis" not in answer.content.decode().lower()


@given(host=some.text(max_size=80))
@NEVER_A_FAULT
def test_no_text_is_a_host_by_accident(town: str, host: str) -> None:
    status, queries, _answer = _from_outside(host)
    assert (status, queries) == (404, 0)


@pytest.mark.parametrize("host", SAME_TOWN)
def test_another_spelling_of_a_host_is_the_same_municipality_or_none(town: str, host: str) -> None:
    status, _queries, answer = _from_outside(host)
    assert status in {200, 404}
    assert TOWNS["nablus"] not in answer.content.decode()


@pytest.mark.parametrize("header", FORWARDED)
def test_no_header_but_the_host_chooses_the_municipality(
    town: str, other_town: str, header: str
) -> None:
    name = "HTTP_" + header.upper().replace("-", "_")
    for theirs in (TOWNS[other_town], f"host={TOWNS[other_town]}", "evil.example"):
        _status, _queries, plain = _from_outside(HOST)
        status, _queries, answer = _from_outside(HOST, **{name: theirs})
        assert status == 200
        assert theirs not in answer.content.decode()
        assert answer.content.count(b"\n") == plain.content.count(b"\n")
        assert _from_outside("nowhere.example", **{name: HOST})[0] == 404


# --- Paths, codes and ids --------------------------------------------------------------------------------


def _asked(browser: Client, door: Door, word: str) -> str | None:
    """What is wrong with the answers to that word in every part of the address."""
    holes = {
        name: word for name, kind in door.holes if kind in {"str", "slug", "path", "regex", "int"}
    }
    address = door.address(**holes)
    for method in ("get", "post"):
        with transaction.atomic():
            answer = getattr(browser, method)(address)
            transaction.set_rollback(True)
        if answer.status_code >= 500:
            return f"{method} {address!r} ({door}) answers {answer.status_code}"
    return None


def _with_words() -> list[Door]:
    return [
        door
        for door in doors(TOWN)
        if any(kind in {"str", "slug", "path", "int"} for _name, kind in door.holes)
    ]


@pytest.mark.parametrize("word", WORDS, ids=ascii)
def test_no_word_in_an_address_is_a_fault(mighty: Client, word: str) -> None:
    mighty.raise_request_exception = False
    safe = word if "%" in word else quote(word, safe="")
    faults = [fault for door in _with_words() if (fault := _asked(mighty, door, safe))]
    assert not faults, "\n".join(faults)


LISTS = (
    "/people/", "/places/", "/find", "/find/palette", "/find/party", "/archive/", "/finance/receipts",
    "/finance/charges", "/finance/books/journal", "/frontdesk/requests", "/frontdesk/where", "/settings/audit",
    "/settings/staff", "/settings/outbox", "/c/frontdesk/", "/c/frontdesk/track", "/v/", "/people/similar",
    "/jobs/", "/notifications/", "/finance/budget", "/finance/cheques/new", "/finance/spending", "/settings/holidays",
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS, ids=ascii)
def test_no_word_in_a_question_is_a_fault(mighty: Client, word: str) -> None:
    mighty.raise_request_exception = False
    safe = word if "%" in word else quote(word, safe="")
    names = ("q", "page", "sort", "per_page", "since", "until", "kind", "state", "number", "phone", "code", "export",
             "cursor", "box", "year", "section", "party", "plan")  # fmt: skip
    asked = "&".join(f"{name}={safe}" for name in names)
    faults = [
        f"{address}?…={word!r}: {answer.exc_info[1]!r}"
        for address in LISTS
        if (answer := mighty.get(f"{address}?{asked}")).status_code >= 500
    ]
    assert not faults, "\n".join(faults)


@given(path=some.text(alphabet=some.characters(blacklist_categories=("Cs",)), max_size=60))
@NEVER_A_FAULT
def test_no_path_is_a_fault(mighty: Client, path: str) -> None:
    mighty.raise_request_exception = False
    answer = mighty.get("/" + quote(path, safe="/"))
    assert answer.status_code < 500, path
