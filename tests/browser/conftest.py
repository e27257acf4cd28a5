"""Chromium at the product as `infra/up` serves it; `infra/test` starts both and names them in the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from xdist.scheduler import LoadScopeScheduling

from tenants.demo.staff import PASSWORD
from tests.browser.windows import kept_logins, screen  # noqa: F401  fixtures

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text
WITHOUT = "infra/test browser serves the product; BALADIYAT_PORT and CHROMIUM name it"


# With two processes (`--dist loadgroup`) these run beside the others. The others stay together: who types as Amal, takes
# Karim's money or reads a code in the outbox would disturb whoever does so too. The cut-off desk locks a table of its own.
BESIDE = {
    "test_everybody_can_use_it",
    "test_killed_while_sending",
    "test_offline_desk",
    "test_passkeys",
}


class Tables(LoadScopeScheduling):
    """Tests at one table are one after another in one process. (pytest-xdist 3.8 finds no groups of its own in pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        path, _, test = nodeid.partition("::")
        part = re.search(r"(\d+)\]$", test)
        if path.endswith("test_walk.py") and part:
            return f"walk-{part[1]}"
        return "beside" if Path(path).stem in BESIDE else "counter"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Tables | None:
    return Tables(config, log) if config.getoption("dist") == "loadgroup" else None


def pytest_itemcollected(item: pytest.Item) -> None:
    item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def address() -> str:
    port = os.environ.get("BALADIYAT_PORT")
    if not port:
        pytest.skip(WITHOUT)
    return f"http://khanyounis.localhost:{port}"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM")
    if not path:
        pytest.skip(WITHOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--host-resolver-rules=MAP *.localhost 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def window(chromium: Browser, address: str) -> Iterator[Callable[..., BrowserContext]]:
    """A clean browser window: `window(width=390)`, `window(theme="dark", language="en")`."""
    opened: list[BrowserContext] = []

    def make(
        *, width: int = 1366, height: int = 768, theme: str = "", language: str = ""
    ) -> BrowserContext:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="ar-PS", base_url=address
        )
        wanted = {"theme": theme, "django_language": language}
        context.add_cookies(
            [
                {"name": name, "value": value, "url": address}
                for name, value in wanted.items()
                if value
            ]
        )
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def desk(window: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """`desk("amal")`: Amal, logged in, at her first page; `desk("")` a visitor. A script that fails fails the test."""
    failed: list[str] = []

    def sit(username: str, **how: object) -> Page:
        page = window(**how).new_page()
        page.on("pageerror", lambda error: failed.append(str(error)))
        if not username:
            page.goto("/")
            return page
        page.goto("/accounts/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", PASSWORD)
        page.click("form .btn-main")
        page.wait_for_selector(".topbar")
        return page

    yield sit
    assert failed == [], "scripts of the page failed"


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Serious and critical faults of the page by WCAG 2.2 AA, each with the first place where it is."""
    source = AXE()

    def run(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']})"
        )
        assert found["passes"], "axe looked at nothing"
        return [
            f"{page.url}: {fault['id']} at {fault['nodes'][0]['target']}"
            for fault in found["violations"]
            if fault["impact"] in {"serious", "critical"}
        ]

    return run
