"""What was paid on requests that came to nothing."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from modules.frontdesk.constants import State
from modules.frontdesk.models import Request, RequestFee


def paid_fees(request: Request) -> list[RequestFee]:
    """Fees that were paid and whose receipt stands."""
    return list(RequestFee.objects.filter(request=request, settled_at__isnull=False).order_by("id"))


def with_refund_due(queryset: QuerySet[Request]) -> QuerySet[Request]:
    """Those taken back or abandoned after something was paid, for which no refund was asked yet."""
    paid = RequestFee.objects.filter(request=OuterRef("pk"), settled_at__isnull=False)
    asked = Request.objects.filter(follows=OuterRef("pk")).exclude(state=State.CANCELLED)
    return queryset.filter(Exists(paid), ~Exists(asked), state=State.CANCELLED)
