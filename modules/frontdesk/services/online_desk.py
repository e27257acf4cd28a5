"""The desk's side of requests from the web: say who asks, accept, return with what is wrong, reject with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.parties.models import Party
from kernel.parties.selectors import party_for
from kernel.parties.services import register_person
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    ActsBy,
    DeficiencyKind,
    IdentityMatch,
    OnlineState,
    RejectionReason,
)
from modules.frontdesk.errors import ReasonRequired
from modules.frontdesk.errors.online import (
    NobodyActs,
    OnlineNotFound,
    PersonNotLinked,
    PrincipalNotLinked,
)
from modules.frontdesk.events import OnlineRequestReturned
from modules.frontdesk.models import OnlineRequest, Request
from modules.frontdesk.selectors.naming import ParcelUnknown, parcel_meant
from modules.frontdesk.selectors.online import VERIFY, deficiency_lines
from modules.frontdesk.services.heirs import heirs_of
from modules.frontdesk.services.online import NAMES, tell_online
from modules.frontdesk.services.online_settling import lock_waiting, settle_online
from modules.frontdesk.services.recording import changed_by
from modules.frontdesk.services.submit import Submission, submit_request
from modules.frontdesk.services.waiting import DeficiencyInput

ASKER, PRINCIPAL = "asker", "principal"


def link_person(uid: UUID | str, *, party: UUID, whom: str = ASKER, by: Viewer) -> OnlineRequest:
    """This is who asks (or, as `PRINCIPAL`, for whom they act): looked at by the desk, whatever telephone is on file.

    By a certificate of inheritance somebody acts for the heirs of whoever is linked.

    Refuses `PartyNotFound` and `NotWaitingToVerify`.
    """
    by.require(VERIFY)
    person = party_for(by, party)
    with recorded(by=by):
        online, request = _taken_up(uid, by=by)
        _name(online, request, person, whom=whom, by=by)
    return online


def register_asker(uid: UUID | str, *, whom: str = ASKER, by: Viewer) -> OnlineRequest:
    """Enter who asks (or for whom they act) in the register with what they typed, and name them. Look for `alike` persons first.

    Refuses what `register_person` refuses: a name that is not whole, an ID number that somebody carries already.
    """
    by.require(VERIFY)
    with recorded(by=by):
        online, request = _taken_up(uid, by=by)
        _name(online, request, _registered(online, whom, by=by), whom=whom, by=by)
    return online


def accept_online(uid: UUID | str, *, seen: int | None = None, by: Viewer) -> Submission:
    """Take it as if it had come to the desk: the gates judge, it gets its number, its clock starts.

    What a gate stops keeps waiting, with the verdicts, as a draft of who verified it. Refuses `PersonNotLinked`,
    `NotWaitingToVerify`, and what `submit_request` refuses.
    """
    by.require(VERIFY)
    with recorded(by=by):
        online, request = _taken_up(uid, seen=seen, by=by)
        _require_linked(request)
        _name_parcel(online, request, by=by)
        return submit_request(request.uid, by=by)


def return_online(
    uid: UUID | str, *, deficiencies: Sequence[DeficiencyInput], text: str = "", by: Viewer
) -> OnlineRequest:
    """Send it back to the citizen with a list of what is wrong; no clock runs yet.

    Refuses `ReasonRequired` for an empty list or an unclear entry.
    """
    by.require(VERIFY)
    for one in deficiencies:
        if one.kind not in DeficiencyKind.values or not (one.target or one.note.strip()):
            raise ReasonRequired(field="deficiencies")
    if not deficiencies:
        raise ReasonRequired(field="deficiencies")
    with recorded(by=by, reason=text):
        online, request = _taken_up(uid, by=by)
        online.state, online.text = OnlineState.RETURNED, text.strip()
        online.deficiencies = [
            {"kind": one.kind, "target": one.target, "note": one.note.strip()}
            for one in deficiencies
        ]
        online.save()
        emit(
            OnlineRequestReturned(
                str(request.uid), online.reference, len(deficiencies), str(online.uid)
            ),
            by=by,
        )
        with in_language("ar"):
            tell_online(
                online,
                _("Your request %(reference)s waits for you: %(missing)s.")
                % {"reference": online.reference, "missing": "، ".join(deficiency_lines(online))},
                by=by,
            )
    return online


def reject_online(uid: UUID | str, *, reason_code: str, text: str, by: Viewer) -> OnlineRequest:
    """Not taken, with a coded reason and words for the citizen (policy FRD-08). Refuses `ReasonRequired`."""
    by.require(VERIFY)
    if not text.strip() or reason_code not in RejectionReason.values:
        raise ReasonRequired(field="text" if reason_code else "reason_code")
    with recorded(by=by, reason=text):
        online, _request = _taken_up(uid, by=by)
        settle_online(
            online, OnlineState.REJECTED, reason_code=reason_code, text=text.strip(), by=by
        )
        with in_language("ar"):
            tell_online(
                online,
                _("Your request %(reference)s was not accepted: %(reason)s.")
                % {"reference": online.reference, "reason": text.strip()},
                by=by,
            )
    return online


def _taken_up(
    uid: UUID | str, *, seen: int | None = None, by: Viewer
) -> tuple[OnlineRequest, Request]:
    """The row and its draft, held; from now on it is also a draft of who verifies it."""
    found = OnlineRequest.objects.filter(uid=uid).values_list("request_id", flat=True).first()
    if found is None:
        raise OnlineNotFound()
    request = (
        Request.objects.select_for_update(of=("self",))
        .select_related("service_version__service", "applicant", "agent")
        .get(pk=found)
    )
    online = lock_waiting(request)
    if online is None:
        raise OnlineNotFound()
    if seen is not None and seen != request.version:
        raise changed_by(request)
    online.request = request
    if request.opened_by_id is None and by.user_id is not None:
        request.opened_by_id = by.user_id
    if by.user_id is not None and -by.user_id not in request.seen_by:
        request.show_to(user_ids=[by.user_id])
        request.save()
        request.refresh_from_db(fields=["version"])
    return online, request


def _require_linked(request: Request) -> None:
    if request.acts_by:
        if request.agent_id is None:
            raise PersonNotLinked()
        if request.applicant_id is None:
            raise PrincipalNotLinked()
    elif request.applicant_id is None and not request.design.applicant.anonymous:
        raise PersonNotLinked()


def _registered(online: OnlineRequest, whom: str, *, by: Viewer) -> Party:
    if whom == PRINCIPAL:
        principal = {one: online.principal.get(one, "") for one in (*NAMES, "id_number")}
        return register_person(**principal, by=by)  # type: ignore[arg-type]
    names = {one: online.identity.get(one, "") for one in NAMES}
    address = online.identity.get("address", "")
    return register_person(
        **names,  # type: ignore[arg-type]
        id_number=online.id_number,
        phones=[online.phone],
        current_address={"details": address} if address else {},
        by=by,
    )


def _name(online: OnlineRequest, request: Request, person: Party, *, whom: str, by: Viewer) -> None:
    if whom == PRINCIPAL:
        if not request.acts_by:
            raise NobodyActs()
        request.applicant = (
            heirs_of(person, by=by) if request.acts_by == ActsBy.INHERITANCE else person
        )
        request.save()
        online.identity = {**online.identity, "principal_by": by.name}
        online.save()
        return
    if request.acts_by:
        request.agent = person
    else:
        request.applicant = person
    request.save()
    online.match, online.matched_by_name = IdentityMatch.CLERK, by.name
    online.save()


def _name_parcel(online: OnlineRequest, request: Request, *, by: Viewer) -> None:
    """The record of the parcel that was typed, where it has one; without it the gates ask for it."""
    parts = [*online.identity.get("parcel", "").split("/"), "", ""]
    if request.land_unit_id is not None or not parts[0]:
        return
    try:
        request.land_unit = parcel_meant(by, *parts[:3])
    except ParcelUnknown:
        return
    request.save()
    request.refresh_from_db(fields=["version"])
