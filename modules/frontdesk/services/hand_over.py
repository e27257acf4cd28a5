"""The end of the route: the document is issued once, and handed over with proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.files.models import StoredFile
from kernel.money import format_money
from kernel.numbering.services import take
from kernel.parties.constants import PartyKind
from kernel.parties.identifiers import normalise_id_number
from kernel.policies.selectors import value
from kernel.policies.services import record_decision
from kernel.ports import ask
from kernel.ports.dues import DuesPort
from kernel.ports.filing import FilingPort
from kernel.printing.models import IssuedDocument
from kernel.printing.services import issue_document
from kernel.text import listed
from kernel.viewer import Viewer
from modules.frontdesk.constants import (
    CERTIFICATE_SERIES,
    Decision,
    Recipient,
    StepKind,
    StepOutcome,
    Verb,
)
from modules.frontdesk.definitions import Output
from modules.frontdesk.errors import (
    FeeNotSettled,
    NotDecided,
    OutputAlreadyIssued,
    OutputNotIssued,
    RecipientUnknown,
    StepNotFound,
)
from modules.frontdesk.errors.standing import (
    AnothersCard,
    AuthorityMissing,
    DelegateNotAllowed,
    PowerOver,
)
from modules.frontdesk.events import DocumentIssued, RequestHandedOver
from modules.frontdesk.models import HandOver, Request, RequestFee, RequestStep
from modules.frontdesk.selectors.asking import asked_of
from modules.frontdesk.selectors.gates import DUES_AT_ISSUE, Gate, dues_gate, opened_by, point_of
from modules.frontdesk.selectors.output import output_content
from modules.frontdesk.selectors.standing import paper_fault
from modules.frontdesk.services.recording import lock_open_step, lock_running, note
from modules.frontdesk.services.route import mark_done
from modules.frontdesk.services.steps import advance, require_own_step


@dataclass(frozen=True)
class Issue:
    """The document, or the gate that stopped it; the verdict is kept either way."""

    request: Request
    document: IssuedDocument | None
    gate: Gate | None = None


def issue_output(uid: UUID | str, *, by: Viewer) -> Issue:
    """Print the decided request's document: numbered, stored, verifiable by its QR. Once.

    A clearance is judged again on the day it is printed: it never certifies what is no longer true. Refuses
    `NotDecided`, `FeeNotSettled`, `OutputAlreadyIssued`, and `OutputNotIssued` for a service that prints nothing.
    """
    by.require("frontdesk.issue")
    with recorded(by=by):
        request = lock_running(uid, by=by)
        output = request.design.output
        if output is None:
            raise OutputNotIssued()
        _require_decided(request, output)
        if request.document is not None:
            raise OutputAlreadyIssued(number=request.document.number)
        require_fees_settled(request)
        gate = _judge_dues(request, by=by) if output.clear_dues else None
        if gate is not None and gate.blocks:
            return Issue(request, None, gate)
        document = _issue(request, output, gate, by=by)
        request.document = document
        note(request, Verb.DOCUMENT_ISSUED, by=by, text=f"{output.title.ar} {document.number}")
        request.save()
        emit(
            DocumentIssued(
                request_uid=str(request.uid),
                number=request.number or "",
                document_uid=str(document.uid),
                kind=output.kind,
            ),
            by=by,
        )
    return Issue(request, document, gate)


def hand_over(
    uid: UUID | str,
    step_uid: UUID | str,
    *,
    recipient: str = Recipient.APPLICANT,
    recipient_name: str,
    recipient_id_number: str = "",
    authority: str = "",
    signature: StoredFile | None = None,
    text: str = "",
    by: Viewer,
) -> Request:
    """Record who received what came out, and in which capacity; the delivery step closes with it.

    Refuses `OutputNotIssued`, `FeeNotSettled`, `RecipientUnknown` (a document is not given without an ID that was
    looked at), `AnothersCard` where the number is not on file for whom it is for, `PowerOver` for an agent whose power is no longer good, `DelegateNotAllowed` and `AuthorityMissing`
    for somebody sent (policy FRD-06), `NotYourStep` and `StepAlreadyDone`.
    """
    by.require("frontdesk.hand_over")
    if recipient not in Recipient.values or not recipient_name.strip():
        raise RecipientUnknown()
    with recorded(by=by):
        request = lock_running(uid, by=by)
        step = lock_open_step(request, step_uid)
        require_own_step(step, by=by)
        if step.kind != StepKind.DELIVERY:
            raise StepNotFound()
        require_output_ready(request)
        id_number = normalise_id_number(recipient_id_number) if recipient_id_number.strip() else ""
        if request.document_id is not None and not id_number and not recipient_id_number.strip():
            raise RecipientUnknown(field="recipient_id_number")
        require_may_receive(request, recipient, authority=authority, id_number=id_number)
        HandOver.objects.create(
            request=request,
            recipient=recipient,
            recipient_name=recipient_name.strip(),
            recipient_id_number=id_number,
            authority=authority.strip(),
            signature=signature,
            note=text.strip(),
            handed_at=timezone.now(),
            handed_by_id=by.user_id,
        )
        mark_done(request, step, StepOutcome.DONE, by=by)
        note(
            request,
            Verb.HANDED_OVER,
            by=by,
            step=step,
            text=recipient_name.strip(),
            recipient=recipient,
        )
        advance(request, by=by)
        emit(
            RequestHandedOver(
                request_uid=str(request.uid), number=request.number or "", recipient=recipient
            ),
            by=by,
        )
    return request


def require_may_receive(
    request: Request, recipient: str, *, authority: str = "", id_number: str = ""
) -> None:
    """Whether somebody in that capacity, with that card, may receive it today (policy FRD-06)."""
    if recipient == Recipient.AGENT and request.with_agent:
        most = int(value("FRD-06.poa_max_age_days", on=today()).value)
        fault = paper_fault(
            request.acting_by,
            request.agent_power_on,
            request.agent_power_until,
            on=today(),
            most_days=most,
        )
        if fault is not None:
            raise PowerOver(why=fault.sentence)
    if recipient == Recipient.DELEGATE:
        allowed = value("FRD-06.delegate_may_receive", on=today()).value
        if allowed == "never":
            raise DelegateNotAllowed()
        if allowed == "with_authority" and not authority.strip():
            raise AuthorityMissing()
    meant = {
        Recipient.APPLICANT: request.applicant,
        Recipient.BENEFICIARY: request.beneficiary,
        Recipient.AGENT: request.agent,
    }.get(Recipient(recipient) if recipient in Recipient.values else Recipient.DELEGATE)
    if meant is None or meant.kind != PartyKind.PERSON or meant.alias_of_id is not None:
        return
    if id_number and meant.id_number and meant.id_number != id_number:
        raise AnothersCard(name=meant.full_name)


def require_output_ready(request: Request) -> None:
    """Before delivery: what was promised is printed and paid. A rejected request hands over its answer only."""
    require_fees_settled(request)
    output = request.design.output
    if output is None or request.document_id is not None:
        return
    if request.decision == Decision.REJECTED and not _tells_rejection(output):
        return
    raise OutputNotIssued()


def require_fees_settled(request: Request) -> None:
    """Refuses `FeeNotSettled` while an approved request has money open; a rejected one is not held for it."""
    if request.decision == Decision.REJECTED:
        return
    unpaid = list(RequestFee.objects.filter(request=request, settled_at=None))
    if unpaid:
        raise FeeNotSettled(amount=listed(format_money(one.money) for one in unpaid))


def _require_decided(request: Request, output: Output) -> None:
    if request.design.deciding_step is None:
        return
    if request.decision == Decision.APPROVED or (request.decision and _tells_rejection(output)):
        return
    raise NotDecided(number=request.number)


def _tells_rejection(output: Output) -> bool:
    """A letter answers both ways; a certificate certifies only what was approved."""
    return output.template == "letter"


def _judge_dues(request: Request, *, by: Viewer) -> Gate:
    asked = asked_of(request, on=today())
    # Asked before the dues: what is posted between the two is judged again, never overlooked.
    watermark = ask(DuesPort).watermark()
    gate = dues_gate(asked)
    gate = replace(gate, inputs={**gate.inputs, "watermark": watermark})
    record_decision(
        DUES_AT_ISSUE,
        subject=request.subject_ref,
        outcome=gate.outcome.value,
        inputs=gate.inputs,
        answers=gate.answers,
        reasons=[one.kept() for one in gate.reasons],
        basis_date=asked.on,
        by=by,
    )
    # Who let it pass at the desk until a day let it pass here too; later the gate is opened anew, for the printing.
    points = (DUES_AT_ISSUE, point_of(gate.code))
    return opened_by(gate, subject=request.subject_ref, points=points, on=asked.on)


def _issue(request: Request, output: Output, gate: Gate | None, *, by: Viewer) -> IssuedDocument:
    content = output_content(request, output, gate=gate)
    number = take(CERTIFICATE_SERIES, year=today().year, by=by)
    document = issue_document(
        kind=content.kind,
        number=number.text,
        title=content.title,
        template=content.template,
        data={**content.data, "number": number.text},
        facts=content.facts,
        party_id=request.payer_id,
        subject=request.subject_ref,
        valid_until=content.valid_until,
        by=by,
    )
    sections = RequestStep.objects.filter(request=request).values_list("section_id", flat=True)
    ask(FilingPort).file_document(
        file_id=document.file_id,
        title=f"{content.title} {number.text}",
        type_code="issued_document",
        subject=request.subject_ref,
        party_id=None if request.is_hidden else request.payer_id,
        confidential=False,
        section_ids=sorted(set(sections)),
        by=by,
    )
    return document
