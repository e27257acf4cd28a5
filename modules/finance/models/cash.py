"""The cash desk: boxes, sessions with their counts, receipts with their instruments."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, Row
from modules.finance.constants import Method, VoidKind
from modules.finance.models import columns, guards
from modules.finance.models.books import Account, Entry, in_readers_language
from modules.finance.models.cash_guards import BeginsAsInTheBooks, CashIsThere
from modules.finance.models.closings import DayStillOpen
from modules.finance.models.rounds import RoundsApart
from modules.finance.models.set_offs import GivesBack, SetsOff


class CashBox(Row):
    """A drawer with its own receipt book and its own account in the books."""

    code = models.TextField(_("code"))
    name_ar = models.TextField(_("name in Arabic"))
    name_en = models.TextField(_("name in English"), blank=True, default="")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    section = models.ForeignKey(
        "organisation.Section",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    is_active = models.BooleanField(_("in use"), default=True)
    # A collector's box: whose it is, and the neighbourhoods of his rounds.
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    zones = ArrayField(models.BigIntegerField(), default=list, db_default=Value("{}"))
    # A box of online payments names its gateway here: which adapter, where, for which currencies, whether it takes
    # new payments. The secret rests beside it, locked with the municipality's key, and never reaches the trail.
    gateway = models.JSONField(null=True)
    gateway_secret = models.TextField(blank=True, default="", db_default="")

    class Meta(Row.Meta):
        ordering: ClassVar = ["code"]
        triggers: ClassVar = [AuditTrail(hidden=("gateway_secret",)), RoundsApart()]
        verbose_name = _("cash box")
        verbose_name_plural = _("cash boxes")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="finance_cashbox_code"),
            models.UniqueConstraint(fields=["account"], name="finance_cashbox_account"),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9A-Z]{1,6}$"), name="finance_cashbox_code_short"
            ),
            models.CheckConstraint(condition=~Q(name_ar=""), name="finance_cashbox_named"),
            models.CheckConstraint(
                condition=Q(collector__isnull=False) | Q(zones=[]), name="finance_cashbox_rounds"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return in_readers_language(self.name_ar, self.name_en)


class CashSession(Row):
    """One cashier at one box on one day, from the opening float to the count."""

    box = models.ForeignKey(CashBox, on_delete=models.PROTECT, related_name="sessions")
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    on_date = models.DateField(_("day"))
    opened_at = models.DateTimeField()
    opening_float = models.JSONField(default=dict)
    # What the books said was in the drawer when the cashier sat down: whatever moves it since is expected in the count.
    # Null: opened before this was kept.
    opening_books = models.JSONField(null=True)
    # Why the float is not what the books said; empty when it is.
    opening_reason = models.TextField(blank=True, default="", db_default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    note = models.TextField(blank=True, default="")
    # What the cashier counted for the colleague who takes the box over; gone into the counts once that one accepts.
    handover = models.JSONField(null=True)
    taken_from = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="taken_by"
    )

    class Meta(Row.Meta):
        verbose_name = _("cash session")
        verbose_name_plural = _("cash sessions")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["box"],
                condition=Q(closed_at__isnull=True),
                name="finance_cashsession_one_per_box",
            ),
            models.UniqueConstraint(
                fields=["cashier"],
                condition=Q(closed_at__isnull=True),
                name="finance_cashsession_one_per_cashier",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="finance_cashsession_closed_by",
            ),
        ]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            guards.SessionCloses(),
            guards.TakesOver(),
            BeginsAsInTheBooks(),
            DayStillOpen(),
        ]

    def __str__(self) -> str:
        return f"{self.box_id} {self.on_date}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CashCount(columns.Fact):
    """What one session should hold and what was counted, per instrument and currency, at its closing."""

    session = models.ForeignKey(
        CashSession, on_delete=models.PROTECT, related_name="counts", db_index=False
    )
    method = models.TextField(choices=Method.choices)
    currency = columns.currency()
    opening = columns.amount(default=0)
    taken = columns.amount(default=0)
    # Of what was taken: not by the session's own receipts (to the bank, from another box, a receipt taken back).
    moved = columns.amount(default=0, db_default=0)
    counted = columns.amount()
    denominations = models.JSONField(default=dict)
    variance = models.GeneratedField(
        expression=F("counted") - F("opening") - F("taken"),
        output_field=models.DecimalField(max_digits=18, decimal_places=3),
        db_persist=True,
    )
    entry = models.ForeignKey(
        Entry, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta(columns.Fact.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["session", "method", "currency"], name="finance_cashcount_key"
            ),
            models.CheckConstraint(
                condition=Q(counted__gte=0), name="finance_cashcount_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id} {self.method} {self.currency}"

    @property
    def received(self) -> Decimal:
        """What the session's own receipts brought in."""
        brought: Decimal = self.taken - self.moved
        return brought


class Receipt(Row):
    """سند قبض. Numbered without a gap per box and year; posted with its entry in one transaction."""

    box = models.ForeignKey(CashBox, on_delete=models.PROTECT, related_name="+", db_index=False)
    session = models.ForeignKey(CashSession, on_delete=models.PROTECT, related_name="receipts")
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.TextField(_("number"))
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer_name = models.TextField(_("paid by"))
    received_on = models.DateField(_("date"))
    received_at = models.DateTimeField()
    currency = columns.currency()
    amount = columns.amount()
    surplus = columns.amount(default=0)
    words = models.TextField()
    note = models.TextField(blank=True, default="")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="receipt")
    cashier = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    cashier_name = models.TextField(default="")
    void_kind = models.TextField(choices=VoidKind.choices, blank=True, default="")
    void_reason = models.TextField(blank=True, default="")
    voided_at = models.DateTimeField(null=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    void_entry = models.OneToOneField(
        Entry, null=True, on_delete=models.PROTECT, related_name="voided_receipt"
    )

    class Meta(Row.Meta):
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["box", "year", "number"], name="finance_receipt_number"
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, surplus__gte=0), name="finance_receipt_positive"
            ),
            models.CheckConstraint(
                condition=Q(void_kind="", void_entry__isnull=True, voided_at__isnull=True)
                | (
                    Q(
                        void_kind__in=VoidKind.values,
                        void_entry__isnull=False,
                        voided_at__isnull=False,
                    )
                    & ~Q(void_reason="")
                ),
                name="finance_receipt_void",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["party", "-received_at"], name="finance_receipt_party"),
            models.Index(fields=["-received_at", "-id"], name="finance_receipt_newest"),
            models.Index(fields=["number_text"], name="finance_receipt_number_text"),
        ]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            guards.IntoOpenSession(),
            guards.ReceiptStands(),
            guards.ReceiptIsCovered(),
            CashIsThere(),
            guards.NeverEmptied(),
            GivesBack(),
        ]

    def __str__(self) -> str:
        return self.number_text

    @property
    def is_void(self) -> bool:
        return bool(self.void_kind)


class Instrument(columns.Fact):
    """What was handed over for a receipt: cash, a cheque, a card slip … and the account it went to."""

    receipt = models.ForeignKey(Receipt, on_delete=models.PROTECT, related_name="instruments")
    method = models.TextField(choices=Method.choices)
    amount = columns.amount()
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    reference = models.TextField(blank=True, default="")
    bank = models.TextField(blank=True, default="")
    branch = models.TextField(blank=True, default="")
    drawer_account = models.TextField(blank=True, default="")
    dated_on = models.DateField(null=True)
    # A set-off: what we owe the payer, and what of it in the books' currency. Null: of the time when a set-off was a
    # reference alone, on an account of its own.
    spending = models.ForeignKey(
        "finance.Spending",
        null=True,
        on_delete=models.PROTECT,
        related_name="set_offs",
        db_index=False,
    )
    base = columns.amount(null=True)

    class Meta(columns.Fact.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_instrument_positive"),
            models.CheckConstraint(
                condition=Q(method__in=Method.values), name="finance_instrument_method"
            ),
            models.CheckConstraint(
                condition=~Q(method=Method.CHEQUE)
                | (~Q(reference="") & ~Q(bank="") & Q(dated_on__isnull=False)),
                name="finance_instrument_cheque",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["spending"],
                condition=Q(spending__isnull=False),
                name="finance_instrument_spending",
            ),
        ]
        triggers: ClassVar = [*columns.Fact.Meta.triggers, SetsOff()]

    def __str__(self) -> str:
        return f"{self.method} {self.amount}"
