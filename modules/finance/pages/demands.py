"""The demand notice of a person."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from frontend.pages import DeskRequest, page
from kernel.audit.looking import record_look
from kernel.parties.selectors import party_for
from modules.finance.demand_papers import demand_notice


@page(permission="finance.read_dues", module="finance")
@require_POST
def demand_paper(request: DeskRequest, party: UUID) -> HttpResponse:
    """What the person owes today, as a numbered notice that anybody can verify."""
    person = party_for(request.viewer, party)
    record_look(table_name="parties_party", row_id=person.pk, what="dues", by=request.viewer)
    content = demand_notice(person, by=request.viewer)
    return HttpResponse(content, content_type="application/pdf")
