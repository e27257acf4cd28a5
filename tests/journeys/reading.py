"""A page as a person with a keyboard sees it: forms with what stands in them, buttons, links, words.

A form is sent with everything that the page put into it, hidden parts and pre-filled answers included, so a template
that forgets a field fails the journey as it would fail the clerk.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

_SILENT = {"script", "style", "template", "svg"}
_SPACE = re.compile(r"\s+")


@dataclass
class Form:
    """One form with what stands in it now."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def add(self, name: str, value: str) -> None:
        self.fields.setdefault(name, []).append(value)


@dataclass
class Page:
    """What came back."""

    url: str
    status: int
    text: str = ""
    title: str = ""
    language: str = ""
    direction: str = ""
    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def form(self, *, having: str = "", action: str = "") -> Form:
        """The form with that field, or that leads to that address (its end)."""
        found = [
            one
            for one in self.forms
            if (not having or having in one.names) and (not action or one.action.endswith(action))
        ]
        assert found, (
            f"{self.url} has no form with {having or action}: {[(one.action, sorted(one.names)) for one in self.forms]}"
        )
        return found[0]

    def link(self, *, end: str) -> str:
        """The address of a link, by how it ends."""
        found = [href for href, _words in self.links if href.split("?")[0].endswith(end)]
        assert found, f"{self.url} has no link to …{end}: {[href for href, _words in self.links]}"
        return found[0]


class _Reader(HTMLParser):
    """Fills a `Page`."""

    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.words: list[str] = []
        self.silent = 0
        self.form: Form | None = None
        self.select: tuple[str, bool] | None = None
        self.first_option: str | None = None
        self.chosen = False
        self.textarea: str | None = None
        self.inside: str = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        has = {name for name, _value in attrs}
        if tag == "html":
            self.page.language, self.page.direction = given.get("lang", ""), given.get("dir", "")
        elif tag in _SILENT:
            self.silent += 1
        elif tag == "title":
            self.inside = "title"
        elif tag == "a" and "href" in has:
            self.page.links.append((given["href"], ""))
        elif tag == "form":
            self.form = Form(
                urljoin(self.page.url, given.get("action", "")), given.get("method", "get").lower()
            )
            self.page.forms.append(self.form)
        elif self.form is not None and "disabled" not in has:
            self._field(tag, given, has, self.form)

    def _field(self, tag: str, given: dict[str, str], has: set[str], form: Form) -> None:
        name = given.get("name", "")
        if name and tag in {"input", "select", "textarea"}:
            form.names.add(name)
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"checkbox", "radio"}:
                if "checked" in has:
                    form.add(name, given.get("value", "on"))
            elif kind not in {"file", "submit", "button", "image"}:
                form.add(name, given.get("value", ""))
        elif tag == "button" and given.get("type", "submit") == "submit" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "select" and name:
            self.select, self.first_option, self.chosen = (name, "multiple" in has), None, False
        elif tag == "option" and self.select:
            value = given.get("value", "")
            self.first_option = value if self.first_option is None else self.first_option
            if "selected" in has:
                form.add(self.select[0], value)
                self.chosen = True
        elif tag == "textarea" and name:
            self.textarea = name
            form.add(name, "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self.silent -= 1
        elif tag == "title":
            self.inside = ""
        elif tag == "form":
            self.form = None
        elif tag == "select" and self.select and self.form is not None:
            if not self.chosen and not self.select[1] and self.first_option is not None:
                self.form.add(self.select[0], self.first_option)
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data: str) -> None:
        if self.inside == "title":
            self.page.title += data
        elif self.textarea and self.form is not None:
            self.form.fields[self.textarea][-1] += data
        elif not self.silent:
            self.words.append(data)


def read(url: str, status: int, body: bytes) -> Page:
    """The page that these bytes are."""
    page = Page(url, status, body=body)
    reader = _Reader(page)
    reader.feed(body.decode())
    page.text = _SPACE.sub(" ", " ".join(reader.words)).strip()
    page.title = _SPACE.sub(" ", page.title).strip()
    return page


class Browser:
    """A person at a browser: opens addresses, sends forms, follows where they lead."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def open(self, url: str, *, expect: int = 200) -> Page:
        return self._arrive(url, self.client.get(url), expect)

    def file(self, url: str) -> bytes:
        """The bytes of a paper."""
        answer = self.client.get(url)
        assert answer.status_code == 200, f"{url} answers {answer.status_code}"
        return answer.getvalue() if answer.streaming else answer.content

    def send(
        self,
        page: Page,
        *,
        having: str = "",
        action: str = "",
        button: tuple[str, str] | None = None,
        expect: int = 200,
        **typed: Any,
    ) -> Page:
        """Type into a form of the page and send it. `__` in a name stands for `-`; None takes a field out."""
        form = page.form(having=having, action=action)
        data: dict[str, Any] = dict(form.fields)
        for name, value in ((name.replace("__", "-"), value) for name, value in typed.items()):
            assert name in form.names, (
                f"{page.url}: the form has no field {name}, only {sorted(form.names)}"
            )
            if value is None:
                data.pop(name, None)
            else:
                data[name] = value
        if button:
            assert button in form.buttons, f"{page.url} has no button {button}, only {form.buttons}"
            data[button[0]] = button[1]
        return self._arrive(form.action, self.client.post(form.action, data), expect)

    def _arrive(self, url: str, answer: Any, expect: int) -> Page:
        for _hop in range(4):
            if answer.status_code not in {302, 303}:
                break
            url = urljoin(url, answer["Location"])
            answer = self.client.get(url)
        body = answer.getvalue() if answer.streaming else answer.content
        if not answer["Content-Type"].startswith("text/html"):
            return Page(url, answer.status_code, body=body)
        page = read(url, answer.status_code, body)
        assert answer.status_code == expect, (
            f"{url} answers {answer.status_code}: {page.text[:1500]}"
        )
        return page


def numbers_in(text: str, pattern: str) -> Iterator[str]:
    """Numbers of that shape in a page's words."""
    yield from re.findall(pattern, text)
