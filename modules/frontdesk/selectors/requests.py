"""Which requests a viewer may see, and the doors to them.

A viewer sees a submitted request if and only if one of these holds: the route passes one of the viewer's sections;
the viewer opened it; a step is assigned to the viewer; the viewer holds `frontdesk.see_all`. A draft is seen by
whoever opened it, and with `frontdesk.see_all`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from kernel.viewer import Viewer
from modules.frontdesk.constants import OPEN_STATES, PaperStatus, State, StepState
from modules.frontdesk.errors import PaperNotFound, RequestNotFound, StepNotFound
from modules.frontdesk.models import (
    Deficiency,
    HandOver,
    Pause,
    Request,
    RequestPaper,
    RequestStep,
    TrailEntry,
)

SEE_ALL = "frontdesk.see_all"
SEE_HIDDEN = "frontdesk.see_hidden"
SEE_CONFIDENTIAL = "frontdesk.see_confidential"
IDENTIFYING = ("identity_card", "power_of_attorney")
"""Papers that show who brought them: withheld with the name where that is hidden."""


def visible_requests(viewer: Viewer) -> QuerySet[Request]:
    """All requests that the viewer may see, without order."""
    if viewer.may(SEE_ALL):
        return Request.objects.all()
    if not viewer.is_staff:
        return Request.objects.none()
    return Request.objects.filter(seen_by__overlap=marks_of(viewer))


def marks_of(viewer: Viewer) -> list[int]:
    """How the viewer stands in `seen_by`: sections, and persons (those stood in for too) with a minus."""
    people = {viewer.user_id, *viewer.stands_in_for} - {None}
    return sorted({*viewer.sections, *(-one for one in people if one is not None)})


def request_for(viewer: Viewer, uid: UUID | str) -> Request:
    """The request of that uid with its service and persons, or `RequestNotFound`."""
    found = (
        visible_requests(viewer)
        .select_related(
            "service_version__service",
            "applicant",
            "beneficiary",
            "agent",
            "land_unit",
            "premises",
            "document",
        )
        .filter(uid=uid)
        .first()
    )
    if found is None:
        raise RequestNotFound()
    return found


def request_by_number(viewer: Viewer, number: str) -> Request:
    """The request of that number, or `RequestNotFound`."""
    found = visible_requests(viewer).filter(number=number).first()
    if found is None:
        raise RequestNotFound()
    return found


def merged_uids(uid: UUID | str) -> list[str]:
    """Complaints that were merged into this one: who made them hears of its outcome."""
    return [
        str(one)
        for one in Request.objects.filter(merged_into__uid=uid)
        .order_by("id")
        .values_list("uid", flat=True)
    ]


def requests_list(viewer: Viewer) -> QuerySet[Request]:
    """Submitted requests for a list, newest first, with what a row shows."""
    return (
        visible_requests(viewer)
        .exclude(state=State.DRAFT)
        .select_related("service_version__service", "applicant")
        .order_by("-id")
    )


def drafts_of(viewer: Viewer) -> QuerySet[Request]:
    """The viewer's own drafts, newest first."""
    return (
        Request.objects.filter(state=State.DRAFT, opened_by_id=viewer.user_id)
        .filter(online__verified_at=None)
        .select_related("service_version__service", "applicant")
        .order_by("-id")
    )


def requests_of_party(viewer: Viewer, party_ids: Collection[int]) -> QuerySet[Request]:
    """Requests of these persons (the whole alias family) that the viewer may see, newest first.

    A hidden complaint is not told by its person's page.
    """
    found = requests_list(viewer).filter(
        Q(applicant_id__in=party_ids) | Q(beneficiary_id__in=party_ids)
    )
    if not viewer.may(SEE_HIDDEN):
        found = found.filter(Q(is_hidden=False) | Q(opened_by_id=viewer.user_id))
    return found


def knows_applicant(viewer: Viewer, request: Request) -> bool:
    """Whether the viewer learns who asked: always, unless the reporter's name is hidden from those who work on it."""
    return not request.is_hidden or viewer.may(SEE_HIDDEN) or request.opened_by_id == viewer.user_id


def steps_of(request: Request) -> list[RequestStep]:
    """The route in order, each step able to name itself without a query."""
    steps = list(
        RequestStep.objects.filter(request=request)
        .select_related("section", "assignee", "done_by")
        .order_by("stage", "round", "id")
    )
    for step in steps:
        step.request = request
    return steps


def step_for(viewer: Viewer, request: Request, uid: UUID | str) -> RequestStep:
    found = (
        RequestStep.objects.filter(request=request, uid=uid)
        .select_related("section", "assignee")
        .first()
    )
    if found is None:
        raise StepNotFound()
    found.request = request
    return found


def papers_of(viewer: Viewer, request: Request) -> list[RequestPaper]:
    """Papers of the request that the viewer may see, oldest first; confidential ones only with the permission."""
    papers = (
        RequestPaper.objects.filter(request=request).select_related("file", "step").order_by("id")
    )
    if not _sees_confidential(viewer):
        papers = papers.filter(Q(is_confidential=False) | Q(added_by_id=viewer.user_id))
    if not knows_applicant(viewer, request):
        papers = papers.exclude(document_type__in=IDENTIFYING)
    return list(papers)


def paper_for(viewer: Viewer, request: Request, uid: UUID | str) -> RequestPaper:
    found = next((one for one in papers_of(viewer, request) if str(one.uid) == str(uid)), None)
    if found is None:
        raise PaperNotFound()
    return found


def counting_papers(request: Request) -> dict[str, list[RequestPaper]]:
    """Papers that fulfil a requirement, by requirement."""
    counted = RequestPaper.objects.filter(
        request=request, step=None, status__in=[PaperStatus.ATTACHED, PaperStatus.WAIVED]
    )
    return by_requirement(counted.order_by("id"))


def by_requirement(papers: Iterable[RequestPaper]) -> dict[str, list[RequestPaper]]:
    """Papers under what they were handed in for."""
    found: dict[str, list[RequestPaper]] = {}
    for paper in papers:
        found.setdefault(paper.requirement, []).append(paper)
    return found


def reusable_papers(
    viewer: Viewer,
    *,
    party_ids: Collection[int],
    types: Iterable[str],
    issued_after: date,
    on: date,
) -> list[RequestPaper]:
    """Valid papers of these persons already on file, newest first: the citizen brings a paper once."""
    found = (
        RequestPaper.objects.filter(
            request__applicant_id__in=party_ids,
            request__submitted_at__isnull=False,
            document_type__in=list(types),
            status=PaperStatus.ATTACHED,
            step=None,
            file__isnull=False,
            created_at__date__gte=issued_after,
        )
        .filter(Q(valid_until=None) | Q(valid_until__gte=on))
        .select_related("file", "request")
        .order_by("-id")
    )
    if not _sees_confidential(viewer):
        found = found.filter(is_confidential=False)
    return list(found[:50])


def trail_of(request: Request) -> list[TrailEntry]:
    """Every movement, oldest first."""
    entries = list(
        TrailEntry.objects.filter(request=request).select_related("step__section").order_by("id")
    )
    for entry in entries:
        if entry.step is not None:
            entry.step.request = request
    return entries


def pauses_of(request: Request) -> list[Pause]:
    """Pauses of the clock, oldest first, with what the citizen had to mend."""
    mending = Prefetch("deficiencies", queryset=Deficiency.objects.order_by("id"))
    return list(Pause.objects.filter(request=request).prefetch_related(mending).order_by("id"))


def open_steps_of(viewer: Viewer) -> QuerySet[RequestStep]:
    """Open steps at the viewer's sections (everywhere with `frontdesk.see_all`), those due first in front."""
    steps = RequestStep.objects.filter(state=StepState.OPEN, request__state__in=OPEN_STATES)
    if not viewer.is_system and not viewer.may(SEE_ALL):
        steps = steps.filter(Q(section_id__in=viewer.sections) | Q(assignee_id=viewer.user_id))
    return steps.select_related(
        "section", "assignee", "request__service_version__service", "request__applicant"
    )


def visible_file_ids(viewer: Viewer, file_ids: set[int]) -> set[int]:
    """Files of requests on the viewer's routes, subject to confidentiality (the module's file guard)."""
    mine = Q(request__in=visible_requests(viewer))
    if viewer.may(
        "frontdesk.verify"
    ):  # what came from the web is looked at before anybody has taken it
        mine |= Q(request__state=State.DRAFT, request__online__submitted_at__isnull=False)
    papers = RequestPaper.objects.filter(mine, file_id__in=file_ids)
    if not _sees_confidential(viewer):
        papers = papers.filter(Q(is_confidential=False) | Q(added_by_id=viewer.user_id))
    if not viewer.may(SEE_HIDDEN):
        papers = papers.exclude(
            ~Q(request__opened_by_id=viewer.user_id),
            request__is_hidden=True,
            document_type__in=IDENTIFYING,
        )
    seen = set(papers.values_list("file_id", flat=True))
    receipts = HandOver.objects.filter(
        signature_id__in=file_ids - seen, request__in=visible_requests(viewer)
    )
    if not viewer.may(SEE_HIDDEN):  # a signature names who complained
        receipts = receipts.filter(
            Q(request__is_hidden=False) | Q(request__opened_by_id=viewer.user_id)
        )
    return seen | set(receipts.values_list("signature_id", flat=True))


def _sees_confidential(viewer: Viewer) -> bool:
    return viewer.may(SEE_CONFIDENTIAL)
