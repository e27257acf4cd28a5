"""What the staff found out about an online payment of which the bank says something else than we."""

from __future__ import annotations

from uuid import UUID

import structlog

from kernel.audit.recording import recorded
from kernel.viewer import Viewer
from modules.finance.errors import ReasonMissing
from modules.finance.errors.online import IntentUnknown, NothingToFindOut
from modules.finance.models import PaymentIntent
from modules.finance.selectors.online import MANAGE

log = structlog.get_logger(__name__)
LONGEST = 1000


def note_finding(uid: UUID, text: str, *, by: Viewer) -> PaymentIntent:
    """Write what was found out, once for each word of the bank; the payment then no longer asks for a look.

    Refuses `IntentUnknown`, `ReasonMissing` without words, and `NothingToFindOut`.
    """
    by.require(MANAGE)
    words = text.strip()[:LONGEST]
    if not words:
        raise ReasonMissing()
    with recorded(by=by, reason=words):
        found = PaymentIntent.objects.select_for_update(of=("self",)).filter(uid=uid).first()
        if found is None:
            raise IntentUnknown()
        if not found.needs_a_look:
            raise NothingToFindOut()
        found.remark = words
        found.save(update_fields=["remark"])
    log.info("finance.online_payment_looked_into", intent=found.pk, by=by.user_id)
    return found
