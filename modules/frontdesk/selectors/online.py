"""Requests from the web: for the citizen who holds the telephone, and for the desk that verifies them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from kernel.calendar.selectors import local_date, today
from kernel.parties.duplicates import Duplicate
from kernel.parties.models import Party
from kernel.parties.selectors import party_with_id_number, possible_duplicates
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    Channel,
    DeficiencyKind,
    GateCode,
    GateOutcome,
    IdentityMatch,
    OnlineState,
)
from modules.frontdesk.errors.online import NotOnline, OnlineNotFound
from modules.frontdesk.models import OnlineRequest, Request, ServiceVersion
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.catalogue import offered_version
from modules.frontdesk.selectors.gates import Gate, gates_of, paper_title
from modules.frontdesk.selectors.numbers import meant_numbers
from modules.frontdesk.selectors.standing import paper_fault
from modules.frontdesk.selectors.tracking import phones_of
from modules.frontdesk.selectors.verdicts import Reason

VERIFY = "frontdesk.verify"
FOR_DESK = (OnlineState.WAITING, OnlineState.RETURNED)


@dataclass(frozen=True)
class Warned:
    """What will stop the request, as far as a citizen is told: a verdict in words, no details."""

    title: str
    kind: str
    sentence: str


def is_online(design_online: bool) -> bool:
    """Whether a service may be asked for on the web: its version says so, and the municipality takes such requests."""
    return design_online and bool(value("FRD-01.online", on=today()).value)


def online_version(viewer: Viewer, code: str) -> ServiceVersion:
    """The version in force of a service that may be asked for on the web. Refuses `NotOnline`."""
    version = offered_version(viewer, code)
    if not is_online(version.design.online):
        raise NotOnline()
    return version


def online_of_phone(uid: UUID | str, phone: str) -> OnlineRequest:
    """A request from the web for whoever proved to hold its telephone. Refuses `OnlineNotFound`."""
    found = _with_request().filter(uid=uid, phone=phone).first() if phone else None
    if found is None:
        raise OnlineNotFound()
    return found


def reference_of_phone(reference: str, phone: str) -> OnlineRequest | None:
    """By the reference that the citizen wrote down; None when there is none with this telephone."""
    return _with_request().filter(reference=reference, phone=phone).first() if phone else None


def request_of_phone(phone: str, *, uid: UUID | str = "", number: str = "") -> Request:
    """A numbered request for whoever proved to hold a telephone it is known by. Refuses `OnlineNotFound`."""
    rows = Request.objects.select_related(
        "service_version__service", "applicant", "document"
    ).filter(number__isnull=False)
    if uid:
        found = rows.filter(uid=uid).first()
    else:
        found = rows.filter(number__in=meant_numbers(number) or [number.strip()]).first()
    if found is None or not phone or phone not in phones_of(found):
        raise OnlineNotFound()
    return found


def to_verify(viewer: Viewer) -> QuerySet[OnlineRequest]:
    """Requests from the web that are not settled: those waiting for the desk first, the longest waiting in front."""
    viewer.require(VERIFY)
    return _with_request().filter(state__in=FOR_DESK).order_by("-state", "sent_at", "id")


def sent_online(viewer: Viewer) -> QuerySet[OnlineRequest]:
    """Every request that was sent from the web, whatever came of it, newest first."""
    viewer.require(VERIFY)
    return _with_request().exclude(state=OnlineState.FILLING).order_by("-id")


def waiting_count(viewer: Viewer) -> int:
    """How many wait for the desk."""
    return OnlineRequest.objects.filter(state=OnlineState.WAITING).count()


def online_for(viewer: Viewer, uid: UUID | str) -> OnlineRequest:
    """A request from the web that was sent, for who verifies. Refuses `OnlineNotFound`."""
    viewer.require(VERIFY)
    found = _with_request().filter(uid=uid).exclude(state=OnlineState.FILLING).first()
    if found is None:
        raise OnlineNotFound()
    return found


def online_of(request: Request) -> OnlineRequest | None:
    """The web side of a request; None for one that was taken at the desk."""
    if request.channel != Channel.WEB:
        return None
    return OnlineRequest.objects.filter(request=request).first()


def matched_party(id_number: str, phone: str, *, by: Viewer) -> Party | None:
    """The person on file with this ID number and this telephone: both, or nobody."""
    found = party_with_id_number(by, id_number)
    return found if found is not None and phone in found.phones else None


def on_file(viewer: Viewer, online: OnlineRequest) -> Party | None:
    """Who carries the ID number that was typed, whatever their telephone: for the desk alone."""
    viewer.require(VERIFY)
    return party_with_id_number(viewer, online.id_number)


def principal_on_file(viewer: Viewer, online: OnlineRequest) -> Party | None:
    """Who carries the ID number of whom the citizen says to act for: for the desk alone."""
    viewer.require(VERIFY)
    number = str(online.principal.get("id_number", ""))
    return party_with_id_number(viewer, number) if number else None


def alike(viewer: Viewer, online: OnlineRequest) -> list[Duplicate]:
    """Persons on file who may be the one that asks, likeliest first."""
    return possible_duplicates(
        viewer, id_number=online.id_number, phones=[online.phone], **_names(online)
    )


def principal_alike(viewer: Viewer, online: OnlineRequest) -> list[Duplicate]:
    """Persons on file who may be the one they act for (the deceased, for heirs), likeliest first; none before it is said."""
    return possible_duplicates(viewer, **online.principal) if online.principal else []


def counts_from(online: OnlineRequest) -> date:
    """The day from which the promised days are counted (policy FRD-02): acceptance, or the day it was sent last."""
    counted = value("FRD-02.online_clock", on=today()).value
    if counted == "sent" and online.sent_at is not None:
        return local_date(online.sent_at)
    return today()


def judged(online: OnlineRequest) -> list[Gate]:
    """Every gate as it stands now, for the desk."""
    return gates_of(asked_of(online.request, on=today()))


def missing_of(online: OnlineRequest) -> list[str]:
    """What the citizen must still give before sending it; who asks and which parcel is left to the desk."""
    papers = next(one for one in judged(online) if one.code == GateCode.PAPERS)
    left = {"applicant_missing", "place_missing"}
    return standing_faults(online) + [
        str(one.sentence) for one in papers.reasons if one.code not in left
    ]


def standing_faults(online: OnlineRequest) -> list[str]:
    """What is wrong with what a citizen said who acts for another: nobody named, a paper that is not good today."""
    request = online.request
    if not request.acts_by:
        return []
    if not online.principal:
        return [str(_("Say for whom you ask."))]
    fault = paper_fault_now(request.acts_by, request.agent_power_on, request.agent_power_until)
    return [fault.sentence] if fault is not None else []


def paper_fault_now(acts_by: str, given_on: date | None, until: date | None) -> Reason | None:
    """What is wrong today with the paper by which somebody acts for another (policy FRD-06)."""
    most = int(value("FRD-06.poa_max_age_days", on=today()).value)
    return paper_fault(acts_by, given_on, until, on=today(), most_days=most)


def warnings_for(online: OnlineRequest) -> list[Warned]:
    """What will stop it, told before it is sent. Of dues and holds only the verdict (policy FRD-04), and only to
    somebody whose ID number and telephone are on file together; others are told that the desk looks.
    """
    told = str(value("FRD-04.online_dues_told", on=today()).value)
    found: list[Warned] = []
    for gate in judged(online):
        if gate.code == GateCode.FEE:
            found.append(Warned(str(_("Fee")), "info", gate.sentence))
        elif gate.code in (GateCode.DUES, GateCode.HOLDS):
            found.append(_verdict(gate, online, told))
    return [one for one in found if one.sentence]


def deficiency_lines(online: OnlineRequest) -> list[str]:
    """What the desk wants mended, in words for the citizen."""
    return [_deficiency(online, one) for one in online.deficiencies]


def _verdict(gate: Gate, online: OnlineRequest, told: str) -> Warned:
    title = str(GateCode(gate.code).label)
    if online.match == IdentityMatch.NONE or online.request.acts_by or told == "none":
        if gate.code == GateCode.HOLDS:
            return Warned(title, "info", "")
        return Warned(title, "info", str(_("The desk looks whether dues stand in the way.")))
    if gate.outcome == GateOutcome.PROCEED:
        return Warned(title, "ok", str(_("Nothing stands in the way.")))
    if gate.code == GateCode.DUES and told == "amount":
        return Warned(title, "warn", gate.sentence)
    if gate.outcome == GateOutcome.WARN:
        return Warned(title, "warn", str(_("Something is open. It does not stop this request.")))
    return Warned(
        title,
        "danger",
        str(_("This will stop the request. Come to the desk, or settle it first.")),
    )


def _deficiency(online: OnlineRequest, one: dict[str, str]) -> str:
    kind = DeficiencyKind(one["kind"])
    target = one.get("target", "")
    design = online.request.design
    if target:
        field = next((field for field in design.fields if field.code == target), None)
        named = f"{kind.label}: {field.label if field else paper_title(target)}"
    else:
        named = str(kind.label)
    return f"{named} ({one['note']})" if one.get("note") else named


def _names(online: OnlineRequest) -> dict[str, str]:
    names = ("given_name", "father_name", "grandfather_name", "family_name")
    return {one: online.identity.get(one, "") for one in names}


def _with_request() -> QuerySet[OnlineRequest]:
    return OnlineRequest.objects.select_related(
        "request__service_version__service",
        "request__applicant",
        "request__agent",
        "request__land_unit",
    )
