"""Suppliers: parties that the municipality buys from, with what paying them needs."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import VersionedRow
from modules.finance.models import guards


class Supplier(VersionedRow):
    """مورد. Who it is stands with the party; here stands how it is paid, and whether."""

    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, related_name="+")
    bank = models.TextField(_("bank"), blank=True, default="")
    iban = models.TextField(_("IBAN"), blank=True, default="")
    tax_file = models.TextField(_("number of the tax file"), blank=True, default="")
    certificate = models.TextField(
        _("number of the source deduction certificate"), blank=True, default=""
    )
    certificate_until = models.DateField(_("the certificate is valid until"), null=True, blank=True)
    terms_days = models.PositiveSmallIntegerField(_("paid within days"), default=30)
    blocked_reason = models.TextField(_("why nothing is bought there"), blank=True, default="")
    note = models.TextField(_("note"), blank=True, default="")

    class Meta(VersionedRow.Meta):
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(iban="") | Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}$"),
                name="finance_supplier_iban",
            ),
            models.CheckConstraint(condition=Q(terms_days__lte=365), name="finance_supplier_terms"),
        ]
        triggers: ClassVar = [*VersionedRow.Meta.triggers, guards.NeverEmptied()]

    def __str__(self) -> str:
        return str(self.party_id)

    @property
    def is_blocked(self) -> bool:
        return bool(self.blocked_reason)
