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


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every difference of two definitions as JSON. Items of lists are known by their codes, not by their places."""
    found = []
    for part in PARTS:
        old = dict(_flat(before.get(part)))
        new = dict(_flat(after.get(part)))
        for where in [*old, *(one for one in new if one not in old)]:
            if where not in new:
                found.append(Difference(part, where, "gone", before=old[where]))
            elif where not in old:
                found.append(Difference(part, where, "new", after=new[where]))
            elif old[where] != new[where]:
                found.append(Difference(part, where, "changed", old[where], new[where]))
    return found


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for number, inner in enumerate(value, 1):
            name = inner.get("code", number) if isinstance(inner, Mapping) else number
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    elif value not in (None, ""):
        yield path, str(value)
