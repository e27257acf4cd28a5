"""Refusals: what the house says when it will not do a thing.

A refusal is a class with a stable code, a translated sentence and the facts as attributes. Services raise
refusals; `api` turns them into problems (RFC 9457) and `frontend` into pages. Nothing here knows HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class Refusal(Exception):
    """The house will not do this, now. `str(refusal)` is the sentence in the reader's language.

    Subclasses give `code` (stable, never translated) and `sentence` (with `%(fact)s` places); whoever
    raises gives the facts by keyword. `field` names the input that is concerned, when there is one.
    """

    code: ClassVar[str] = "refused"
    sentence: ClassVar[Sentence] = _("This cannot be done now.")
    field: str | None = None

    def __init__(self, *, field: str | None = None, **facts: Any) -> None:
        if field is not None:
            self.field = field
        self.facts = facts
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.sentence)
        told = {
            name: f"{fact:%d/%m/%Y}" if type(fact) is date else fact
            for name, fact in self.facts.items()
        }
        return text % told if told else text


class InvalidInput(Refusal):
    """What was typed cannot be accepted. `errors` gives sentences by field; "" is the whole form."""

    code = "invalid_input"
    sentence = _("Some of what was entered needs correcting.")

    def __init__(
        self,
        errors: Mapping[str, Sequence[Sentence]] | None = None,
        *,
        field: str | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(field=field, **facts)
        self._errors = errors

    @property
    def errors(self) -> dict[str, list[str]]:
        if self._errors is not None:
            return {name: [str(one) for one in many] for name, many in self._errors.items()}
        return {self.field or "": [str(self)]}


class Conflict(Refusal):
    """Somebody else did something first; the reader must look again."""

    code = "conflict"
    sentence = _("Somebody else changed this in the meantime. Look at it again before you go on.")


class Stale(Conflict):
    """The version that the writer saw is no longer the newest."""

    code = "stale"


class NotPermitted(Refusal):
    """The reader may know that it exists, but lacks the permission; the sentence names it."""

    code = "not_permitted"
    sentence = _("You need the permission “%(permission)s” for this. Ask your administrator.")


class NotVisible(Refusal):
    """Not the reader's to see, or not there at all: never says which."""

    code = "not_found"
    sentence = _("Nothing was found here.")


class TooMany(Refusal):
    """Asked too often."""

    code = "too_many"
    sentence = _("Too many tries. Wait a little and try again.")


class Unavailable(Refusal):
    """A part that is needed does not answer; nothing was written."""

    code = "unavailable"
    sentence = _("A part of the system does not answer just now. Nothing was lost; try again.")
