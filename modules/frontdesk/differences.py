"""What differs between two versions of a service, line by line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from kernel.errors import Sentence

PARTS: Mapping[str, Sentence] = {
    "title": _("Title"),
    "group": _("Group"),
    "summary": _("Summary"),
    "audience": _("For whom"),
    "days": _("Working days"),
    "days_text": _("Days in words"),
    "fee_text": _("Fee in words"),
    "result": _("The citizen leaves with"),
    "applicant": _("Applicant"),
    "place": _("Parcel"),
    "online": _("On the web"),
    "sections": _("Parts of the form"),
    "fields": _("Questions"),
    "papers": _("Papers"),
    "fees": _("Fees"),
    "route": _("Route"),
    "gates": _("Gates"),
    "output": _("Document"),
    "messages": _("Messages"),
}

WORDS: Mapping[str, Sentence] = {
    "stage": _("Stage"),
    "title": _("Title"),
    "label": _("Title"),
    "ar": _("In Arabic"),
    "en": _("In English"),
    "code": _("Code"),
    "days": _("Working days"),
    "kind": _("Kind"),
    "section": _("Section"),
    "role": _("Role"),
    "done_if": _("Needed only if"),
    "shown_if": _("Asked only if"),
    "asked_if": _("Asked only if"),
    "charged_if": _("Charged only if"),
    "required": _("Must be answered"),
    "need": _("Needed"),
    "choices": _("Choices"),
    "columns": _("Columns"),
    "fields": _("Questions"),
    "decides": _("Decides: approves or rejects"),
    "visit": _("With a visit and photos"),
    "escalate_to": _("Told when it is late"),
    "legal_basis": _("Legal basis"),
    "substitutes": _("Accepted instead"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "bands": _("Bands"),
}
"""Names of what items have; codes of a town's own items stay as they are."""


@dataclass(frozen=True)
class Difference:
    """One thing that is new, gone or changed; `where` is the path below its part."""

    part: str
    where: str
    kind: Literal["new", "gone", "changed"]
    before: str = ""
    after: str = ""

    @property
    def part_words(self) -> str:
        return str(PARTS.get(self.part, self.part))

    @property
    def steps_there(self) -> list[str]:
        """The path in words, a name for each step down."""
        return [str(WORDS.get(one, one)) for one in self.where.split(".") if one]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every difference of two definitions as JSON. Items of lists are known by their codes, not by their places.

    A step is known by its code in whichever stage: where one is put in between, those behind it change their stage alone.
    """
    found = []
    for part in PARTS:
        old = dict(_flat(_by_code(part, before.get(part))))
        new = dict(_flat(_by_code(part, after.get(part))))
        for where in [*old, *(one for one in new if one not in old)]:
            if where not in new:
                found.append(Difference(part, where, "gone", before=old[where]))
            elif where not in old:
                found.append(Difference(part, where, "new", after=new[where]))
            elif old[where] != new[where]:
                found.append(Difference(part, where, "changed", old[where], new[where]))
    return found


def _by_code(part: str, value: Any) -> Any:
    if part != "route":
        return value
    return [
        {**step, "stage": number}
        for number, stage in enumerate(value or (), 1)
        for step in stage.get("steps", ())
    ]


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            name = inner.get("code", number) if isinstance(inner, Mapping) else number
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, bool):
        yield path, str(_("yes") if value else _("no"))
    elif value not in (None, ""):
        yield path, str(value)
