"""Requests and services at the edge: parse, call, render."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request as ApiRequest
from rest_framework.response import Response

from api.endpoints import Endpoint
from api.etag import require_match
from api.idempotency import idempotent
from api.values import ReasonIn
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import InvalidInput
from kernel.files.selectors import file_for
from kernel.parties.models import Party
from kernel.parties.selectors import party_for
from kernel.places.models import LandUnit
from kernel.places.selectors import land_unit_for
from modules.frontdesk.api.answers import (
    TOLD,
    told_gate,
    told_in_detail,
    told_opening,
    told_request,
    told_service,
)
from modules.frontdesk.api.designing import DESIGNING, Designing
from modules.frontdesk.api.filters import RequestFilters
from modules.frontdesk.api.leading import LEADING, Leading
from modules.frontdesk.api.passing import PASSING, Passing
from modules.frontdesk.api.quoting import QUOTING, Quoting
from modules.frontdesk.api.serializers import (
    DecisionIn,
    GateOut,
    HandOverIn,
    PaperIn,
    RequestChangeIn,
    RequestDetailOut,
    RequestIn,
    RequestOut,
    ResubmitIn,
    ReturnIn,
    ServiceDetailOut,
    ServiceOut,
    StepIn,
    TrailOut,
)
from modules.frontdesk.api.together import TOGETHER, Together
from modules.frontdesk.api.working import WORKING, Working
from modules.frontdesk.constants import Channel
from modules.frontdesk.errors import StoppedAtGate
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.catalogue import offered_services, service_for
from modules.frontdesk.selectors.gates import gates_of, with_overrides
from modules.frontdesk.selectors.requests import request_for, requests_list, trail_of
from modules.frontdesk.services import (
    DeficiencyInput,
    PaperInput,
    Persons,
    attach_paper,
    complete_step,
    decide_request,
    hand_over,
    issue_output,
    open_draft,
    open_request,
    resubmit,
    return_to_citizen,
    save_answers,
    submit_request,
    withdraw_request,
)

STEP = r"steps/(?P<step>[0-9a-f-]{36})"
_STEP_PARAMETER = OpenApiParameter(
    "step", UUID, OpenApiParameter.PATH, description="The step's id."
)


class Services(Designing, Endpoint):
    """The catalogue: what may be asked for, and what it needs."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = {"list": None, "retrieve": None, **DESIGNING}
    lookup_field = "code"
    lookup_value_regex = "[A-Za-z0-9-]{1,20}"
    serializer_class = ServiceOut
    pagination_class = None
    queryset = None

    @extend_schema(operation_id="services_list", responses=ServiceOut(many=True))
    def list(self, request: ApiRequest) -> Response:
        """Every service that is offered now, with its version in force."""
        self.filter_queryset(offered_services(self.viewer))
        return Response(
            [ServiceOut(told_service(one)).data for one in offered_services(self.viewer)]
        )

    @extend_schema(operation_id="services_retrieve", responses=ServiceDetailOut)
    def retrieve(self, request: ApiRequest, code: str) -> Response:
        """One service with its form, papers, fees, gates and route."""
        return Response(ServiceDetailOut(told_service(service_for(self.viewer, code))).data)


class Requests(Working, Leading, Passing, Quoting, Together, Endpoint):
    """Citizens' requests, from the draft to the hand-over."""

    module = "frontdesk"
    scope = "frontdesk"
    permissions: ClassVar = {
        "list": None,
        "retrieve": None,
        "trail": None,
        "gates": None,
        "create": "frontdesk.open",
        "partial_update": "frontdesk.open",
        "papers": None,
        "submit": "frontdesk.open",
        "complete": "frontdesk.work",
        "give_back": "frontdesk.work",
        "resubmission": "frontdesk.open",
        "decide": "frontdesk.decide",
        "issue": "frontdesk.issue",
        "hand_over": "frontdesk.hand_over",
        "withdraw": "frontdesk.withdraw",
        **WORKING,
        **LEADING,
        **PASSING,
        **QUOTING,
        **TOGETHER,
    }
    serializer_class = RequestOut
    filterset_class = RequestFilters
    queryset = Request.objects.none()

    def get_queryset(self) -> QuerySet[Request]:
        return requests_list(self.viewer).only(*TOLD)

    @extend_schema(operation_id="requests_list", responses=RequestOut(many=True))
    def list(self, request: ApiRequest) -> Response:
        """Submitted requests that the account may see, newest first."""
        rows = self.filter_queryset(self.get_queryset())
        part = self.paginate_queryset(rows)
        return self.get_paginated_response(
            [self.written(RequestOut, told_request(self.viewer, one)) for one in part or ()]
        )

    @extend_schema(operation_id="requests_retrieve", responses=RequestDetailOut)
    def retrieve(self, request: ApiRequest, uid: str) -> Response:
        """One request with its route, papers, fees and what is missing."""
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(
        operation_id="requests_create", request=RequestIn, responses={201: RequestDetailOut}
    )
    @idempotent()
    def create(self, request: ApiRequest) -> Response:
        """Open a request and submit it. What a gate stops stays a draft: `number` is null and `gates` say why."""
        given = self.parsed(RequestIn)
        persons = Persons(
            applicant=self._party(given["applicant"]),
            beneficiary=self._party(given["beneficiary"]),
            agent=self._party(given["agent"]),
            acts_by=given["acts_by"],
            agent_power_number=given["agent_power_number"],
            agent_power_on=given["agent_power_on"],
            agent_power_until=given["agent_power_until"],
            land_unit=self._land_unit(given["land_unit"]),
        )
        asked = {
            "persons": persons,
            "answers": given["answers"],
            "contact_phone": given["contact_phone"],
            "is_hidden": given["is_hidden"],
            "channel": Channel.API,
        }
        if given["submit"]:
            papers = [self._paper(one) for one in given["papers"]]
            done = open_request(given["service"], papers=papers, by=self.viewer, **asked)
            uid, gates = done.request.uid, done.gates
        else:
            with recorded(by=self.viewer):
                uid, gates = open_draft(given["service"], by=self.viewer, **asked).uid, None
                for paper in given["papers"]:
                    self._attach(uid, paper)
        if given["submit"] and done.is_whole:
            told = told_opening(self.viewer, done)
            response = self.versioned(
                done.request, self.written(RequestDetailOut, told), status=201
            )
        else:
            response = self._detail(request_for(self.viewer, uid), gates=gates, status=201)
        response["Location"] = f"/api/v1/requests/{uid}"
        return response

    @extend_schema(
        operation_id="requests_update", request=RequestChangeIn, responses=RequestDetailOut
    )
    def partial_update(self, request: ApiRequest, uid: str) -> Response:
        """Change a draft's answers, or those of a request returned to the citizen. Needs If-Match."""
        found = request_for(self.viewer, uid)
        require_match(request, found)
        given = self.parsed(RequestChangeIn)
        if not given:
            raise InvalidInput({"": ["{}"]})
        save_answers(
            uid,
            answers=given.get("answers"),
            contact_phone=given.get("contact_phone"),
            seen=found.version,
            by=self.viewer,
        )
        return self._detail(request_for(self.viewer, uid))

    partial_update.needs_match = True  # type: ignore[attr-defined]

    @extend_schema(
        operation_id="requests_papers_create", request=PaperIn, responses={201: RequestDetailOut}
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def papers(self, request: ApiRequest, uid: str) -> Response:
        """Attach a stored file under a paper that the service asks for."""
        self._attach(UUID(uid), self.parsed(PaperIn))
        return self._detail(request_for(self.viewer, uid), status=201)

    @extend_schema(operation_id="requests_gates_list", responses=GateOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def gates(self, request: ApiRequest, uid: str) -> Response:
        """What would stop the request if it were submitted now. Nothing is recorded."""
        found = request_for(self.viewer, uid)
        asked = asked_of(found, on=today())
        judged = with_overrides(gates_of(asked), subject=found.subject_ref, on=asked.on)
        return Response([GateOut(told_gate(one)).data for one in judged])

    @extend_schema(operation_id="requests_submit", request=None, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    def submit(self, request: ApiRequest, uid: str) -> Response:
        """Submit a draft. A request that is submitted already answers as it is; what a gate stops is a problem."""
        found = request_for(self.viewer, uid)
        if not found.is_draft:
            return self._detail(found)
        done = submit_request(uid, by=self.viewer)
        if not done.accepted:
            raise StoppedAtGate(
                why=" ".join(one.sentence for one in done.stopped_by),
                gates=[told_gate(one) for one in done.gates],
            )
        return self._detail(request_for(self.viewer, uid), gates=done.gates)

    @extend_schema(
        operation_id="requests_steps_complete",
        request=StepIn,
        responses=RequestDetailOut,
        parameters=[_STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/complete")
    @idempotent()
    def complete(self, request: ApiRequest, uid: str, step: str) -> Response:
        """Finish an open step: its form, its recommendation, the fee it computes."""
        given = self.parsed(StepIn)
        complete_step(
            uid,
            step,
            outcome=given["outcome"],
            answers=given["answers"],
            text=given["text"],
            fees=given["fees"],
            by=self.viewer,
        )
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(
        operation_id="requests_steps_return",
        request=ReturnIn,
        responses=RequestDetailOut,
        parameters=[_STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/return")
    @idempotent()
    def give_back(self, request: ApiRequest, uid: str, step: str) -> Response:
        """Return the request to the citizen; the clock stands still."""
        given = self.parsed(ReturnIn)
        return_to_citizen(
            uid,
            step,
            deficiencies=[DeficiencyInput(**one) for one in given["deficiencies"]],
            text=given["text"],
            by=self.viewer,
        )
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(operation_id="requests_resubmit", request=ResubmitIn, responses=RequestDetailOut)
    @action(detail=True, methods=["post"], url_path="resubmit")
    @idempotent()
    def resubmission(self, request: ApiRequest, uid: str) -> Response:
        """The citizen completed what was missing; the clock goes on."""
        given = self.parsed(ResubmitIn)
        resubmit(uid, by=self.viewer, **given)
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(
        operation_id="requests_steps_decide",
        request=DecisionIn,
        responses=RequestDetailOut,
        parameters=[_STEP_PARAMETER],
    )
    @action(detail=True, methods=["post"], url_path=f"{STEP}/decide")
    @idempotent()
    def decide(self, request: ApiRequest, uid: str, step: str) -> Response:
        """Approve, or reject with a ground and a reason."""
        decide_request(uid, step, by=self.viewer, **self.parsed(DecisionIn))
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(operation_id="requests_issue", request=None, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def issue(self, request: ApiRequest, uid: str) -> Response:
        """Print the decided request's document, once. A clearance is judged again on the day."""
        issued = issue_output(uid, by=self.viewer)
        gates = [issued.gate] if issued.gate else None
        return self._detail(request_for(self.viewer, uid), gates=gates)

    @extend_schema(
        operation_id="requests_hand_over", request=HandOverIn, responses=RequestDetailOut
    )
    @action(detail=True, methods=["post"], url_path="hand-over")
    @idempotent()
    def hand_over(self, request: ApiRequest, uid: str) -> Response:
        """Record who received the document."""
        given = self.parsed(HandOverIn)
        hand_over(uid, given.pop("step"), by=self.viewer, **given)
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(operation_id="requests_withdraw", request=ReasonIn, responses=RequestDetailOut)
    @action(detail=True, methods=["post"])
    @idempotent()
    def withdraw(self, request: ApiRequest, uid: str) -> Response:
        """The citizen takes the request back before it is decided."""
        withdraw_request(uid, by=self.viewer, **self.parsed(ReasonIn))
        return self._detail(request_for(self.viewer, uid))

    @extend_schema(operation_id="requests_trail_list", responses=TrailOut(many=True))
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=None)
    def trail(self, request: ApiRequest, uid: str) -> Response:
        """Every movement of the request, oldest first."""
        return Response(TrailOut(trail_of(request_for(self.viewer, uid)), many=True).data)

    def _detail(self, found: Request, *, gates: Any = None, status: int = 200) -> Response:
        told = told_in_detail(self.viewer, found, gates=gates)
        return self.versioned(found, self.written(RequestDetailOut, told), status=status)

    def _party(self, uid: UUID | None) -> Party | None:
        return party_for(self.viewer, uid) if uid else None

    def _land_unit(self, uid: UUID | None) -> LandUnit | None:
        return land_unit_for(self.viewer, uid) if uid else None

    def _paper(self, paper: dict[str, Any]) -> PaperInput:
        return PaperInput(**{**paper, "file": file_for(self.viewer, paper["file"])})

    def _attach(self, uid: UUID, paper: dict[str, Any]) -> None:
        attach_paper(
            uid,
            requirement=paper["requirement"],
            document_type=paper["document_type"],
            file=file_for(self.viewer, paper["file"]),
            issued_on=paper["issued_on"],
            valid_until=paper["valid_until"],
            by=self.viewer,
        )
