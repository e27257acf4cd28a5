"""Finance on the person's page: what is owed, with the facts of a verdict, and the receipts."""

from __future__ import annotations

from kernel.calendar.selectors import today
from kernel.manifest import PanelContent
from kernel.parties.selectors import ids_of, party_of_id
from kernel.viewer import Viewer
from modules.finance.selectors.cash import receipts_of
from modules.finance.selectors.dues import dues_facts


def dues_of_party(viewer: Viewer, subject_id: int) -> PanelContent:
    """Open dues by kind with year, principal, paid and balance; `verdict` carries the facts, policy judges elsewhere."""
    party = party_of_id(viewer, subject_id)
    facts = dues_facts(ids_of(party.pk), today=today())
    return PanelContent(
        template="finance/panels/dues.html",
        context={
            "party": party,
            "facts": facts,
            "lines": facts.answer.lines,
            "totals": sorted(facts.answer.totals.items()),
            "overdue": sorted(facts.overdue.items()),
            "advances": sorted(facts.advances.items()),
            "may_receive": viewer.may("finance.receive"),
            "may_assess": viewer.may("finance.assess"),
            "today": today(),
        },
        count=facts.count,
        verdict=facts,
    )


def receipts_of_party(viewer: Viewer, subject_id: int) -> PanelContent:
    """The person's receipts, newest first."""
    found = receipts_of(viewer, ids_of(subject_id))
    latest = list(found[:30])
    return PanelContent(
        template="finance/panels/receipts.html",
        context={
            "receipts": latest,
            "more": len(latest) == 30,
            "may_open": viewer.may("finance.read_dues"),
        },
        count=len(latest),
    )
