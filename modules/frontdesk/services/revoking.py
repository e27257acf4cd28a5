"""Take an issued document back: by somebody with a reason, or because what it certified is no longer true.

A clearance rests on the books up to its watermark. When money that had come in by then is taken back, the gate of
dues judges the person again as of today; where it would stop the request, the certificate is revoked, and whoever
scans its code reads so at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Q
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.policies.models import Decision as Verdict
from kernel.policies.selectors import value
from kernel.policies.services import record_decision
from kernel.printing.models import IssuedDocument
from kernel.printing.services import revoke_document
from kernel.viewer import Viewer
from modules.frontdesk.constants import OwedAgain, Verb
from modules.frontdesk.errors import OutputNotIssued
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.asking import asked_of, party_family
from modules.frontdesk.selectors.gates import DUES_AT_ISSUE, Gate, dues_gate
from modules.frontdesk.services.recording import lock_request, note

DUES_AFTER_ISSUE = "frontdesk.revoke.dues"


def revoke_output(uid: UUID | str, *, reason: str, by: Viewer) -> Request:
    """Declare the document of a request no longer valid, with the reason, on its trail too.

    Refuses without the permission, `OutputNotIssued`, `RevocationNeedsReason` and `DocumentAlreadyRevoked`.
    """
    by.require("printing.revoke")
    with recorded(by=by, reason=reason.strip()):
        request = lock_request(uid, by=by)
        if request.document is None:
            raise OutputNotIssued()
        _revoke(request, request.document, reason=reason, by=by)
    return request


def judge_clearances_again(
    party_id: int, *, since: int, cause: OwedAgain, number: str = "", by: Viewer
) -> list[Request]:
    """Revoke the clearances of a person that rest on money which is owed again (policy FRD-05).

    Only those given after that money had come in (`since`, against the watermark), and only where the gate of dues
    would stop the request today: a small rest below the threshold, or a plan, leaves them valid. The verdict is kept.
    """
    revoked = []
    revokes = value("FRD-05.revoked_when_owed_again", on=today())
    for request in _clearances(party_id):
        watermark = watermark_of(request)
        if watermark is None or watermark < since:
            continue
        with recorded(by=by):
            held = lock_request(request.uid, by=by)
            document = held.document
            if document is None or document.is_revoked:
                continue
            gate = _judge(held, cause=cause, number=number, by=by)
            if not gate.blocks or gate.reasons[0].code == "dues_unknown" or not revokes.value:
                continue
            with in_language("ar"):
                reason = str(cause.label) % {"number": number}
            _revoke(held, document, reason=reason, by=by.with_permissions("printing.revoke"))
        revoked.append(held)
    return revoked


def watermark_of(request: Request) -> int | None:
    """The last entry of the books when its dues were judged for the document; None where none was kept."""
    inputs = (
        Verdict.objects.filter(subject=request.subject_ref, point=DUES_AT_ISSUE)
        .order_by("-id")
        .values_list("inputs", flat=True)
        .first()
    )
    return inputs.get("watermark") if inputs else None


def _clearances(party_id: int) -> Iterator[Request]:
    """Valid papers about dues of the whole family, the oldest first."""
    documents = (
        IssuedDocument.objects.filter(party_id__in=party_family(party_id), revoked_at=None)
        .filter(Q(valid_until=None) | Q(valid_until__gte=today()))
        .filter(subject__startswith="request:")
        .order_by("id")
    )
    uids = [one.subject.removeprefix("request:") for one in documents]
    for request in (
        Request.objects.select_related("service_version__service")
        .filter(uid__in=uids, document__isnull=False)
        .order_by("id")
    ):
        output = request.design.output
        if output is not None and output.clear_dues:
            yield request


def _judge(request: Request, *, cause: OwedAgain, number: str, by: Viewer) -> Gate:
    asked = asked_of(request, on=today())
    gate = dues_gate(asked)
    record_decision(
        DUES_AFTER_ISSUE,
        subject=request.subject_ref,
        outcome=gate.outcome.value,
        inputs={**gate.inputs, "cause": cause.value, "number": number},
        answers=gate.answers,
        reasons=[one.kept() for one in gate.reasons],
        basis_date=asked.on,
        by=by,
    )
    return gate


def _revoke(request: Request, document: IssuedDocument, *, reason: str, by: Viewer) -> None:
    revoke_document(document, reason=reason, by=by)
    note(request, Verb.DOCUMENT_REVOKED, by=by, text=f"{document.number}: {reason.strip()}")
    request.save()
