"""The books: accounts, periods, entries with their lines, and the balances that posting keeps."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.db import LogRow, Row
from modules.finance.constants import (
    MONETARY_KINDS,
    AccountKind,
    AccountRole,
    EntryKind,
    Fund,
    PeriodState,
    RateSource,
)
from modules.finance.models import columns, guards


def reads_english() -> bool:
    return (get_language() or "ar").startswith("en")


def in_readers_language(arabic: str, english: str) -> str:
    return english if reads_english() and english else arabic


class Account(Row):
    """One line of the chart. Headings carry no postings; `role` is how the posting rules find an account."""

    code = models.TextField(_("code"))
    name_ar = models.TextField(_("name in Arabic"))
    name_en = models.TextField(_("name in English"), blank=True, default="")
    parent = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="children", db_index=False
    )
    kind = models.TextField(_("kind"), choices=AccountKind.choices)
    role = models.TextField(_("used for"), choices=AccountRole.choices, blank=True, default="")
    is_posting = models.BooleanField(_("postings allowed"), default=True)
    needs_party = models.BooleanField(_("each line names a person"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)
    # Money, and what is received or paid in money: at the month's end shown at that day's rate.
    is_monetary = models.BooleanField(
        _("revalued at the month's end"), default=False, db_default=False
    )
    report_line = models.TextField(_("line of the ministry's form"), blank=True, default="")
    # Of an account at a bank: its numbers by currency, how its statements and its cheques look.
    at_bank = models.JSONField(_("at the bank"), blank=True, default=dict)

    class Meta(Row.Meta):
        ordering: ClassVar = ["code"]
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["code"], name="finance_account_code"),
            models.UniqueConstraint(
                fields=["role"], condition=~Q(role=""), name="finance_account_role"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="finance_account_kind"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{1,12}$"), name="finance_account_code_digits"
            ),
            models.CheckConstraint(condition=~Q(name_ar=""), name="finance_account_named"),
            models.CheckConstraint(
                condition=Q(is_monetary=False) | Q(kind__in=MONETARY_KINDS),
                name="finance_account_monetary",
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def name(self) -> str:
        return in_readers_language(self.name_ar, self.name_en)


class Period(Row):
    """One month of the books. Entries are dated into open months only."""

    year = models.PositiveSmallIntegerField(_("year"))
    month = models.PositiveSmallIntegerField(_("month"))
    state = models.TextField(_("state"), choices=PeriodState.choices, default=PeriodState.OPEN)

    class Meta(Row.Meta):
        ordering: ClassVar = ["year", "month"]
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "month"], name="finance_period_month"),
            models.CheckConstraint(condition=Q(month__range=(1, 12)), name="finance_period_twelve"),
            models.CheckConstraint(
                condition=Q(state__in=PeriodState.values), name="finance_period_state"
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, guards.StatesGoForward(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.month:02d}/{self.year}"


class ExchangeRate(LogRow):
    """What one unit of a currency was worth in base currency on a day. A later row of the day replaces it."""

    currency = columns.currency()
    on_date = models.DateField(_("date"))
    rate = columns.rate()
    source = models.TextField(_("source"), choices=RateSource.choices, default=RateSource.MANUAL)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    class Meta(LogRow.Meta):
        indexes: ClassVar = [
            models.Index(
                F("currency"),
                F("on_date").desc(),
                F("id").desc(),
                include=["rate"],
                name="finance_rate_newest",
            )
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="finance_rate_positive")
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate} {self.on_date}"


class Entry(LogRow):
    """A posted entry. There is no other kind: what is not posted yet is not in the books.

    Numbered without a gap per book (`journal`) and year; a receipt's entry carries the receipt's own number.
    """

    journal = models.TextField()
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    date = models.DateField()
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField(choices=EntryKind.choices)
    description = models.TextField(blank=True, default="")
    source = models.TextField(blank=True, default="")
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    posted_at = models.DateTimeField(null=True, editable=False)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    posted_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["journal", "year", "number"], name="finance_entry_number"
            ),
            models.UniqueConstraint(
                fields=["source"], condition=~Q(source=""), name="finance_entry_source"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=EntryKind.values), name="finance_entry_kind"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1) & ~Q(journal=""), name="finance_entry_numbered"
            ),
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSAL) | Q(reverses__isnull=True),
                name="finance_entry_reverses",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["date", "id"], name="finance_entry_date")]
        triggers: ClassVar = [
            *LogRow.Meta.triggers,
            guards.IntoOpenPeriod(),
            guards.HasLines(),
            guards.RevaluesAndIsTakenBack(),
        ]

    def __str__(self) -> str:
        return self.number_text

    @property
    def number_text(self) -> str:
        return f"{self.journal} {self.year}/{self.number:05d}"

    @property
    def is_receipt(self) -> bool:
        return self.kind == EntryKind.RECEIPT


class Line(columns.Fact):
    """One side of an entry. `date` repeats the entry's, so that an account and a person are read from one index.

    A line may carry a base amount alone: the exchange difference that a foreign settlement leaves.
    """

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="lines")
    seq = models.PositiveIntegerField()
    date = models.DateField()
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    party = models.ForeignKey(
        "parties.Party", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    charge = models.ForeignKey(
        "finance.Charge", null=True, on_delete=models.PROTECT, related_name="lines", db_index=False
    )
    section = models.ForeignKey(
        "organisation.Section",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    budget_line = models.ForeignKey(
        "finance.BudgetLine", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    fund = models.TextField(choices=Fund.choices, default=Fund.CURRENT)
    description = models.TextField(blank=True, default="")
    currency = columns.currency()
    debit = columns.amount(default=0)
    credit = columns.amount(default=0)
    rate = columns.rate(default=1)
    base_debit = columns.amount(default=0)
    base_credit = columns.amount(default=0)

    class Meta(columns.Fact.Meta):
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(debit__gte=0, credit__gte=0, base_debit__gte=0, base_credit__gte=0)
                & (Q(debit=0) | Q(credit=0))
                & (Q(base_debit=0) | Q(base_credit=0))
                & (Q(debit=0) | Q(base_credit=0))
                & (Q(credit=0) | Q(base_debit=0)),
                name="finance_line_one_side",
            ),
            models.CheckConstraint(
                condition=Q(debit__gt=0)
                | Q(credit__gt=0)
                | Q(base_debit__gt=0)
                | Q(base_credit__gt=0),
                name="finance_line_something",
            ),
            models.CheckConstraint(condition=Q(rate__gt=0), name="finance_line_rate"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["party", "account", "date"],
                include=["currency", "debit", "credit"],
                condition=Q(party__isnull=False),
                name="finance_line_party",
            ),
            models.Index(
                fields=["account", "date"],
                include=["currency", "debit", "credit", "base_debit", "base_credit"],
                name="finance_line_account",
            ),
            models.Index(
                fields=["charge"], condition=Q(charge__isnull=False), name="finance_line_charge"
            ),
            models.Index(
                fields=["budget_line", "date"],
                condition=Q(budget_line__isnull=False),
                name="finance_line_budget",
            ),
        ]
        triggers: ClassVar = [*columns.Fact.Meta.triggers, guards.PostedInOneGo()]

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.seq}"


class MonthlyBalance(models.Model):
    """Turnover of an account in a month, currency and book: written by the posting of lines and by nothing else.

    Kept per book, so that cashiers who post at the same time do not wait for one another's rows.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = columns.currency()
    period = models.ForeignKey(Period, on_delete=models.PROTECT, related_name="+", db_index=False)
    journal = models.TextField()
    debit = columns.amount(default=0)
    credit = columns.amount(default=0)
    base_debit = columns.amount(default=0)
    base_credit = columns.amount(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "currency", "period", "journal"],
                name="finance_monthlybalance_key",
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["period", "account"], name="finance_monthlybalance_month")
        ]
        triggers: ClassVar = guards.kept_by_posting()

    def __str__(self) -> str:
        return f"{self.account_id} {self.period_id} {self.currency}"
