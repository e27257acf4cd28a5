"""Lists of finance as tables."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontend.tables import (
    AmountColumn,
    Column,
    DateColumn,
    DeskTable,
    LinkColumn,
    StateColumn,
)
from frontend.templatetags.face import amount as amount_text
from kernel.calendar.selectors import today
from kernel.money import zero
from modules.finance.selectors.books import base_currency

CHARGE_KINDS = {"open": "warn", "part_paid": "info", "settled": "ok", "cancelled": "neutral"}
CHARGE_STATES = {
    "open": _("unpaid"),
    "part_paid": _("partly settled"),
    "settled": _("settled"),
    "cancelled": _("cancelled"),
}


def totals_by_currency(rows: QuerySet[Any], *columns: str) -> dict[str, Any]:
    """For each column the sums by currency, written one under the other."""
    sums = list(
        rows.order_by()
        .values("currency")
        .annotate(**{f"sum_{one}": Sum(one) for one in columns})
        .order_by("currency")
    )
    return {one: [(row[f"sum_{one}"], row["currency"]) for row in sums] for one in columns}


class MoneyTable(DeskTable):
    """A table whose totals are sums by currency: several in one cell, never added across currencies."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"template_name": "finance/parts/money_table.html", **kwargs})

    def totals_row(self) -> list[tuple[str, Any]]:
        return [
            (str(column.header), self._shown(self.totals.get(column.name)))
            for column in self.columns
        ]

    def _shown(self, sums: Any) -> Any:
        if not isinstance(sums, list):
            return sums
        return _one_under_the_other(sums)


def _one_under_the_other(sums: list[tuple[Any, str]]) -> list[str]:
    return [amount_text(total, currency) for total, currency in sums] or [
        amount_text(zero(base_currency(today())))
    ]


class ReceiptTable(MoneyTable):
    number_text = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("finance:receipt", args=[one.uid]),
        code=True,
    )
    received_at = DateColumn(verbose_name=_("Received"), time=True)
    payer_name = Column(verbose_name=_("Paid by"))
    amount = AmountColumn(verbose_name=_("Amount"))
    box = Column(verbose_name=_("Box"), orderable=False)
    cashier_name = Column(verbose_name=_("Cashier"))
    state = StateColumn(
        accessor="void_kind",
        verbose_name=_("State"),
        kinds=lambda one: "danger" if one.void_kind else "ok",
        show=lambda one: one.get_void_kind_display() if one.void_kind else _("valid"),
        empty_values=(),
        orderable=False,
    )

    class Meta:
        sequence: ClassVar = (
            "number_text",
            "received_at",
            "payer_name",
            "amount",
            "box",
            "cashier_name",
            "state",
        )

    empty_title = _("No receipts yet")
    empty_text = _("A receipt appears here as soon as money is received at the cash desk.")


class ChargeTable(MoneyTable):
    kind = LinkColumn(
        accessor="name",
        order_by=("kind__position", "year"),
        verbose_name=_("Due"),
        url=lambda one: reverse("finance:charge", args=[one.uid]),
    )
    party = Column(verbose_name=_("Ratepayer"), orderable=False)
    due_on = DateColumn(verbose_name=_("Due on"))
    principal = AmountColumn(verbose_name=_("Assessed"))
    paid = AmountColumn(verbose_name=_("Paid"))
    credited = AmountColumn(verbose_name=_("Credited"))
    balance = AmountColumn(verbose_name=_("Still owed"))

    empty_title = _("No dues here")
    empty_text = _("Dues come from the modules, from old dues brought in, or are assessed by hand.")


class SessionTable(DeskTable):
    on_date = LinkColumn(
        verbose_name=_("Day"), url=lambda one: reverse("finance:session", args=[one.uid]), code=True
    )
    box = Column(verbose_name=_("Box"), orderable=False)
    cashier = Column(verbose_name=_("Cashier"), orderable=False)
    opened_at = DateColumn(verbose_name=_("Opened at"), time=True)
    closed_at = DateColumn(verbose_name=_("Closed at"), time=True)

    empty_title = _("No sessions yet")
    empty_text = _("A session begins when a cashier sits down at a box.")


class EntryTable(DeskTable):
    number = LinkColumn(
        accessor="number_text", verbose_name=_("Number"), url=lambda one: reverse("finance:entry", args=[one.uid]),
        code=True, orderable=False,
    )  # fmt: skip
    date = DateColumn(verbose_name=_("Date"))
    kind = Column(verbose_name=_("Kind"), accessor="get_kind_display", orderable=False)
    description = Column(verbose_name=_("Description"), orderable=False)
    posted_by_name = Column(verbose_name=_("Posted by"), orderable=False)

    empty_title = _("Nothing has been posted yet")


class LedgerTable(MoneyTable):
    date = DateColumn(verbose_name=_("Date"))
    number = LinkColumn(
        accessor="entry__number_text", verbose_name=_("Entry"), code=True, orderable=False,
        url=lambda one: reverse("finance:entry", args=[one.entry.uid]),
    )  # fmt: skip
    account = Column(verbose_name=_("Account"), orderable=False)
    party = Column(verbose_name=_("Ratepayer"), orderable=False)
    description = Column(verbose_name=_("Description"), orderable=False)
    debit = AmountColumn(verbose_name=_("Debit"))
    credit = AmountColumn(verbose_name=_("Credit"))
    in_base = AmountColumn(verbose_name=_("In base"), currency_field="base", orderable=False)

    empty_title = _("Nothing was posted to this account in these days")


class BatchTable(DeskTable):
    as_of = LinkColumn(
        verbose_name=_("Balances of"),
        url=lambda one: reverse("finance:opening", args=[one.uid]),
        code=True,
    )
    created_at = DateColumn(verbose_name=_("Uploaded"), time=True)
    file = Column(verbose_name=_("File"), orderable=False)
    rows_good = Column(verbose_name=_("Rows right"))
    rows_bad = Column(verbose_name=_("Rows to correct"))
    state = StateColumn(
        verbose_name=_("State"),
        kinds={"checked": "info", "loading": "warn", "committed": "ok", "undone": "neutral"},
        show=lambda one: one.get_state_display(),
        orderable=False,
    )

    empty_title = _("No old dues brought in yet")
    empty_text = _("Download the template, fill it from the old system, and upload it.")


CHEQUE_KINDS = {
    "in_safe": "info",
    "deposited": "info",
    "cleared": "ok",
    "bounced": "danger",
    "legal": "danger",
    "endorsed": "info",
    "issued": "info",
    "handed_over": "info",
    "stopped": "danger",
    "stale": "warn",
}


class ChequeTable(MoneyTable):
    number = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("finance:cheque", args=[one.uid]),
        code=True,
    )
    dated_on = DateColumn(verbose_name=_("Due on"))
    party = Column(verbose_name=_("Person"), orderable=False)
    bank = Column(verbose_name=_("Bank"))
    amount = AmountColumn(verbose_name=_("Amount"))
    taken_on = DateColumn(verbose_name=_("Received on"))
    state = StateColumn(
        verbose_name=_("State"), kinds=CHEQUE_KINDS, show=lambda one: one.get_state_display()
    )

    empty_title = _("No cheques here")
    empty_text = _("Cheques come with a receipt, or are taken post-dated to cover dues.")


PLAN_KINDS = {"active": "ok", "defaulted": "danger", "completed": "neutral", "cancelled": "neutral"}


class PlanTable(MoneyTable):
    number_text = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("finance:plan", args=[one.uid]),
        code=True,
    )
    party = Column(verbose_name=_("Ratepayer"), orderable=False)
    agreed_on = DateColumn(verbose_name=_("Agreed on"))
    amount = AmountColumn(verbose_name=_("Amount"))
    state = StateColumn(
        verbose_name=_("State"), kinds=PLAN_KINDS, show=lambda one: one.get_state_display()
    )

    empty_title = _("No instalment plans yet")
    empty_text = _("A plan is agreed over dues that a person cannot pay at once.")


SPENDING_KINDS = {
    "set_off": "ok",
    "requested": "neutral",
    "committed": "info",
    "invoiced": "warn",
    "approved": "warn",
    "issued": "info",
    "handed_over": "ok",
    "rejected": "danger",
}


class SpendingTable(MoneyTable):
    number_text = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("finance:spending", args=[one.uid]),
        code=True,
    )
    asked_on = DateColumn(verbose_name=_("Requested on"))
    party = Column(verbose_name=_("Payee"), orderable=False)
    purpose = Column(verbose_name=_("What for"), orderable=False)
    amount = AmountColumn(verbose_name=_("Amount"))
    state = StateColumn(
        verbose_name=_("State"), kinds=SPENDING_KINDS, show=lambda one: one.get_state_display()
    )

    empty_title = _("Nothing was asked for yet")
    empty_text = _("A request leads to a commitment, an invoice, an approval and a payment.")


WARNING_KINDS = {
    "issued": "warn",
    "served": "info",
    "contested": "warn",
    "enforced": "danger",
    "lapsed": "neutral",
}


class WarningTable(DeskTable):
    number_text = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("finance:warning", args=[one.uid]),
        code=True,
    )
    party = Column(verbose_name=_("Ratepayer"), orderable=False)
    issued_on = DateColumn(verbose_name=_("Written on"))
    state = StateColumn(
        verbose_name=_("State"), kinds=WARNING_KINDS, show=lambda one: one.get_state_display()
    )

    empty_title = _("No warnings yet")
    empty_text = _("A warning is written to who has not paid fifteen days after a due date.")
