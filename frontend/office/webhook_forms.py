"""What is asked for a webhook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from frontend.forms import DeskForm, TextField


class WebhookForm(DeskForm):
    key = forms.ChoiceField(
        label=_("Programme"),
        help_text=_("It is told only of what its key could read, as long as the key is good."),
    )
    url = TextField(
        label=_("Address"),
        max_length=500,
        help_text=_("An https address on the open internet. Nothing but ids is sent to it."),
    )
    types = forms.MultipleChoiceField(label=_("Told of"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self,
        *args: Any,
        types: Sequence[tuple[str, str, str]],
        keys: Sequence[tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].widget.attrs |= {"dir": "ltr", "inputmode": "url"}
        by_module: dict[str, list[tuple[str, str]]] = {}
        for module, code, title in types:
            by_module.setdefault(module, []).append((code, title))
        self.fields["types"].choices = list(by_module.items())  # type: ignore[attr-defined]
        if keys is None:
            del self.fields["key"]
        else:
            self.fields["key"].choices = list(keys)  # type: ignore[attr-defined]
