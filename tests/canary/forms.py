"""Filling in what a page or the API's document asks for, with the town's own mark in every text."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_NOT_TYPED = frozenset({"submit", "button", "image", "reset", "file"})


class Form:
    """One form of a page: where it leads and what would be sent if somebody typed into every field."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, list[str]] = {}


class _Reader(HTMLParser):
    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._list = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = None
            if said.get("method", "").lower() == "post":
                self._form = Form(said.get("action", ""))
                self.forms.append(self._form)
        elif self._form is not None and tag in {"input", "textarea", "select"}:
            self._field(tag, said)
        elif self._form is not None and tag == "option" and self._list:
            self._form.fields.setdefault(self._list, [said["value"]] if said.get("value") else [])
            if not self._form.fields[self._list]:
                del self._form.fields[self._list]

    def _field(self, tag: str, said: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = said.get("name", ""), said.get("type", "text")
        self._list = name if tag == "select" else ""
        if not name or kind in _NOT_TYPED or tag == "select":
            return
        if kind in {"radio", "checkbox"}:
            self._form.fields.setdefault(name, [said.get("value", "on")])
        else:
            self._form.fields[name] = [said.get("value") or self._typed(name)]

    def _typed(self, name: str) -> str:
        if "amount" in name or "share" in name or "number" in name:
            return "1"
        if name.endswith(("_on", "date")) or name in {"since", "until", "day"}:
            return "04/01/2026"
        return f"نص {self.mark}"

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._list = ""


def forms_of(page: str, *, mark: str) -> list[Form]:
    """The forms of a page that send something, filled in."""
    reader = _Reader(mark)
    reader.feed(page)
    return reader.forms


def body_for(document: dict[str, Any], path: str, method: str, *, mark: str) -> dict[str, Any]:
    """A body as the API's own document describes it, for the path and method; empty where it names none."""
    asked = document["paths"].get(path, {}).get(method, {}).get("requestBody", {})
    content = asked.get("content", {}).get("application/json", {})
    made = _sample(document, content.get("schema", {}), mark)
    return made if isinstance(made, dict) else {}


def _sample(document: dict[str, Any], schema: dict[str, Any], mark: str, depth: int = 0) -> Any:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return _sample(document, document["components"]["schemas"][name], mark, depth)
    for choice in ("allOf", "oneOf", "anyOf"):
        if choice in schema:
            return _sample(document, schema[choice][0], mark, depth)
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object" and depth < 4:
        parts = schema.get("properties", {}).items()
        return {name: _sample(document, part, mark, depth + 1) for name, part in parts}
    if kind == "array" and depth < 4:
        return [_sample(document, schema.get("items", {}), mark, depth + 1)]
    if kind in {"integer", "number"}:
        return 1
    if kind == "boolean":
        return False
    return {
        "date": "2026-01-04",
        "uuid": "01890000-0000-7000-8000-000000000000",
        "decimal": "1.00",
    }.get(schema.get("format", ""), f"نص {mark}")
