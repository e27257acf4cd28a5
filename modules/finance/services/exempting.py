"""Exemptions by social category (REV-05): the percent is the policy's, the paper is kept, one property only.

What must not live here: which authority may give how much away (`services.deciding`), posting it (`credits`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection
from django.utils.translation import override as in_language

from kernel.audit.recording import recorded
from kernel.files.models import StoredFile
from kernel.money import Money, money
from kernel.parties.selectors import ids_of
from kernel.policies.selectors import value
from kernel.viewer import Viewer
from modules.finance.constants import CreditGround, CreditKind
from modules.finance.errors import DecisionMissing
from modules.finance.errors.credits import (
    CategoryNotExempted,
    ExemptedAlready,
    ExemptedElsewhere,
    ProofMissing,
)
from modules.finance.models import Charge, Credit
from modules.finance.services.attaching import attach_to_entry
from modules.finance.services.credits import DecisionPaper, credit_charge

CATEGORIES = (
    CreditGround.MARTYR_FAMILY,
    CreditGround.PRISONER_FAMILY,
    CreditGround.DISABILITY,
    CreditGround.SOCIAL_CASE,
)


def percent_of(category: CreditGround, *, on: date) -> Decimal:
    """What the policy of that day gives this category."""
    return Decimal(value(f"REV-05.{category.value}", on=on).value)


def exempt_by_category(
    charge: Charge,
    *,
    category: CreditGround,
    proof: Sequence[StoredFile],
    paper: DecisionPaper,
    note: str = "",
    by: Viewer,
) -> Credit:
    """Exempt a due by the category of its person; how much is the policy's, and the proof stays with the entry.

    Refuses `DecisionMissing`, `CategoryNotExempted`, `ProofMissing`, `ExemptedAlready`, `ExemptedElsewhere` (REV-05),
    and what an exemption by decision refuses (REV-04).
    """
    by.require("finance.credit")
    if category not in CATEGORIES:
        raise DecisionMissing(field="category")
    if not paper.number.strip() or paper.decided_on is None:
        raise DecisionMissing()
    on = paper.decided_on
    if value("REV-05.proof_document", on=on).value and not proof:
        raise ProofMissing()
    with in_language("ar"):
        reason = f"{category.label} {note.strip()}".strip()
    with recorded(by=by, reason=reason):
        _hold_person(charge.party_id)
        held = Charge.objects.select_for_update(of=("self",)).get(pk=charge.pk)
        _refuse_again(held, on)
        amount = part_of(held, percent_of(category, on=on))
        if not amount.amount:
            raise CategoryNotExempted(category=category.label)
        granted = credit_charge(
            held,
            kind=CreditKind.EXEMPTION,
            amount=amount,
            reason=reason,
            paper=paper,
            ground=category,
            by=by,
        )
        if proof:
            attach_to_entry(granted.entry, proof, title=reason, by=by)
    return granted


def part_of(charge: Charge, percent: Decimal) -> Money:
    """The percent of what was assessed, to the smallest coin."""
    return money(charge.principal * percent / 100, charge.currency)


def _refuse_again(held: Charge, on: date) -> None:
    """Once on a due; with REV-05.one_property_only for one property of a person in a year."""
    standing = Credit.objects.filter(
        charge__party_id__in=ids_of(held.party_id),
        ground__in=[one.value for one in CATEGORIES],
        entry__reversal=None,
    )
    if standing.filter(charge=held).exists():
        raise ExemptedAlready()
    place = (held.land_unit_id, held.premises_id)
    if place == (None, None) or not value("REV-05.one_property_only", on=on).value:
        return
    elsewhere = (
        standing.filter(charge__year=held.year)
        .exclude(charge__land_unit__isnull=True, charge__premises__isnull=True)
        .select_related("charge__kind", "charge__land_unit", "charge__premises")
    )
    for one in elsewhere:
        if (one.charge.land_unit_id, one.charge.premises_id) != place:
            raise ExemptedElsewhere(
                place=one.charge.premises or one.charge.land_unit, due=one.charge.title
            )


def _hold_person(party_id: int) -> None:
    """Until the transaction ends nobody else exempts this person: two properties at once would both pass."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('finance.exemption:' || current_schema() || %s, 0))",
            [f":{min(ids_of(party_id))}"],
        )
