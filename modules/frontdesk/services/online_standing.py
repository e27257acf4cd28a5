"""In which standing a citizen asks on the web: for themselves, as an agent, as one of the heirs of somebody who died.

What they say is kept as typed; whom it means is the desk's to say, with the paper before it (`online_desk`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from kernel.audit.recording import recorded
from kernel.parties.identifiers import normalise_id_number
from kernel.parties.models import Party
from kernel.text import clean
from kernel.viewer import Viewer
from modules.frontdesk.constants import ActsBy
from modules.frontdesk.errors.online import (
    ActsForNobody,
    PaperNotGood,
    PowerEndsEarly,
    PrincipalIsAsker,
    PrincipalNeeded,
)
from modules.frontdesk.models import OnlineRequest, Request
from modules.frontdesk.selectors.online import paper_fault_now
from modules.frontdesk.services.online import NAMES, lock_with_citizen, on_the_web
from modules.frontdesk.services.recording import lock_request


def ask_as(uid: UUID | str, acts_by: str, *, by: Viewer) -> OnlineRequest:
    """Ask in another standing from now on; for whom, and by which paper, is said anew.

    Refuses `ActsForNobody` where the service is asked for in person alone, and `NotWithCitizen`.
    """
    house = on_the_web(by)
    with recorded(by=house):
        online = lock_with_citizen(uid)
        request = lock_request(online.request.uid, by=house)
        require_may_act(request, acts_by)
        if request.acts_by == acts_by:
            return online
        asker = asker_of(request)
        request.agent_power_number, request.agent_power_on, request.agent_power_until = (
            "",
            None,
            None,
        )
        request.acts_by = acts_by
        request.agent, request.applicant = (asker, None) if acts_by else (None, asker)
        request.save()
        online.identity = {**online.identity, "principal": {}}
        online.save()
        online.request = request
    return online


def say_for_whom(
    uid: UUID | str,
    *,
    id_number: str,
    names: Mapping[str, str],
    number: str = "",
    given_on: date | None = None,
    until: date | None = None,
    by: Viewer,
) -> OnlineRequest:
    """For whom they act and by which paper. Whoever the desk linked before stands while the same is said again.

    Refuses `PrincipalNeeded`, `PrincipalIsAsker`, `PowerEndsEarly`, and `PaperNotGood` for a power of attorney that is
    undated, too old or over (policy FRD-06).
    """
    house = on_the_web(by)
    said = {one: clean(names.get(one, ""))[:60] for one in NAMES}
    for one in ("given_name", "family_name"):
        if not said[one]:
            raise PrincipalNeeded(field=one)
    said["id_number"] = normalise_id_number(id_number)
    with recorded(by=house):
        online = lock_with_citizen(uid)
        request = lock_request(online.request.uid, by=house)
        if said["id_number"] == online.id_number:
            raise PrincipalIsAsker()
        until = until if request.acts_by == ActsBy.POWER else None
        if given_on is not None and until is not None and until < given_on:
            raise PowerEndsEarly()
        fault = paper_fault_now(request.acts_by, given_on, until)
        if fault is not None:
            raise PaperNotGood(why=fault.sentence, field=fault.target)
        request.agent_power_number = clean(number)[:60]
        request.agent_power_on, request.agent_power_until = given_on, until
        if online.principal != said:
            request.applicant = None
        request.save()
        online.identity = {**online.identity, "principal": said}
        online.save()
        online.request = request
    return online


def require_may_act(request: Request, acts_by: str) -> None:
    """Refuses `ActsForNobody` for a service that everybody asks for themselves."""
    if acts_by and (acts_by not in ActsBy.values or not request.design.applicant.agent):
        raise ActsForNobody()


def asker_of(request: Request) -> Party | None:
    """Who sits at the telephone: the agent where somebody acts for another, else the applicant."""
    return request.agent if request.acts_by else request.applicant
