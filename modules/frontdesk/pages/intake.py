"""The first page of a request: pick the service, for whom."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from frontend.forms import once_for
from frontend.pages import DeskRequest, page
from kernel.audit.looking import record_look
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.parties.models import Party
from kernel.text import fold_key
from modules.frontdesk.constants import FREQUENT, GateCode
from modules.frontdesk.forms import PickForm
from modules.frontdesk.models import Service
from modules.frontdesk.pages.showing import GATE_KINDS
from modules.frontdesk.selectors.asking import asked_before
from modules.frontdesk.selectors.catalogue import (
    GROUPS,
    grouped,
    most_asked_first,
    offered_services,
    offered_version,
)
from modules.frontdesk.selectors.gates import Gate, gates_of, paper_title
from modules.frontdesk.selectors.naming import person_meant
from modules.frontdesk.selectors.requests import drafts_of
from modules.frontdesk.services import Persons, open_draft


@require_http_methods(["GET", "HEAD", "POST"])
@page(permission="frontdesk.open", module="frontdesk")
def new(request: DeskRequest) -> HttpResponse:
    """Choose the service (and the person); a click opens the draft. With a person and a service chosen, what will
    stop the request is told before anything is opened.
    """
    form = PickForm(request.POST if request.method == "POST" else request.GET)
    form.is_valid()
    person = _meant(request, form)
    code = form.cleaned_data.get("service", "")
    if request.method == "POST" and code:
        with once_for(request, "frontdesk.new") as once:
            if once.replayed:
                return once.redirect()
            made = open_draft(code, persons=Persons(applicant=person), by=request.viewer)
            return once.redirect(reverse("frontdesk:draft", args=[made.uid]))
    services = _matching(list(offered_services(request.viewer)), form.cleaned_data.get("q", ""))
    context = {
        "form": form,
        "person": person,
        "groups": [(group_title(code), many) for code, many in grouped(services).items()],
        "frequent": most_asked_first([one for one in services if one.code in FREQUENT]),
        "drafts": list(drafts_of(request.viewer)[:10]),
        "typed": form.cleaned_data.get("q", ""),
        # The one service that fits has the cursor: Enter opens it.
        "only": services[0].code if len(services) == 1 and form.cleaned_data.get("q") else "",
    }
    if code:
        context |= _preview(request, code, person)
    return render(request, "frontdesk/new.html", context, status=form.status)


def _meant(request: DeskRequest, form: PickForm) -> Party | None:
    """For whom; a number that nobody carries is told at the field."""
    try:
        return person_meant(request.viewer, form.cleaned_data.get("party"), field="party")
    except Refusal as refusal:
        form.add_refusal(refusal)
        return None


def group_choices() -> list[tuple[str, str]]:
    """Groups of services in words, in the order in which the desk lists them."""
    return [(code, group_title(code)) for code in GROUPS]


def group_title(code: str) -> str:
    """A group of services in words."""
    titles = {
        "front_desk": _("Public service"),
        "subscriptions": _("Subscriptions"),
        "crafts": _("Crafts and industries"),
        "planning": _("Planning and building"),
        "leases": _("Property and leases"),
        "court": _("Municipal court"),
        "inspection": _("Inspection"),
        "finance": _("Finance"),
        "correspondence": _("Correspondence"),
        "fleet": _("Vehicles"),
        "policies": _("Policies"),
    }
    return titles.get(code, code)


def shown_gates(gates: list[Gate]) -> list[dict[str, object]]:
    """Gates as rows: label, colour, sentence, the policy's article, dues behind it."""
    return [{"gate": one, "kind": GATE_KINDS[one.outcome], "reasons": one.reasons} for one in gates]


def _preview(request: DeskRequest, code: str, person: Party | None) -> dict[str, object]:
    version = offered_version(request.viewer, code)
    asked = asked_before(code, version.design, applicant=person, on=today())
    if person is not None:
        record_look(table_name="parties_party", row_id=person.pk, what="dues", by=request.viewer)
    # Without a person nothing is known of their dues, holds and standing: silence would read as "may proceed".
    about_person = set() if person else {GateCode.DUES, GateCode.HOLDS, GateCode.AGENT}
    left_out = {GateCode.PAPERS, *about_person}
    return {
        "service": version.service,
        "design": version.design,
        "gates": shown_gates([one for one in gates_of(asked) if one.code not in left_out]),
        "papers": [(paper_title(one.code), one.need) for one in version.design.papers],
    }


def _matching(services: list[Service], typed: str) -> list[Service]:
    if not typed:
        return services
    key = fold_key(typed)
    return [one for one in services if key in fold_key(f"{one.code} {one.title}")]
