"""The form that every page of the house uses."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from kernel.errors import InvalidInput, Refusal
from kernel.text import normalise_digits


class DeskForm(forms.Form):
    """A form that forgives how people type, and keeps what they typed when the house refuses.

    Arabic-Indic digits become 0-9 in every field but free text (`keep_digits`); text is trimmed. A refusal of a
    service is shown at the field that it names (`add_refusal`), so the page comes back whole with status 422.
    """

    # Long texts in which a person's own digits stay as written.
    keep_digits: frozenset[str] = frozenset()

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            _with_plain_digits(data, self.keep_digits) if data else data, *args, **kwargs
        )

    def add_refusal(self, refusal: Refusal) -> None:
        """Show a refusal: at its field when the form has it, else above the form. What was typed stays."""
        if isinstance(refusal, InvalidInput):
            errors = refusal.errors
        else:
            errors = {refusal.field or "": [str(refusal)]}
        for name, sentences in errors.items():
            target = name if name in self.fields else None
            for sentence in sentences:
                self.add_error(target, forms.ValidationError(sentence, code=refusal.code))

    def complain_later(self) -> None:
        """Show what was typed without complaints: something else is asked about first."""
        self._errors = ErrorDict()

    @property
    def status(self) -> int:
        """200 for a fresh form, 422 for one that came back with errors: `render(..., status=form.status)`."""
        return 422 if self.is_bound and self.errors else 200


def _with_plain_digits(data: Any, keep: frozenset[str]) -> Any:
    if not isinstance(data, QueryDict):
        plain = {
            k: normalise_digits(v) if isinstance(v, str) and k not in keep else v
            for k, v in data.items()
        }
        return MultiValueDict({k: v if isinstance(v, list) else [v] for k, v in plain.items()})
    clean = data.copy()
    for name, values in data.lists():
        if name not in keep:
            clean.setlist(
                name,
                [normalise_digits(value) if isinstance(value, str) else value for value in values],
            )
    return clean
