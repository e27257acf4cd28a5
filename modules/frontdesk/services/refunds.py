"""Money paid for a request that was taken back or closed as abandoned: the way to have it returned."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.money import format_money
from kernel.viewer import Viewer
from modules.frontdesk.constants import State
from modules.frontdesk.errors.standing import NothingToRefund
from modules.frontdesk.models import Request
from modules.frontdesk.selectors.refunds import paid_fees
from modules.frontdesk.selectors.requests import request_for
from modules.frontdesk.services.draft import Persons, open_draft
from modules.frontdesk.services.recording import lock_request

REFUND = "FN-004"


def ask_refund(uid: UUID | str, *, by: Viewer) -> Request:
    """Open the request for a refund of what was paid on one that came to nothing, filled in with its receipts; once.

    What is returned is decided on its own route, where finance is. Refuses `NothingToRefund`.
    """
    by.require("frontdesk.open")
    with recorded(by=by):
        request = lock_request(uid, by=by)
        fees = paid_fees(request)
        if request.state != State.CANCELLED or not fees:
            raise NothingToRefund()
        standing = Request.objects.filter(
            follows=request, service_version__service__code=REFUND
        ).exclude(state=State.CANCELLED)
        asked = standing.order_by("id").first()
        if asked is not None:
            return asked
        full = request_for(by, uid)
        with in_language("ar"):
            details = "\n".join(
                _("%(fee)s: %(amount)s, receipt %(receipt)s")
                % {
                    "fee": one.title_ar,
                    "amount": format_money(one.money, "ar"),
                    "receipt": one.receipt_number or "—",
                }
                for one in fees
            )
            words = _("Refund of what was paid on request %(number)s, which came to nothing.") % {
                "number": request.number
            }
        made = open_draft(
            REFUND,
            persons=Persons(applicant=full.applicant, beneficiary=full.beneficiary),
            contact_phone=request.contact_phone,
            follows=request,
            by=by,
        )
        if "details" in {one.code for one in made.design.fields}:
            made.answers = {**made.answers, "details": f"{words}\n{details}"}
            made.save()
    return made
