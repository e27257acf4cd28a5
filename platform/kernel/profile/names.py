"""How a municipality is called in full: «بلدية خان يونس» on its papers, its pages and in its mails."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kernel.profile.models import Kind, Profile

_PATTERNS: dict[str, str | Promise] = {
    Kind.MUNICIPALITY: _("Municipality of %(name)s"),
    Kind.VILLAGE_COUNCIL: _("Village council of %(name)s"),
    Kind.JOINT_COUNCIL: _("Joint services council of %(name)s"),
}
_NAMED_IN_FULL = ("بلدية ", "مجلس ", "هيئة ", "Municipality", "Council", "council", "municipality")


def full_name(town: Profile) -> str:
    """In the reader's language; a name that already says what it is stays as it was entered."""
    return _full(town.name, town.kind)


def full_names(town: Profile) -> tuple[str, str]:
    """In Arabic and in English, whoever reads: a letterhead carries both. No English name, none made."""
    with override("ar"):
        arabic = _full(town.name_ar, town.kind)
    with override("en"):
        return arabic, _full(town.name_en, town.kind) if town.name_en else ""


def own_letter(town: Profile) -> str:
    """The first letter of the town's own name, where it has no emblem yet: خ of «بلدية خان يونس»."""
    bare = town.name
    for prefix in ("بلدية ", "مجلس قروي ", "ال"):
        bare = bare.removeprefix(prefix)
    return bare[:1]


def _full(name: str, kind: str) -> str:
    if kind not in _PATTERNS or any(word in name for word in _NAMED_IN_FULL):
        return name
    return str(_PATTERNS[kind]) % {"name": name}
