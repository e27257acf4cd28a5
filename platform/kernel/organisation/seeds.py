"""What a new municipality starts with: the usual sections of its region and the roles of its modules.

The sections follow the departments that municipalities really have; each may rename, move or close them.
The codes are the same in both regions, so that service definitions find their sections in either.
"""

from __future__ import annotations

import csv
from pathlib import Path

from kernel.audit.recording import recorded
from kernel.organisation.models import Role, Section, SectionKind
from kernel.organisation.services.templates import role_of, role_templates
from kernel.profile.models import Kind, Profile
from kernel.viewer import Viewer

DATA = Path(__file__).parent / "data"


def seed_organisation(profile: Profile) -> None:
    """Sections where there are none, and role templates whose code is not there yet: rerunnable.

    Later no section is added: how a municipality is organised, it decides itself.
    """
    with recorded(by=Viewer.system("seeds")):
        if profile.kind == Kind.HUB:
            _seed_programme()
        elif not Section.objects.exists():
            _seed_sections(DATA / f"sections_{profile.dialect}.csv")
        seed_roles()


def seed_roles() -> list[Role]:
    """A copy of each role template that this municipality has no role for yet."""
    there = set(Role.objects.values_list("code", flat=True))
    missing = [role_of(one) for one in role_templates() if one.code not in there]
    return Role.objects.bulk_create(missing)


def _seed_programme() -> None:
    Section.objects.get_or_create(
        code="programme",
        defaults={
            "name_ar": "إدارة البرنامج",
            "name_en": "Programme",
            "kind": SectionKind.OFFICE,
        },
    )


def _seed_sections(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    there: dict[str, Section] = {}
    waiting = list(enumerate(rows, start=1))
    while waiting:
        ready = [one for one in waiting if not one[1]["parent"] or one[1]["parent"] in there]
        if not ready:
            raise ValueError(f"{path.name}: no section above {waiting[0][1]['code']!r}")
        made = Section.objects.bulk_create(
            Section(
                code=row["code"],
                parent=there[row["parent"]] if row["parent"] else None,
                kind=row["kind"],
                name_ar=row["name_ar"],
                name_en=row["name_en"],
                position=position * 10,
            )
            for position, row in ready
        )
        there |= {section.code: section for section in made}
        waiting = [one for one in waiting if one[1]["code"] not in there]
