"""Spending and the budget that it comes from."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, LogRow, Row
from modules.finance.constants import (
    BudgetControl,
    BudgetMoveKind,
    Fund,
    SpendingKind,
    SpendingState,
)
from modules.finance.models import columns, guards
from modules.finance.models.books import Account
from modules.finance.models.steps import BeginsWithAStep, FollowsSteps


class CarriesBudget(Guard):
    """What a budget line holds follows from its moves; a line that blocks is never overspent (its constraint)."""

    name = "carries_budget"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    func = """
        EXECUTE format($sql$
            UPDATE %I.finance_budgetline SET
                revised = revised + CASE WHEN $1 IN ('original', 'supplement', 'transfer') THEN $2 ELSE 0 END,
                committed = committed + CASE WHEN $1 = 'commitment' THEN $2 ELSE 0 END,
                spent = spent + CASE WHEN $1 = 'spent' THEN $2 ELSE 0 END
            WHERE id = $3
        $sql$, TG_TABLE_SCHEMA) USING NEW.kind, NEW.amount, NEW.line_id;
        RETURN NULL;
    """


class BudgetStands(Guard):
    """Figures of a budget line change by its moves alone; a line is never deleted (BA042)."""

    name = "budget_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'INSERT' THEN
            IF (NEW.revised, NEW.committed, NEW.spent) IS DISTINCT FROM (0::numeric, 0::numeric, 0::numeric) THEN
                RAISE EXCEPTION 'a budget line begins empty' USING ERRCODE = 'BA042';
            END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY['revised', 'committed', 'spent', 'control']
                IS DISTINCT FROM to_jsonb(OLD) - ARRAY['revised', 'committed', 'spent', 'control']
            OR ((NEW.revised, NEW.committed, NEW.spent) IS DISTINCT FROM (OLD.revised, OLD.committed, OLD.spent)
                AND pg_trigger_depth() < 2) THEN
            RAISE EXCEPTION 'budget line % stands as it is', OLD.id USING ERRCODE = 'BA042';
        END IF;
        RETURN NEW;
    """


class BudgetLine(Row):
    """What may be spent on an account in a year, by fund and section, in base currency."""

    year = models.PositiveSmallIntegerField(_("year"))
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    section = models.ForeignKey(
        "organisation.Section",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    fund = models.TextField(_("fund"), choices=Fund.choices, default=Fund.CURRENT)
    # What a donor pays for: its name, who pays, and the bank account kept apart for it.
    project = models.TextField(_("project"), blank=True, default="")
    donor = models.ForeignKey(
        "parties.Party", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    bank_account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    control = models.TextField(
        _("when it is exceeded"), choices=BudgetControl.choices, default=BudgetControl.BLOCK
    )
    revised = columns.amount(default=0, editable=False)
    committed = columns.amount(default=0, editable=False)
    spent = columns.amount(default=0, editable=False)

    class Meta(Row.Meta):
        ordering: ClassVar = ["account__code"]
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["year", "account", "section", "fund", "project"],
                name="finance_budgetline_key",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=~Q(control=BudgetControl.BLOCK)
                | Q(revised__gte=F("committed") + F("spent")),
                name="finance_budgetline_not_overspent",
            ),
            models.CheckConstraint(
                condition=~Q(project="") | Q(donor__isnull=True, bank_account__isnull=True),
                name="finance_budgetline_project",
            ),
            models.CheckConstraint(
                condition=Q(revised__gte=0, committed__gte=0, spent__gte=0),
                name="finance_budgetline_not_negative",
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, BudgetStands(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.account} {self.year}"

    @property
    def available(self):  # type: ignore[no-untyped-def]
        return self.revised - self.committed - self.spent


class InvoiceOnce(Guard):
    """The number of the supplier's invoice is written once (BA040)."""

    name = "invoice_once"
    when = pgtrigger.Before
    operation = pgtrigger.Update
    func = """
        IF OLD.invoice <> '' AND NEW.invoice <> OLD.invoice THEN
            RAISE EXCEPTION 'the invoice of spending % stands', OLD.id USING ERRCODE = 'BA040';
        END IF;
        RETURN NEW;
    """


class Spending(Row):
    """One spending from the request to the receiver's signature. What was asked for never changes; steps follow.

    `lines`: [{"account": id, "budget_line": id or null, "amount": "…", "text": "…"}]. The rate of the request is
    used to the end.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.TextField(_("number"))
    kind = models.TextField(_("kind"), choices=SpendingKind.choices)
    state = models.TextField(_("state"), choices=SpendingState.choices, default="", editable=False)
    moved_on = models.DateField(null=True, editable=False)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    asked_on = models.DateField(_("requested on"))
    currency = columns.currency()
    amount = columns.amount(verbose_name=_("amount"))
    base = columns.amount()
    rate = columns.rate(default=1)
    lines = models.JSONField()
    purpose = models.TextField(_("purpose"))
    invoice = models.TextField(_("number of the invoice"), blank=True, default="", editable=False)
    # What receipts set off against it (`models.set_offs`), also in the books' currency.
    set_off = columns.amount(default=0, db_default=0, editable=False)
    set_off_base = columns.amount(default=0, db_default=0, editable=False)

    class Meta(Row.Meta):
        verbose_name = _("spending")
        verbose_name_plural = _("spendings")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="finance_spending_number"),
            models.UniqueConstraint(
                fields=["party", "invoice"],
                condition=~Q(invoice="") & ~Q(state=SpendingState.REJECTED),
                name="finance_spending_invoice_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, base__gt=0), name="finance_spending_positive"
            ),
            models.CheckConstraint(
                condition=Q(set_off__gte=0, set_off_base__gte=0)
                & Q(set_off__lte=F("amount"), set_off_base__lte=F("base")),
                name="finance_spending_set_off",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state"], name="finance_spending_state"),
            models.Index(fields=["party"], name="finance_spending_party"),
        ]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            FollowsSteps(kept_by_hand=("invoice",), carried=("set_off", "set_off_base")),
            InvoiceOnce(),
            BeginsWithAStep(),
            guards.NeverEmptied(),
        ]

    def __str__(self) -> str:
        return self.number_text


class BudgetMove(LogRow):
    """A change of a budget line: the original, a supplement or a transfer by decision, a commitment, an expense."""

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="moves")
    kind = models.TextField(choices=BudgetMoveKind.choices)
    on_date = models.DateField()
    amount = columns.amount()
    spending = models.ForeignKey(
        Spending, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decision_no = models.TextField(blank=True, default="")
    decided_on = models.DateField(null=True)
    reason = models.TextField(blank=True, default="")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    made_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(
                    kind__in=[BudgetMoveKind.COMMITMENT, BudgetMoveKind.SPENT],
                    spending__isnull=False,
                )
                # An entry by hand: its number stands where a decision's does.
                | (Q(kind=BudgetMoveKind.SPENT, decided_on__isnull=False) & ~Q(decision_no=""))
                | (
                    Q(
                        kind__in=[
                            BudgetMoveKind.ORIGINAL,
                            BudgetMoveKind.SUPPLEMENT,
                            BudgetMoveKind.TRANSFER,
                        ]
                    )
                    & ~Q(decision_no="")
                    & Q(decided_on__isnull=False)
                ),
                name="finance_budgetmove_cause",
            )
        ]
        triggers: ClassVar = [*LogRow.Meta.triggers, CarriesBudget()]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"
