"""The server is killed while it writes what a cut-off desk sends: each request is there once, and nothing waits."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tenants.demo.staff import PASSWORD
from tests.browser.conftest import WITHOUT
from tests.browser.test_offline_desk import (
    OFFLINE,
    family,
    left,
    made_ready,
    number,
    requests_of,
    take,
)

PATIENCE = 60
# The login itself sees no municipality: it takes the role to which the town's tables belong.
OWNER_OF_THE_TOWN = """
    SELECT set_config('role', nspowner::regrole::text, false), set_config('search_path', 'khanyounis', false)
    FROM pg_namespace WHERE nspname = 'khanyounis'
"""


class Web:
    """A web server of this test's own on the product's database: to be killed without a word, and started again."""

    def __init__(self, log: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://khanyounis.localhost:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as said:
            self.process = subprocess.Popen(
                [
                    str(Path(sys.executable).with_name("granian")),
                    "--interface=wsgi", "--host=127.0.0.1", f"--port={self.port}", "--workers=1",
                    "--blocking-threads=8", "--no-ws", "config.wsgi:application",
                ],
                env={**os.environ, "PUBLIC_PORT": str(self.port)},
                stdout=said, stderr=said, start_new_session=True,
            )  # fmt: skip
        until(self._answers, "the server to answer")

    def kill(self) -> None:
        """As a power cut would: the whole group of processes at once, nothing is told to anybody."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text(errors="replace")[-2000:]
        try:
            asked = Request(
                f"http://127.0.0.1:{self.port}/readyz", headers={"Host": f"localhost:{self.port}"}
            )
            with urlopen(asked, timeout=5) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a state of the world, however long the machine takes for it."""
    give_up = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < give_up, f"waited for {what}"
        time.sleep(0.1)


@pytest.fixture
def web(tmp_path: Path, address: str) -> Iterator[Web]:
    if not os.environ.get("DATABASE_URL"):
        pytest.skip(WITHOUT)
    made = Web(tmp_path / "web.log")
    try:
        made.start()
        yield made
    finally:
        made.kill()


@pytest.fixture
def takings() -> Iterator[psycopg.Connection[tuple[int]]]:
    """The table into which the server writes last: whoever holds it stops a request just before it is there."""
    url = re.sub(r"^postgis://", "postgresql://", os.environ.get("DATABASE_URL", ""))
    if not url:
        pytest.skip(WITHOUT)
    with psycopg.connect(url, autocommit=False) as connection:
        connection.execute(OWNER_OF_THE_TOWN)
        connection.commit()
        yield connection
        connection.rollback()


def writes_wait(takings: psycopg.Connection[tuple[int]]) -> bool:
    found = takings.execute(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'frontdesk_offlinetaking'::regclass"
    ).fetchone()
    return found is not None and found[0] > 0


def received(takings: psycopg.Connection[tuple[int]], slips: list[str]) -> list[int]:
    rows = [
        takings.execute(
            "SELECT count(*) FROM frontdesk_offlinetaking WHERE provisional = %s", [slip]
        ).fetchone()
        for slip in slips
    ]
    takings.rollback()
    return [row[0] if row else 0 for row in rows]


def amal_at(browser: Browser, web: Web) -> Page:
    context = browser.new_context(locale="ar-PS", base_url=web.address)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", "amal")
    page.fill("[name=password]", PASSWORD)
    page.click("form .btn-main")
    page.wait_for_selector(".topbar")
    return page


def test_a_server_killed_while_it_writes_leaves_exactly_one_of_each(
    chromium: Browser, web: Web, takings: psycopg.Connection[tuple[int]]
) -> None:
    page = amal_at(chromium, web)
    made_ready(page)
    page.context.set_offline(True)
    families = [family() for _ in range(3)]
    slips = [take(page, name, id_number=number()) for name in families[:1]]
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(lambda: left(page) == 0, "the first request to be received")
    page.context.set_offline(True)
    slips += [take(page, name, id_number=number()) for name in families[1:]]
    assert left(page) == 2

    takings.execute("LOCK TABLE frontdesk_offlinetaking IN SHARE MODE")
    page.context.set_offline(False)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    until(lambda: writes_wait(takings), "the second request to be written up to its last line")
    web.kill()
    takings.rollback()
    assert received(takings, slips) == [1, 0, 0], "what was not committed is not there"
    assert left(page) == 2, "what the server did not confirm is kept"

    web.start()
    page.goto(f"{OFFLINE}#outbox")
    send = page.get_by_role("button", name="أرسل الآن")

    def sent() -> bool:
        if left(page) and send.count():
            # The page sends by itself, too: the button may go between the look and the click.
            with suppress(PlaywrightTimeout):
                send.click(timeout=2_000)
        page.wait_for_timeout(500)
        return left(page) == 0

    until(sent, "the outbox to be empty")
    expect(page.locator("[data-record]")).to_have_count(0)
    assert received(takings, slips) == [1, 1, 1]
    for name in families:
        assert requests_of(page, name) == 1
    page.context.close()
