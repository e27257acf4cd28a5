"""Reactions to what happened elsewhere, and to our own events: tell the citizen, ring the section's bell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kernel.calendar.events import HolidaysChanged
from kernel.printing.events import DocumentRevoked
from kernel.viewer import Viewer
from modules.frontdesk.constants import MODULE_CODE, OwedAgain
from modules.frontdesk.events import (
    FeeAssessed,
    RequestCompleted,
    RequestDecided,
    RequestResubmitted,
    RequestReturned,
    RequestSubmitted,
    RequestWithdrawn,
    StepOpened,
    TicketCalled,
)
from modules.frontdesk.selectors.quotation_paper import KIND as QUOTATION
from modules.frontdesk.selectors.requests import merged_uids
from modules.frontdesk.services import move_deadlines, settle_fee, unsettle_fee
from modules.frontdesk.services.hall_from_home import tell_who_is_near
from modules.frontdesk.services.revoking import judge_clearances_again
from modules.frontdesk.services.submit import file_papers
from modules.frontdesk.services.telling import ring_section, tell_citizen

if TYPE_CHECKING:  # finance may be left out of an installation; its events then never come
    from modules.finance.events import (
        ChargeReopened,
        ChargeSettled,
        ChequeBounced,
        ReceiptCancelled,
    )


def _house() -> Viewer:
    return Viewer.system("frontdesk")


def on_charge_settled(happened: ChargeSettled) -> None:
    if happened.source_module == MODULE_CODE:
        settle_fee(happened.charge_uid, by=_house())


def on_charge_reopened(happened: ChargeReopened) -> None:
    if happened.source_module == MODULE_CODE:
        unsettle_fee(happened.charge_uid, by=_house())
    judge_clearances_again(
        happened.party_id, since=happened.since, cause=OwedAgain.DUE, by=_house()
    )


def on_receipt_cancelled(happened: ReceiptCancelled) -> None:
    judge_clearances_again(
        happened.party_id,
        since=happened.since,
        cause=OwedAgain.RECEIPT,
        number=happened.number,
        by=_house(),
    )


def on_cheque_bounced(happened: ChequeBounced) -> None:
    judge_clearances_again(
        happened.party_id,
        since=happened.since,
        cause=OwedAgain.CHEQUE,
        number=happened.number,
        by=_house(),
    )


def on_document_revoked(happened: DocumentRevoked) -> None:
    of_request = happened.subject.startswith("request:") and happened.kind.startswith("frontdesk.")
    if of_request and happened.kind != QUOTATION:  # a draft has no number to tell of
        tell_citizen(happened.subject.removeprefix("request:"), "revoked", by=_house())


def on_holidays_changed(happened: HolidaysChanged) -> None:
    move_deadlines(first_day=happened.first_day, last_day=happened.last_day, by=_house())


def on_request_submitted(happened: RequestSubmitted) -> None:
    file_papers(happened.request_uid, by=_house())
    tell_citizen(happened.request_uid, "submitted", by=_house())


def on_step_opened(happened: StepOpened) -> None:
    ring_section(happened, by=_house())


def on_request_returned(happened: RequestReturned) -> None:
    tell_citizen(happened.request_uid, "returned", by=_house())


def on_request_resubmitted(happened: RequestResubmitted) -> None:
    tell_citizen(happened.request_uid, "resubmitted", by=_house())


def on_fee_assessed(happened: FeeAssessed) -> None:
    tell_citizen(happened.request_uid, "fee", by=_house(), fee_code=happened.fee_code)


def on_request_decided(happened: RequestDecided) -> None:
    tell_citizen(happened.request_uid, happened.decision, by=_house())


def on_request_completed(happened: RequestCompleted) -> None:
    for uid in (happened.request_uid, *merged_uids(happened.request_uid)):
        tell_citizen(uid, "completed", by=_house())


def on_request_withdrawn(happened: RequestWithdrawn) -> None:
    tell_citizen(happened.request_uid, "lapsed" if happened.lapsed else "withdrawn", by=_house())


def on_ticket_called(happened: TicketCalled) -> None:
    tell_who_is_near(happened.ticket_uid, by=_house())
