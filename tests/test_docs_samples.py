"""What the pages tell their readers to type is run: integrators' samples, operators' commands, links between pages."""

from __future__ import annotations

import base64
import json
import os
import re
import shlex
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command, get_commands, load_command_class
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from api.webhooks.signing import headers as signed_headers
from api.webhooks.signing import new_secret
from kernel.testing.database import TOWNS
from tests.words import catalogue, catalogues

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "infra" / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
INTEGRATORS = ROOT / "docs" / "integrators.md"
SHOWN_HOST = "http://khanyounis.localhost:8000"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
ON_SCREEN = re.compile(r"\*\*«([^»]+)»\*\*")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
COMMAND = re.compile(r"^    (?:\.venv/bin/)?baladiyat (.+)$", re.MULTILINE)


def samples(page: Path, language: str) -> str:
    """The page's blocks of one language, one after the other, as a reader would type them."""
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```$", page.read_text(), re.M | re.S))


@pytest.fixture
def key(town: str) -> str:
    """The key that the page has the operator make, by the command that it prints."""
    page = INTEGRATORS.read_text().replace("\\\n", " ")
    told = next(line for line in COMMAND.findall(page) if line.startswith("key issue"))
    given = StringIO()
    call_command(*shlex.split(told), stdout=given, stderr=StringIO())
    return given.getvalue().strip()


@pytest.fixture
def in_the_test_town(key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """httpx talks to the application in this process; the page's host leads to the test town."""
    real = httpx.Client

    def client(*, base_url: str, **options: Any) -> httpx.Client:
        return real(
            base_url=base_url.replace(SHOWN_HOST, f"http://{TOWNS['khanyounis']}"),
            transport=httpx.WSGITransport(app=WSGIHandler()),
            **options,
        )

    monkeypatch.setattr(httpx, "Client", client)
    monkeypatch.setitem(os.environ, "KEY", key)
    monkeypatch.chdir(tmp_path)
    Path("identity.png").write_bytes(PIXEL)
    signals = (request_started, request_finished)
    for signal in signals:  # the connection is the test's, which rolls it back
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def test_the_integrators_samples_run_in_order(in_the_test_town: None) -> None:
    code = samples(INTEGRATORS, "python")
    known: dict[str, Any] = {"json_of": lambda request: json.loads(request.content)}

    exec(compile(code, str(INTEGRATORS), "exec"), known)

    body, now = b'{"type":"webhook.ping"}', int(time.time())
    sent = signed_headers([new_secret(), known["secret"]], message="msg_1", at=now, body=body)
    assert known["is_genuine"](known["secret"], sent, body)
    assert not known["is_genuine"](known["secret"], sent, body + b" ")
    assert not known["is_genuine"](new_secret(), sent, body)
    old = signed_headers([known["secret"]], message="msg_1", at=now - 301, body=body)
    assert not known["is_genuine"](known["secret"], old, body)

    assert known["request"]["number"]
    assert known["waiting"], "somebody should have the request in hand"


def test_the_samples_for_the_shell_answer(in_the_test_town: None, key: str) -> None:
    for line in samples(INTEGRATORS, "shell").splitlines():
        words = shlex.split(line.replace("$KEY", key))
        assert words[:2] == ["curl", "-H"]
        name, _colon, value = words[2].partition(": ")
        http = httpx.Client(base_url=SHOWN_HOST)

        answered = http.get(words[3].removeprefix(SHOWN_HOST), headers={name: value})

        assert answered.status_code == 200, answered.text


def test_a_key_is_listed_and_withdrawn_by_command(in_the_test_town: None, key: str) -> None:
    listed = StringIO()
    call_command("key", "list", "--town", "khanyounis", stdout=listed)
    assert key[:9] in listed.getvalue()
    assert key not in listed.getvalue()

    call_command(
        "key", "withdraw", key[:9], "--town", "khanyounis", "--reason", "ended", stdout=StringIO()
    )

    http = httpx.Client(base_url=SHOWN_HOST, headers={"Authorization": f"Bearer {key}"})
    assert http.get("/api/v1/services").status_code == 401
    with pytest.raises(CommandError, match="0 keys"):
        call_command("key", "withdraw", key[:9], "--town", "khanyounis", "--reason", "again")


def test_a_key_for_nobody_or_nowhere_is_refused_in_a_sentence(town: str) -> None:
    asked = ["--name", "x", "--scope", "files:read"]
    with pytest.raises(CommandError, match="no municipality"):
        call_command("key", "issue", "--town", "atlantis", "--account", "amal", *asked)
    with pytest.raises(CommandError, match="no open account"):
        call_command("key", "issue", "--town", "khanyounis", "--account", "nobody", *asked)


def _commands() -> list[Any]:
    return [
        pytest.param(line, id=line[:60])
        for page in PAGES
        for line in COMMAND.findall(page.read_text().replace("\\\n", " "))
    ]


@pytest.mark.parametrize("line", _commands())
def test_the_commands_on_the_pages_can_be_parsed(line: str) -> None:
    name, *words = shlex.split(line, comments=True)
    command = load_command_class(get_commands()[name], name)

    command.create_parser("baladiyat", name).parse_args(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_words_that_a_page_says_are_on_the_screen_are(page: Path) -> None:
    """In bold and «…»: a button, a title or a state, in the very words of the catalogues."""
    text = " ".join(page.read_text().split())
    shown = {
        form for place in catalogues() for one in catalogue(place).values() for form in one.arabic
    }

    assert [word for word in ON_SCREEN.findall(text) if word not in shown] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    """Pictures are made by a script and may not be there yet."""
    targets = [
        target
        for target in LINK.findall(page.read_text())
        if "://" not in target and not target.endswith(".png")
    ]

    lost = [target for target in targets if not (page.parent / target).exists()]

    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_programs_and_files_that_a_page_names_exist(page: Path) -> None:
    named = set(
        re.findall(r"\binfra/(?:up|down|status|test|bench|faults|backup)\b", page.read_text())
    )

    assert [one for one in named if not (ROOT / one).exists()] == []
