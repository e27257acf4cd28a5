"""What the stories of the front desk begin with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kernel.files.models import StoredFile
from kernel.files.services import store_file
from kernel.parties.models import Party
from kernel.parties.services import register_person
from kernel.places.facts import LandUnitFacts
from kernel.places.models import LandUnit
from kernel.places.services import register_land_unit
from kernel.viewer import Viewer
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.services import Persons, attach_paper, open_draft, submit_request

PETITION = {"subject": "إنارة شارع 41", "details": "الشارع معتم منذ شهر."}
CLEARANCE = {"purpose": "land_registry"}
COMPLAINT = {
    "category": "waste",
    "description": "حاوية ممتلئة منذ أسبوع.",
    "location": "حي الأمل، شارع 5",
}
PLANNING = {"intended_use": "residential", "area_m2": "500"}


def citizen(
    *, by: Viewer, id_number: str = "401234562", given_name: str = "نور", **facts: Any
) -> Party:
    """A person of the town with a telephone."""
    return register_person(
        given_name=given_name,
        father_name="خليل",
        grandfather_name="محمد",
        family_name="الأسطل",
        id_number=id_number,
        phones=["0599123456"],
        by=by,
        **facts,
    )


def parcel(*, by: Viewer, block_no: str = "643", parcel_no: str = "15") -> LandUnit:
    return register_land_unit(
        LandUnitFacts(block_no=block_no, parcel_no=parcel_no, area_m2=500), by=by
    )


def scan(by: Viewer, name: str = "هوية.png", *, shade: int = 200) -> StoredFile:
    """A small real picture, each shade another content."""
    return store_file(png(shade), name, by)


def png(shade: int = 200) -> bytes:
    import io

    from PIL import Image

    picture = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(picture, "PNG")
    return picture.getvalue()


def draft(
    service: str, *, by: Viewer, applicant: Party | None = None, answers: Any = None, **more: Any
) -> Request:
    """A draft with its answers, and the identity card where the service asks for one."""
    persons = Persons(
        applicant=applicant, **{k: more.pop(k) for k in list(more) if k in Persons.__annotations__}
    )
    made = open_draft(service, persons=persons, answers=answers or {}, by=by, **more)
    if made.design.requirement("identity_card"):
        attach_paper(made.uid, requirement="identity_card", file=scan(by), by=by)
    return made


def submitted(
    service: str, *, by: Viewer, applicant: Party | None = None, answers: Any = None, **more: Any
) -> Request:
    """A request that passed its gates."""
    made = draft(service, by=by, applicant=applicant, answers=answers, **more)
    done = submit_request(made.uid, by=by)
    assert done.accepted, [gate.sentence for gate in done.gates]
    return done.request


def step(request: Request, code: str) -> RequestStep:
    """The newest round of a step, fresh from the database."""
    found = RequestStep.objects.filter(request=request, code=code).order_by("-round").first()
    assert found is not None, code
    found.request = request
    return found


def fresh(request: Request) -> Request:
    return Request.objects.select_related("service_version__service").get(pk=request.pk)


def typed_rows(name: str, *rows: Mapping[str, Any]) -> dict[str, Any]:
    """What a browser sends of rows of fields."""
    return {
        f"{name}-{number}-{part}": "on" if value is True else value
        for number, row in enumerate(rows)
        for part, value in row.items()
        if value is not False
    }
