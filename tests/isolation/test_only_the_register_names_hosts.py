"""Leak: a host name that is unknown, forged by a header, or hostile, and is answered from the shared schema or a town."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tenants import hosts

HOSTILE = [
    "",
    "unknown.test",
    "khanyounis.test.evil.example",
    "evil.example/khanyounis.test",
    "khanyounis.test#evil",
    "khanyounis.test@evil.example",
    "khanyounis.test, nablus.test",
    "khanyounis.test nablus.test",
    "khanyounis.test:80:80",
    "khanyounis.test:99999999",
    "[::1]",
    "127.0.0.1",
    "public",
    "template_town",
    "..",
    "-",
    "a" * 300 + ".test",
    "خانيونس.test",
    "<script>alert(1)</script>",
    "khanyounis.test\x00.nablus.test",
    "nablus.test\r\nX-Town: hub",
    "' OR 1=1; --",
]


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/api/v1/parties", "/nothing"])
@pytest.mark.parametrize("host", HOSTILE)
def test_a_host_that_is_not_in_the_register_is_404_before_any_query(
    town: str, host: str, path: str, count_queries: Callable[..., Any]
) -> None:
    hosts.settle()
    with count_queries() as seen:
        answer = Client(HTTP_HOST=host).get(path)

    assert answer.status_code == 404
    assert len(seen) == 0
    assert "خان يونس" not in answer.content.decode()


FORWARDED = ["HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED", "HTTP_X_HOST", "HTTP_X_ORIGINAL_HOST"]


@pytest.mark.parametrize("header", FORWARDED)
def test_no_header_of_a_proxy_names_another_town(town: str, header: str) -> None:
    value = "host=nablus.test" if header == "HTTP_FORWARDED" else "nablus.test"
    client = Client(HTTP_HOST="khanyounis.test", **{header: value})
    answer = client.get("/accounts/login/")

    page = answer.content.decode()
    assert "خان يونس" in page
    assert "نابلس" not in page and "nablus.test" not in page


@pytest.mark.parametrize("header", FORWARDED)
def test_an_unknown_host_is_not_rescued_by_a_header(town: str, header: str) -> None:
    client = Client(HTTP_HOST="unknown.test", **{header: "khanyounis.test"})

    assert client.get("/").status_code == 404


def test_links_and_redirects_lead_to_the_own_host(town: str) -> None:
    client = Client(HTTP_HOST="khanyounis.test", HTTP_X_FORWARDED_HOST="evil.example")

    assert client.get("/me/")["Location"].startswith("/accounts/login/")
