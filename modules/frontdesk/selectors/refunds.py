"""What was paid on requests that came to nothing."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from kernel.money import format_money
from kernel.text import listed
from modules.frontdesk.constants import State
from modules.frontdesk.models import Request, RequestFee


def paid_fees(request: Request) -> list[RequestFee]:
    """Fees that were paid and whose receipt stands."""
    return list(RequestFee.objects.filter(request=request, settled_at__isnull=False).order_by("id"))


def money_back_words(request: Request) -> str:
    """What becomes of the money when the request is taken back; empty where nothing was paid."""
    paid = paid_fees(request)
    if not paid:
        return ""
    return _("%(amount)s was paid on it. It is paid back on a request of its own.") % {
        "amount": listed(format_money(one.money) for one in paid)
    }


def with_refund_due(queryset: QuerySet[Request]) -> QuerySet[Request]:
    """Those taken back or abandoned after something was paid, for which no refund was asked yet."""
    paid = RequestFee.objects.filter(request=OuterRef("pk"), settled_at__isnull=False)
    asked = Request.objects.filter(follows=OuterRef("pk")).exclude(state=State.CANCELLED)
    return queryset.filter(Exists(paid), ~Exists(asked), state=State.CANCELLED)
