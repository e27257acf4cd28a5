"""Keep the register of suppliers: who is one, how it is paid, whether it is paid.

What must not live here: what is bought (`services.spending`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import structlog
from django.db import IntegrityError, transaction

from kernel.audit.recording import recorded
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of
from kernel.viewer import Viewer
from modules.finance.errors import ReasonMissing
from modules.finance.errors.suppliers import IbanWrong, SupplierBlocked, SupplierTwice
from modules.finance.models import Supplier

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class PayingFacts:
    """How a supplier is paid."""

    bank: str = ""
    iban: str = ""
    tax_file: str = ""
    certificate: str = ""
    certificate_until: date | None = None
    terms_days: int = 30
    note: str = ""


NO_FACTS = PayingFacts()


def add_supplier(party: Party, facts: PayingFacts = NO_FACTS, *, by: Viewer) -> Supplier:
    """Take a party into the register. Refuses `SupplierTwice` (also for a record merged into it), `IbanWrong`."""
    by.require("finance.manage_suppliers")
    with recorded(by=by):
        if Supplier.objects.filter(party_id__in=ids_of(party.pk)).exists():
            raise SupplierTwice(name=party.full_name)
        made = Supplier(party=party)
        _write(made, facts)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError as error:
            raise SupplierTwice(name=party.full_name) from error
    log.info("finance.supplier_added", supplier=made.pk, by=by.user_id)
    return made


def change_supplier(supplier: Supplier, facts: PayingFacts, *, by: Viewer) -> Supplier:
    """Change how a supplier is paid. Refuses `IbanWrong`."""
    by.require("finance.manage_suppliers")
    with recorded(by=by):
        held = Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
        _write(held, facts)
        held.save()
    return held


def _write(supplier: Supplier, facts: PayingFacts) -> None:
    supplier.bank = facts.bank.strip()
    supplier.iban = checked_iban(facts.iban)
    supplier.tax_file = facts.tax_file.strip()
    supplier.certificate = facts.certificate.strip()
    supplier.certificate_until = facts.certificate_until
    supplier.terms_days = facts.terms_days
    supplier.note = facts.note.strip()


def checked_iban(typed: str) -> str:
    """The IBAN without blanks, its check digits proved (ISO 13616). Refuses `IbanWrong`."""
    bare = "".join(typed.split()).replace("-", "").upper()
    if not bare:
        return ""
    if not bare.isascii() or not bare.isalnum() or not 14 <= len(bare) <= 34:
        raise IbanWrong()
    if not (bare[:2].isalpha() and bare[2:4].isdigit()):
        raise IbanWrong()
    if bare.startswith("PS") and len(bare) != 29:
        raise IbanWrong()
    if int("".join(str(int(one, 36)) for one in bare[4:] + bare[:4])) % 97 != 1:
        raise IbanWrong()
    return bare


def block_supplier(supplier: Supplier, *, reason: str, by: Viewer) -> Supplier:
    """Nothing is bought there and nothing is paid until it is let in again. Refuses `ReasonMissing`."""
    by.require("finance.manage_suppliers")
    if not reason.strip():
        raise ReasonMissing()
    return _blocked(supplier, reason.strip(), reason, by)


def unblock_supplier(supplier: Supplier, *, reason: str, by: Viewer) -> Supplier:
    """Buy there again. Refuses `ReasonMissing`."""
    by.require("finance.manage_suppliers")
    if not reason.strip():
        raise ReasonMissing()
    return _blocked(supplier, "", reason, by)


def _blocked(supplier: Supplier, why: str, reason: str, by: Viewer) -> Supplier:
    with recorded(by=by, reason=reason):
        held = Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
        held.blocked_reason = why
        held.save(update_fields=["blocked_reason"])
    log.info("finance.supplier_blocked", supplier=held.pk, blocked=bool(why), by=by.user_id)
    return held


def refuse_blocked(party_id: int) -> None:
    """Refuses `SupplierBlocked` for a party whose record, or one merged into it, is blocked."""
    found = (
        Supplier.objects.select_related("party")
        .filter(party_id__in=ids_of(party_id))
        .exclude(blocked_reason="")
        .first()
    )
    if found is not None:
        raise SupplierBlocked(name=found.party.full_name, reason=found.blocked_reason)
