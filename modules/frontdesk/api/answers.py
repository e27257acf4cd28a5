"""Requests as values for the serializers; hidden names stay hidden."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from api.values import money_out
from kernel.viewer import Viewer
from modules.frontdesk.constants import PauseKind
from modules.frontdesk.models import (
    Pause,
    Request,
    RequestFee,
    RequestPaper,
    RequestStep,
    Service,
)
from modules.frontdesk.selectors.gates import Gate
from modules.frontdesk.selectors.requests import knows_applicant, papers_of, pauses_of, steps_of
from modules.frontdesk.services import Opening

# What `told_request` reads of a row: a list leaves the definitions, answers and addresses where they are.
TOLD = (
    "uid",
    "number",
    "state",
    "is_hidden",
    "channel",
    "opened_by",
    "submitted_at",
    "promised_on",
    "decision",
    "decided_at",
    "closed_at",
    "service_version__number",
    "service_version__service__code",
    "applicant__uid",
)


def told_request(viewer: Viewer, request: Request) -> dict[str, Any]:
    knows = knows_applicant(viewer, request)
    return {
        "id": request.uid,
        "number": request.number,
        "state": request.state,
        "service": request.service_version.service.code,
        "service_version": request.service_version.number,
        "applicant": request.applicant.uid if knows and request.applicant else None,
        "is_hidden": request.is_hidden,
        "channel": request.channel,
        "submitted_at": request.submitted_at,
        "promised_on": request.promised_on,
        "decision": request.decision,
        "decided_at": request.decided_at,
        "closed_at": request.closed_at,
    }


def told_in_detail(
    viewer: Viewer, request: Request, *, gates: Iterable[Gate] | None = None
) -> dict[str, Any]:
    """Everything of one request that the viewer may know."""
    return _told(
        viewer,
        request,
        gates=gates,
        steps=steps_of(request),
        papers=papers_of(viewer, request),
        fees=request.fees.order_by("id"),
        pauses=pauses_of(request),
    )


def told_opening(viewer: Viewer, done: Opening) -> dict[str, Any]:
    """The same of a request that was opened this moment and is whole: nothing is read back."""
    steps = sorted(done.steps, key=lambda one: (one.stage, one.pk))
    return _told(viewer, done.request, gates=done.gates, steps=steps, papers=done.papers)


def _told(
    viewer: Viewer,
    request: Request,
    *,
    gates: Iterable[Gate] | None,
    steps: Iterable[RequestStep],
    papers: Iterable[RequestPaper],
    fees: Iterable[RequestFee] = (),
    pauses: Iterable[Pause] = (),
) -> dict[str, Any]:
    told = told_request(viewer, request)
    waiting = next((one for one in pauses if one.is_open and one.kind == PauseKind.CITIZEN), None)
    document = request.document
    told |= {
        "answers": request.answers,
        "decision_reason": request.decision_reason,
        "decision_reason_code": request.decision_reason_code,
        "steps": [_step(one) for one in steps],
        "papers": [
            {
                "id": one.uid,
                "requirement": one.requirement,
                "document_type": one.document_type,
                "status": one.status,
                "file": one.file.uid if one.file else None,
                "title": one.title,
                "valid_until": one.valid_until,
            }
            for one in papers
        ],
        "fees": [
            {
                "code": one.code,
                "amount": money_out(one.amount, one.currency),
                "charge": one.charge_uid,
                "settled_at": one.settled_at,
                "receipt_number": one.receipt_number,
            }
            for one in fees
        ],
        "pauses": [
            {
                "id": one.uid,
                "kind": one.kind,
                "body": one.body,
                "started_on": one.started_on,
                "ended_on": one.ended_on,
            }
            for one in pauses
        ],
        "missing": [
            {"id": one.uid, "kind": one.kind, "target": one.target, "note": one.note}
            for one in (waiting.deficiencies.all() if waiting else ())
            if one.resolved_at is None
        ],
        "document": {
            "number": document.number,
            "title": document.title,
            "file": document.file.uid,
            "valid_until": document.valid_until,
        }
        if document
        else None,
    }
    if gates is not None:
        told["gates"] = [told_gate(one) for one in gates]
    return told


def told_gate(gate: Gate) -> dict[str, Any]:
    return {
        "gate": gate.code.value,
        "outcome": gate.outcome.value,
        "article": gate.article,
        "reasons": [one.kept() for one in gate.reasons],
        "total": [money_out(one.amount, one.currency.code) for one in gate.total],
    }


def told_service(service: Service) -> dict[str, Any]:
    version = service.in_force
    return {
        "code": service.code,
        "group": service.group,
        "audience": service.audience,
        "is_offered": service.is_offered,
        "version": version.number,
        "title_ar": version.title_ar,
        "title_en": version.title_en,
        "days": version.definition.get("days", 0),
        "in_force_from": version.in_force_from,
        "definition": version.definition,
    }


def _step(step: Any) -> dict[str, Any]:
    title = step.plan.title
    return {
        "id": step.uid,
        "code": step.code,
        "round": step.round,
        "stage": step.stage,
        "kind": step.kind,
        "title": {"ar": title.ar, "en": title.en},
        "section": step.section.code,
        "role": step.role,
        "state": step.state,
        "outcome": step.outcome,
        "due_on": step.due_on,
        "opened_at": step.opened_at,
        "done_at": step.done_at,
        "days_used": step.days_used,
    }
