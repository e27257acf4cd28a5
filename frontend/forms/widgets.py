"""Inputs of ours: codes written left to right, and the person chosen while typing."""

from __future__ import annotations

from typing import Any

from django import forms


class CodeInput(forms.TextInput):
    """A number, phone, date or code: left to right, no spelling help."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"dir": "ltr", "autocomplete": "off", "spellcheck": "false", **(attrs or {})}
        )


class PartyInput(forms.TextInput):
    """A search box whose choice is kept in a hidden input; `chosen` may be set to a party to show its name."""

    template_name = "frontend/widgets/party.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"autocomplete": "off", "spellcheck": "false", "dir": "auto", **(attrs or {})}
        )
        self.chosen: Any = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """The choice; without the script, which keeps it, what was typed into the box itself."""
        return data.get(name) or data.get(f"{name}_text")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["chosen"] = self.chosen
        return context
