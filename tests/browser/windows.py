"""`screen("amal")`: a window of Amal's, logged in. What the browser itself calls an error fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from tenants.demo.staff import PASSWORD
from tests.browser.screen import DESKTOP, Screen, Viewport

SCREENSHOTS = Path(__file__).parents[2] / "var" / "screenshots"


@pytest.fixture(scope="session")
def kept_logins() -> dict[str, Any]:
    """Each person logs in once; later windows take the cookie."""
    return {}


@pytest.fixture
def screen(
    chromium: Browser, address: str, kept_logins: dict[str, Any]
) -> Iterator[Callable[..., Screen]]:
    """`screen()` is a citizen's window; `fresh=True` logs in anew, for a test that ends the session."""
    port = address.rsplit(":", 1)[1]
    opened: list[tuple[BrowserContext, Screen]] = []

    def open_window(
        username: str = "",
        *,
        host: str = "khanyounis.localhost",
        viewport: Viewport = DESKTOP,
        fresh: bool = False,
        **more: Any,
    ) -> Screen:
        kept = None if fresh else kept_logins.get(f"{username}@{host}")
        context = chromium.new_context(
            viewport={"width": viewport.width, "height": viewport.height},
            locale="ar-PS",
            timezone_id="Asia/Hebron",
            storage_state=kept,
            base_url=f"http://{host}:{port}",
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(15_000)
        window = Screen(context.new_page(), SCREENSHOTS)
        opened.append((context, window))
        if username and kept is None:
            window.log_in(username, PASSWORD)
            if not fresh:
                kept_logins[f"{username}@{host}"] = context.storage_state()
        return window

    yield open_window
    faults = [fault for _context, window in opened for fault in window.faults]
    for context, _window in opened:
        context.close()
    assert not faults, "\n".join(faults)
