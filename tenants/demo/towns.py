"""Make the showcase towns and fill them with synthetic people, staff, and what the modules add."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.db import transaction

from kernel import registry
from kernel.activation.services import active_codes
from kernel.identity.models import User
from kernel.identity.services import create_user
from kernel.organisation.models import Role
from kernel.organisation.selectors import role_by_code, section_by_code
from kernel.organisation.services import assign
from kernel.parties.models import Party
from kernel.parties.services import register_organisation, register_person
from kernel.places.facts import LandUnitFacts
from kernel.places.holdings import record_holding
from kernel.places.services import register_land_unit, register_neighbourhood
from kernel.tenancy import HUB, use, use_shared
from kernel.viewer import Viewer
from tenants.demo.names import draw
from tenants.demo.staff import PASSWORD, STAFF, Seat
from tenants.models import Municipality
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.release import Progress


@dataclass(frozen=True)
class Showcase:
    name: str
    schema: str
    people: int


SHOWCASE = (
    Showcase("خان يونس", "khanyounis", 400),
    Showcase("نابلس", "nablus", 300),
    Showcase("بيت جالا", "beitjala", 80),
)
COMPANIES = (
    ("شركة النخيل للمقاولات العامة", "562100417"),
    ("مخبز الوفاء الآلي", "562100425"),
    ("صيدلية الشفاء", "562100433"),
    ("شركة البيدر للتجارة", "562100441"),
)


def make_showcase(*, progress: Progress = lambda line: None, domain: str = "localhost") -> None:
    """The three showcase towns and the hub's accounts, each only where it is missing."""
    with use_shared():
        there = set(Municipality.objects.values_list("schema_name", flat=True))
    _staff_the_hub()
    for one in SHOWCASE:
        if one.schema in there:
            continue
        progress(f"{one.schema}: made from the register")
        create_municipality(
            Plan(
                row=find(one.name),
                schema=one.schema,
                hosts=(f"{one.schema}.{domain}",),
                is_demo=True,
            ),
            by=_by(),
        )
        people_town(one.schema, people=one.people, progress=progress)


def people_town(schema: str, *, people: int = 60, progress: Progress = lambda line: None) -> None:
    """Staff, people and each module's demonstration, in one transaction: a town is never half peopled."""
    with use(schema), transaction.atomic():
        for seat in STAFF:
            _seat(seat)
        progress(f"{schema}: {people} synthetic people")
        _give_land(schema, _register_people(schema, people))
        active = active_codes()
        for module in registry.modules():
            for dotted in module.demo if module.code in active else ():
                progress(f"{schema}: {dotted.rsplit('.', 1)[0]}")
                registry.load(dotted)()


def _by() -> Viewer:
    return Viewer.system("demonstration", channel="command")


def _seat(seat: Seat) -> User:
    by = _by()
    user = create_user(
        seat.username,
        name_ar=seat.name_ar,
        name_en=seat.name_en,
        password=PASSWORD,
        is_demo=True,
        by=by,
    )
    roles = Role.objects.filter(code__in=seat.roles)  # those of modules that are off are not there
    for role in roles:
        assign(user, section=section_by_code(seat.section), role=role, by=by)
    return user


def _staff_the_hub() -> None:
    with use(HUB), transaction.atomic():
        for username, name_ar, name_en, role in (
            ("operator", "مشغّل المنصة", "Operator", "operator"),
            ("coordinator", "منسقة البرنامج", "Coordinator", "coordinator"),
        ):
            if User.objects.filter(username=username).exists():
                continue
            user = create_user(
                username,
                name_ar=name_ar,
                name_en=name_en,
                password=PASSWORD,
                is_demo=True,
                by=_by(),
            )
            assign(user, section=section_by_code("programme"), role=role_by_code(role), by=_by())


def _register_people(schema: str, how_many: int) -> list[Party]:
    by = _by()
    people = [
        register_person(
            by=by,
            given_name=one.first,
            father_name=one.father,
            grandfather_name=one.grandfather,
            family_name=one.family,
            gender=one.gender,
            id_number=one.id_number,
            birth_date=one.born_on,
            phones=[one.phone],
            current_address={"street": one.street, "neighbourhood": quarter_of(one.street)},
        )
        for one in draw(schema, how_many)
    ]
    for name, number in COMPANIES:
        people.append(
            register_organisation(by=by, registered_name=name, id_kind="company", id_number=number)
        )
    return people


QUARTERS = ("حي المدارس", "حي السوق", "حي البلدة القديمة", "حي الأمل", "حي الكروم")


def quarter_of(street: str) -> str:
    """A street lies in one quarter, whoever lives in it."""
    return QUARTERS[sum(map(ord, street)) % len(QUARTERS)]


def _give_land(schema: str, people: list[Party]) -> None:
    """A parcel for every second person, some of them shared by two."""
    by = _by()
    for quarter in QUARTERS:
        register_neighbourhood(name_ar=quarter, by=by)
    dice = random.Random(f"land-{schema}")  # noqa: S311  demonstration, not secrets
    for number, owner in enumerate(people[::2]):
        unit = register_land_unit(
            LandUnitFacts(
                block_no=str(640 + number // 25),
                parcel_no=str(number % 25 + 1),
                kind="settled",
                area_m2=Decimal(dice.randrange(180, 1400)),
            ),
            by=by,
        )
        if number % 5 == 0 and number * 2 + 1 < len(people):
            record_holding(owner, unit, relation="owner", share=Fraction(1, 2), by=by)
            record_holding(
                people[number * 2 + 1], unit, relation="owner", share=Fraction(1, 2), by=by
            )
        else:
            record_holding(owner, unit, relation="owner", by=by)
