"""What people owe: kinds of dues, charges, credits, and the settlements that make a charge smaller."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.db import LogRow, Row
from modules.finance.constants import (
    BatchKind,
    BatchState,
    CreditGround,
    CreditKind,
    SettlementKind,
)
from modules.finance.models import columns, guards
from modules.finance.models.books import Account, Entry, in_readers_language
from modules.finance.models.campaigns import Campaign, ComesFromADue, MovesWhole, WithinCampaign


class DuesKind(Row):
    """A kind of due (water, waste, rent …) with its receivable control account and its revenue account."""

    code = models.TextField(_("code"))
    title_ar = models.TextField(_("title in Arabic"))
    title_en = models.TextField(_("title in English"), blank=True, default="")
    receivable = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    revenue = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    is_fine = models.BooleanField(_("a fine or penalty"), default=False)
    position = models.PositiveSmallIntegerField(_("order of settling"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta(Row.Meta):
        ordering: ClassVar = ["position", "code"]
        verbose_name = _("kind of due")
        verbose_name_plural = _("kinds of dues")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="finance_dueskind_code"),
            models.CheckConstraint(
                condition=~Q(title_ar="") & ~Q(code=""), name="finance_dueskind_named"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_readers_language(self.title_ar, self.title_en)


class OpeningBatch(Row):
    """Old dues brought in from a sheet: checked first, then in the books, undone whole before their first use."""

    file = models.ForeignKey(
        "files.StoredFile", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    errors_file = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    what = models.TextField(choices=BatchKind.choices, default=BatchKind.DUES)
    state = models.TextField(choices=BatchState.choices, default=BatchState.CHECKED)
    columns = models.JSONField(default=dict)
    control = models.JSONField(default=dict)
    as_of = models.DateField(_("balances of"))
    rows_good = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    totals = models.JSONField(default=dict)
    only_good = models.BooleanField(default=False)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta(Row.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=BatchState.values, what__in=BatchKind.values),
                name="finance_openingbatch_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.state}"


class Charge(Row):
    """One due of one person, assessed once under one source key. Its balance is stored and guarded.

    `paid`, `credited`, `cancelled` and `base_settled` follow from the settlements; nobody writes them.
    """

    source_module = models.TextField()
    source_record = models.TextField()
    source_code = models.TextField()
    source_period = models.TextField(default="")
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    land_unit = models.ForeignKey(
        "places.LandUnit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    premises = models.ForeignKey(
        "places.Premises", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.ForeignKey(DuesKind, on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.PositiveSmallIntegerField(_("year"))
    period_from = models.DateField(_("from"), null=True)
    period_to = models.DateField(_("to"), null=True)
    due_on = models.DateField(_("due on"))
    description = models.TextField(_("description"), blank=True, default="")
    currency = columns.currency()
    principal = columns.amount(verbose_name=_("principal"))
    base_principal = columns.amount()
    paid = columns.amount(default=0, editable=False)
    credited = columns.amount(default=0, editable=False)
    cancelled = columns.amount(default=0, editable=False)
    base_settled = columns.amount(default=0, editable=False)
    balance = models.GeneratedField(
        expression=F("principal") - F("paid") - F("credited") - F("cancelled"),
        output_field=models.DecimalField(max_digits=18, decimal_places=3),
        db_persist=True,
    )
    is_opening = models.BooleanField(default=False)
    batch = models.ForeignKey(
        OpeningBatch, null=True, on_delete=models.PROTECT, related_name="charges", db_index=False
    )
    # The due from which this one was moved by a decision; after several moves, the first of all.
    origin = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="moved", db_index=False
    )
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="charges")

    class Meta(Row.Meta):
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source_module", "source_record", "source_code", "source_period"],
                condition=Q(cancelled=0, origin__isnull=True),
                name="finance_charge_source",
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=0) & Q(base_principal__gte=0),
                name="finance_charge_positive",
            ),
            models.CheckConstraint(
                condition=Q(paid__gte=0, credited__gte=0, cancelled__gte=0)
                & Q(principal__gte=F("paid") + F("credited") + F("cancelled")),
                name="finance_charge_not_oversettled",
            ),
            models.CheckConstraint(
                condition=Q(principal__gt=F("paid") + F("credited") + F("cancelled"))
                | Q(base_settled=F("base_principal")),
                name="finance_charge_base_follows",
            ),
            models.CheckConstraint(
                condition=Q(period_from__isnull=True)
                | Q(period_to__isnull=True)
                | Q(period_to__gte=F("period_from")),
                name="finance_charge_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["party", "due_on", "id"],
                include=["kind", "year", "currency", "principal", "paid", "balance"],
                condition=Q(balance__gt=0),
                name="finance_charge_open",
            ),
            models.Index(fields=["party", "year"], name="finance_charge_party"),
            models.Index(
                fields=["land_unit"],
                condition=Q(land_unit__isnull=False),
                name="finance_charge_land",
            ),
            models.Index(
                fields=["batch"], condition=Q(batch__isnull=False), name="finance_charge_batch"
            ),
            models.Index(
                fields=["origin"], condition=Q(origin__isnull=False), name="finance_charge_origin"
            ),
        ]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            guards.ChargeStands(),
            ComesFromADue(),
            guards.NeverEmptied(),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """The kind and the year: مياه 2025."""
        return f"{self.kind.title} {self.year}"

    @property
    def title(self) -> str:
        return self.description or f"{self.kind.title} {self.year}"

    @property
    def status(self) -> str:
        """open, part_paid, settled or cancelled: follows from the amounts."""
        if self.cancelled:
            return "cancelled"
        if self.balance <= 0:
            return "settled"
        return "part_paid" if self.paid or self.credited else "open"


class Credit(LogRow):
    """A charge made smaller without money: by a dated decision, or from an advance. Never edits the charge."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="credits")
    kind = models.TextField(choices=CreditKind.choices)
    amount = columns.amount()
    decision_no = models.TextField(_("decision number"), blank=True, default="")
    decided_on = models.DateField(_("date of the decision"), null=True)
    authority = models.TextField(_("authority"), blank=True, default="")
    reason = models.TextField(_("reason"))
    # Under which policy, where one names it: a category of REV-05, the reward of REV-03.
    ground = models.TextField(choices=CreditGround.choices, blank=True, default="", db_default="")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="credit")
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, related_name="credits", db_index=False
    )
    receipt = models.ForeignKey(
        "finance.Receipt",
        null=True,
        on_delete=models.PROTECT,
        related_name="reductions",
        db_index=False,
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    granted_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        verbose_name = _("credit")
        verbose_name_plural = _("credits")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_credit_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="finance_credit_reason"),
            models.CheckConstraint(
                condition=Q(kind__in=[CreditKind.CORRECTION, CreditKind.ADVANCE])
                | (
                    Q(kind__in=CreditKind.values) & ~Q(decision_no="") & Q(decided_on__isnull=False)
                ),
                name="finance_credit_decided",
            ),
            models.CheckConstraint(
                condition=Q(campaign__isnull=True, receipt__isnull=True)
                | Q(campaign__isnull=False, receipt__isnull=False),
                name="finance_credit_campaign",
            ),
            models.CheckConstraint(
                condition=Q(ground="")
                | Q(
                    ground__in=[one for one in CreditGround.values if one],
                    kind__in=[CreditKind.EXEMPTION, CreditKind.DISCOUNT],
                ),
                name="finance_credit_ground",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["receipt"],
                condition=Q(receipt__isnull=False),
                name="finance_credit_receipt",
            ),
        ]
        triggers: ClassVar = [*LogRow.Meta.triggers, WithinCampaign(), MovesWhole()]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Settlement(columns.Fact):
    """How much of a charge went, when, by which receipt, cleared cheque or credit. Taking it back is a second row.

    A row is taken back by its opposite. A bounced cheque of a receipt takes back as much as it was worth, which may
    be less than a whole row: such a row names the cheque and no receipt.

    Dated rows, so that what was owed on any past day can be told. `base` is the part of the charge's own base
    amount; `tendered` is what it took of the receipt, in the receipt's currency.
    """

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="settlements")
    kind = models.TextField(choices=SettlementKind.choices)
    date = models.DateField()
    amount = columns.amount()
    base = columns.amount()
    tendered = columns.amount(default=0)
    receipt = models.ForeignKey(
        "finance.Receipt",
        null=True,
        on_delete=models.PROTECT,
        related_name="settlements",
        db_index=False,
    )
    credit = models.ForeignKey(
        Credit, null=True, on_delete=models.PROTECT, related_name="settlements", db_index=False
    )
    cheque = models.ForeignKey(
        "finance.Cheque",
        null=True,
        on_delete=models.PROTECT,
        related_name="settlements",
        db_index=False,
    )
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="settlements", db_index=False
    )
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )

    class Meta(columns.Fact.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(amount__gt=0) & Q(reverses__isnull=True))
                | (Q(amount__lt=0) & Q(reverses__isnull=False))
                | Q(amount__lt=0, cheque__isnull=False, receipt__isnull=True),
                name="finance_settlement_sign",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=SettlementKind.PAID,
                    receipt__isnull=False,
                    credit__isnull=True,
                    cheque__isnull=True,
                )
                | Q(
                    kind=SettlementKind.PAID,
                    receipt__isnull=True,
                    credit__isnull=True,
                    cheque__isnull=False,
                )
                | Q(
                    kind__in=[SettlementKind.CREDITED, SettlementKind.PAID],
                    receipt__isnull=True,
                    credit__isnull=False,
                    cheque__isnull=True,
                )
                | Q(
                    kind=SettlementKind.CANCELLED,
                    receipt__isnull=True,
                    credit__isnull=True,
                    cheque__isnull=True,
                ),
                name="finance_settlement_cause",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["receipt"],
                condition=Q(receipt__isnull=False),
                name="finance_settlement_receipt",
            ),
            models.Index(
                fields=["cheque"],
                condition=Q(cheque__isnull=False),
                name="finance_settlement_cheque",
            ),
        ]
        triggers: ClassVar = [*columns.Fact.Meta.triggers, guards.SettlesCharges()]

    def __str__(self) -> str:
        return f"{self.charge_id} {self.kind} {self.amount}"
