"""Campaigns: decide on one, end it early, and the credits that receipts write in its name (policies REV-02, REV-04).

The credit is written in the receipt's own transaction and goes back with the receipt. What must not live here: what
a due is reduced by (`selectors.campaigns`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

import structlog

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.constants import REDUCTION_BOOK, Authority, CreditKind
from modules.finance.errors import DecisionMissing, ReasonMissing
from modules.finance.errors.campaigns import (
    CampaignAboveAuthority,
    CampaignEnded,
    CampaignUpsideDown,
)
from modules.finance.models import Campaign, Charge, Credit, Receipt
from modules.finance.selectors.campaigns import campaigns_snapshot, limit_of
from modules.finance.selectors.settling import Reduction
from modules.finance.services.allocating import Split
from modules.finance.services.credits import DecisionPaper, Grant, grant_credit, take_credit_back

log = structlog.get_logger(__name__)


def open_campaign(draft: Campaign, *, by: Viewer) -> Campaign:
    """Enter a campaign that was decided. It starts and ends by itself.

    Refuses `DecisionMissing`, `CampaignAboveAuthority` (REV-04), `CampaignUpsideDown`.
    """
    by.require("finance.manage_campaigns")
    if not draft.decision_no.strip() or draft.decided_on is None or not draft.authority:
        raise DecisionMissing()
    if draft.until < draft.since or (draft.year_to or 9999) < (draft.year_from or 0):
        raise CampaignUpsideDown()
    limit = limit_of(draft.authority, draft.decided_on)
    if draft.percent > limit:
        authority = Authority(draft.authority).label
        raise CampaignAboveAuthority(authority=authority, limit=f"{limit:f}")
    with recorded(by=by, reason=f"قرار {draft.decision_no}"):
        draft.save(force_insert=True)
        campaigns_snapshot.changed()
    log.info("finance.campaign_opened", campaign=draft.pk, by=by.user_id)
    return draft


def end_campaign(campaign: Campaign, *, reason: str, by: Viewer) -> Campaign:
    """End it today; what it gave stays. Refuses `ReasonMissing`, `CampaignEnded`."""
    by.require("finance.manage_campaigns")
    if not reason.strip():
        raise ReasonMissing()
    with recorded(by=by, reason=reason):
        held = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if held.ended_on is not None:
            raise CampaignEnded()
        held.ended_on, held.ended_by_id, held.ended_reason = today(), by.user_id, reason.strip()
        held.save(update_fields=["ended_on", "ended_by", "ended_reason"])
        campaigns_snapshot.changed()
    return held


def give_reductions(
    receipt: Receipt,
    divided: Split,
    charges: Mapping[int, Charge],
    reductions: Mapping[int, Reduction],
    *,
    on: date,
    by: Viewer,
) -> list[Credit]:
    """Write the credits that campaigns give with this receipt, each in the book of reductions of its box."""
    found = []
    for share in divided.shares:
        if share.reduction is None or share.reduction.amount <= 0:
            continue
        campaign = Campaign.objects.get(pk=reductions[share.charge_id].campaign_id)
        found.append(
            grant_credit(
                charges[share.charge_id],
                Grant(
                    kind=CreditKind(campaign.kind),
                    amount=share.reduction,
                    reason=campaign.title,
                    paper=DecisionPaper(
                        number=campaign.decision_no,
                        decided_on=campaign.decided_on,
                        authority=campaign.authority,
                    ),
                    journal=f"{REDUCTION_BOOK}{receipt.box.code}",
                    campaign=campaign,
                    receipt=receipt,
                ),
                by=by,
            )
        )
    return found


def take_reductions_back(
    receipt_id: int, *, reason: str, by: Viewer, charge_ids: Collection[int] | None = None
) -> int:
    """The credits of a receipt that no longer counts, or of the dues that one of its cheques reopened; how many."""
    standing = Credit.objects.filter(receipt_id=receipt_id, entry__reversal=None).order_by("id")
    if charge_ids is not None:
        standing = standing.filter(charge_id__in=charge_ids)
    found = list(standing.select_related("entry"))
    for one in found:
        take_credit_back(one, reason=reason, by=by)
    return len(found)
