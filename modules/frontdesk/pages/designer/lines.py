"""Small lists typed as lines: one item a line, its parts between bars. Works by keyboard, pastes from a sheet.

residential | سكني | Residential
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kernel.text import normalise_digits

Line = dict[str, Any]


class LinesField(forms.CharField):
    """Text in lines, cleaned to a list of parts of the definition; a line that cannot be read is told by its number."""

    def __init__(
        self,
        *,
        read: Callable[[Sequence[str]], Line],
        write: Callable[[Mapping[str, Any]], Sequence[str]],
        least: int = 1,
        rows: int = 4,
        **kwargs: Any,
    ) -> None:
        self.read, self.write, self.least = read, write, least
        widget = forms.Textarea(attrs={"rows": rows, "dir": "auto", "spellcheck": "false"})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return "\n".join(" | ".join(self.write(one)).rstrip(" |") for one in value)
        return value

    def clean(self, value: Any) -> list[Line]:
        found, wrong = [], []
        for number, line in enumerate(str(super().clean(value) or "").splitlines(), 1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.replace("\t", "|").split("|")]
            if len(parts) < self.least or not parts[0]:
                wrong.append(_("Line %(number)s cannot be read.") % {"number": number})
                continue
            found.append(self.read([*parts, "", "", "", "", ""]))
        if wrong:
            raise forms.ValidationError(wrong)
        return found


def choices_field(**kwargs: Any) -> LinesField:
    return LinesField(
        read=lambda parts: {"code": parts[0], "label": words(parts[1] or parts[0], parts[2])},
        write=lambda one: (one["code"], *both(one.get("label"))),
        **kwargs,
    )


def columns_field(**kwargs: Any) -> LinesField:
    """code | kind | Arabic | English | needed"""
    return LinesField(
        read=lambda parts: {
            "code": parts[0],
            "kind": parts[1] or "text",
            "label": words(parts[2] or parts[0], parts[3]),
            **({"required": True} if parts[4] else {}),
        },
        write=lambda one: (
            one["code"],
            one.get("kind", "text"),
            *both(one.get("label")),
            "*" if one.get("required") else "",
        ),
        least=2,
        **kwargs,
    )


def bands_field(**kwargs: Any) -> LinesField:
    """up to | amount | for each unit above the band below; the last begins with a dash"""
    return LinesField(
        read=lambda parts: {
            "upto": "" if parts[0] in ("-", "—", "∞") else _number(parts[0]),
            "amount": _number(parts[1]) or "0",
            "rate": _number(parts[2]) or "0",
        },
        write=lambda one: (one.get("upto") or "—", one.get("amount", "0"), one.get("rate", "0")),
        **kwargs,
    )


def cells_field(**kwargs: Any) -> LinesField:
    """answer | amount"""
    return LinesField(
        read=lambda parts: {"answer": parts[0], "amount": _number(parts[1])},
        write=lambda one: (one["answer"], one["amount"]),
        least=2,
        **kwargs,
    )


class SubstitutesField(forms.CharField):
    """One set of substitutes a line, its papers joined by plus: title_deed + survey_plan."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"})
        super().__init__(required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return "\n".join(" + ".join(many) for many in value)
        return value

    def clean(self, value: Any) -> list[list[str]]:
        lines = str(super().clean(value) or "").splitlines()
        sets = [[one.strip() for one in line.split("+") if one.strip()] for line in lines]
        return [many for many in sets if many]


def words(ar: str, en: str = "") -> dict[str, str]:
    """The same words in both languages, as a definition keeps them."""
    return {"ar": ar.strip(), **({"en": en.strip()} if en.strip() else {})}


def both(raw: Any) -> tuple[str, str]:
    """Arabic and English of words in a definition."""
    if isinstance(raw, str):
        return raw, ""
    found = raw if isinstance(raw, Mapping) else {}
    return str(found.get("ar", "")), str(found.get("en", ""))


def _number(text: str) -> str:
    return normalise_digits(text).replace("٫", ".").replace("٬", "").replace(",", "").strip()
