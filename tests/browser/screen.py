"""A window with what a test asks of it: going somewhere, being looked at, being measured."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

from playwright.sync_api import ConsoleMessage, Page, Request, Response

ROOT = Path(__file__).resolve().parents[2]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Viewport:
    width: int
    height: int
    name: str


DESKTOP = Viewport(1366, 768, "1366")
PHONE = Viewport(390, 844, "390")


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
MEASURE = """async () => {
  const root = document.documentElement;
  const arabic = /[\\u0600-\\u06FF]/;
  const spaced = [], turned = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some(one => one.nodeType === 3 && arabic.test(one.data));
    if (own && !['normal', '0px'].includes(getComputedStyle(node).letterSpacing)) spaced.push(node.outerHTML.slice(0, 120));
  }
  for (const node of document.querySelectorAll('.ltr')) {
    if (getComputedStyle(node).direction !== 'ltr') turned.push(node.outerHTML.slice(0, 120));
  }
  const nav = document.querySelector('.sidenav');
  const box = nav && getComputedStyle(nav).display !== 'none' ? nav.getBoundingClientRect() : null;
  const wide = [];
  if (root.scrollWidth > root.clientWidth) {
    for (const node of document.querySelectorAll('body *')) {
      const at = node.getBoundingClientRect();
      if (at.width && (at.left < -1 || at.right > root.clientWidth + 1)) wide.push(node.outerHTML.slice(0, 140));
    }
  }
  const uses = [...document.querySelectorAll('svg use')].map(one => one.getAttribute('href').split('#'));
  const drawn = uses.length ? await fetch(uses[0][0]).then(answer => answer.text()) : '';
  const blank = uses.map(([, name]) => name).filter(name => !drawn.includes(`id="${name}"`));
  return {
    dir: root.dir, lang: root.lang, overflow: root.scrollWidth - root.clientWidth, wide: wide.slice(0, 3),
    blank, spaced: spaced.slice(0, 3), turned: turned.slice(0, 3), headings: document.querySelectorAll('h1').length,
    title: document.title, nav: box && { left: box.left, right: box.right }, width: root.clientWidth,
  };
}"""


AT_REST = """() => new Promise(done => setTimeout(
  () => done(!document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')), 30))"""
PATIENCE = 15


class Screen:
    """One window of one person."""

    def __init__(self, page: Page, shelf: Path) -> None:
        self.page = page
        self.shelf = shelf
        self.faults: list[str] = []
        self.expected: list[re.Pattern[str]] = []
        self._asked: set[Request] = set()
        page.on("request", lambda one: self._asked.add(one))
        page.on("requestfinished", lambda one: self._asked.discard(one))
        page.on("requestfailed", lambda one: self._asked.discard(one))
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(one.search(message.text) for one in self.expected):
            self.faults.append(
                f"{self.page.url}: {message.text} ({message.location.get('url', '')})"
            )

    def expect_error(self, pattern: str) -> None:
        """An error that this test makes on purpose (a refused form answers 422, and the browser says so)."""
        self.expected.append(re.compile(pattern))

    def log_in(self, username: str, password: str) -> None:
        self.page.goto("/accounts/login/")
        self.page.get_by_label("اسم المستخدم").fill(username)
        self.page.get_by_label("كلمة المرور").fill(password)
        self.page.get_by_role("button", name="دخول", exact=False).first.click()
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)

    def open(self, address: str) -> Response | None:
        self._asked.clear()
        answer = self.page.goto(address)
        self._come_to_rest()
        return answer

    def _come_to_rest(self) -> None:
        """Until a loaded page has got whatever its scripts asked for, and put it in its place; twice seen."""
        seen, give_up = 0, monotonic() + PATIENCE
        while seen < 2:
            seen = seen + 1 if self.page.evaluate(AT_REST) and not self._asked else 0
            assert monotonic() < give_up, f"{self.page.url} still asks: {self._asked}"

    def settle(self) -> None:
        """After a key or a click: until nothing more is asked of the server."""
        self.page.wait_for_load_state("networkidle")

    def picture(self, name: str, *, full: bool = True) -> Path:
        """A picture for looking at, under var/screenshots."""
        self.shelf.mkdir(parents=True, exist_ok=True)
        path = self.shelf / f"{name}.png"
        self.page.screenshot(path=path, full_page=full, animations="disabled")
        return path

    def resize(self, viewport: Viewport) -> None:
        """The new size, and what the page's scripts make of it before the next picture is drawn."""
        self.page.set_viewport_size({"width": viewport.width, "height": viewport.height})
        self.page.evaluate(DRAWN)

    def theme(self, name: str) -> None:
        self.page.evaluate(
            "name => document.documentElement.setAttribute('data-bs-theme', name)", name
        )

    def measured(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(MEASURE)
        return found

    def barriers(self, *, rules: list[str] | None = None) -> list[str]:
        """What axe calls serious or critical, one line each."""
        self.page.evaluate(_axe())
        options: dict[str, Any] = {
            "runOnly": {"type": "tag", "values": AXE_TAGS},
            "resultTypes": ["violations"],
        }
        if rules:
            options["runOnly"] = {"type": "rule", "values": rules}
        found = self.page.evaluate(
            "options => axe.run(document, options).then(done => done.violations)", options
        )
        return [
            f"{one['id']} ({one['impact']}): {node['html'][:160]} — {(node.get('failureSummary') or '').splitlines()[-1:]}"
            for one in found
            if one["impact"] in {"serious", "critical"}
            for node in one["nodes"][:3]
        ]
