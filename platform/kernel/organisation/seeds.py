"""What a new municipality starts with: the usual sections of its region and the roles of its modules.

The sections follow the departments that municipalities really have; each may rename, move or close them.
The codes are the same in both regions, so that service definitions find their sections in either.
"""

from __future__ import annotations

import csv
from pathlib import Path

from kernel import registry
from kernel.audit.recording import recorded
from kernel.organisation.models import Role, Section, SectionKind
from kernel.profile.models import Kind, Profile
from kernel.viewer import Viewer

DATA = Path(__file__).parent / "data"


def seed_organisation(profile: Profile) -> None:
    """Sections and role templates, each only where its code is not there yet: rerunnable."""
    with recorded(by=Viewer.system("seeds")):
        if profile.kind == Kind.HUB:
            _seed_programme()
        else:
            _seed_sections(DATA / f"sections_{profile.dialect}.csv")
        seed_roles()


def seed_roles() -> list[Role]:
    """A copy of each role template that this municipality has no role for yet."""
    there = set(Role.objects.values_list("code", flat=True))
    missing = [
        Role(
            code=template.code,
            name_ar=template.title_ar,
            name_en=template.title_en,
            permissions=sorted(template.permissions),
            is_template=True,
        )
        for module in registry.modules()
        for template in module.roles
        if template.code not in there
    ]
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
    there = {section.code: section for section in Section.objects.all()}
    waiting = [(at, row) for at, row in enumerate(rows, start=1) if row["code"] not in there]
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
