"""Lists of the bank as tables, and what they are filtered by."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from frontend.tables import AmountColumn, CodeColumn, Column, DateColumn, LinkColumn, StateColumn
from modules.finance.models import BankLine, BankStatement
from modules.finance.pages.filters import DayFilter
from modules.finance.pages.tables import MoneyTable


def state_of(statement: BankStatement) -> str:
    if statement.is_approved:
        return str(_("approved"))
    return str(_("prepared") if statement.prepared_at else _("not reconciled"))


class StatementTable(MoneyTable):
    reference = LinkColumn(
        verbose_name=_("Number"),
        url=lambda one: reverse("finance:bank-statement", args=[one.uid]),
        code=True,
    )
    account = Column(verbose_name=_("Bank account"), orderable=False)
    since = DateColumn(verbose_name=_("From"))
    until = DateColumn(verbose_name=_("To"))
    opening = AmountColumn(verbose_name=_("Opening balance"))
    closing = AmountColumn(verbose_name=_("Closing balance"))
    state = StateColumn(
        accessor="reference",
        verbose_name=_("State"),
        kinds=lambda one: "ok" if one.is_approved else "info" if one.prepared_at else "warn",
        show=state_of,
        orderable=False,
    )

    empty_title = _("No bank statement yet")
    empty_text = _("Take in the file that the bank gives for download.")


class BankLineTable(MoneyTable):
    seq = LinkColumn(
        verbose_name=_("Line"),
        url=lambda one: reverse("finance:bank-line", args=[one.uid]),
        code=True,
    )
    on_date = DateColumn(verbose_name=_("Date"))
    reference = CodeColumn(verbose_name=_("Reference"))
    text = Column(verbose_name=_("Text of the bank"), empty_values=())
    amount = AmountColumn(verbose_name=_("Amount"))
    matched = AmountColumn(verbose_name=_("In the books"))

    empty_title = _("No movement here")
    empty_text = _("Nothing on this statement fits the filter.")

    def render_text(self, record: BankLine) -> str:
        return record.text if record.seq else str(_("Balance before the first statement"))


class StatementFilter(django_filters.FilterSet):
    since = DayFilter(label=_("From"), field_name="until", lookup_expr="gte")
    until = DayFilter(label=_("To"), field_name="since", lookup_expr="lte")
    number = django_filters.CharFilter(
        label=_("Number"), field_name="reference", lookup_expr="icontains"
    )

    class Meta:
        model = BankStatement
        fields: tuple[str, ...] = ()


class BankLineFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Reference or text"), method="by_text")
    since = DayFilter(label=_("From"), field_name="on_date", lookup_expr="gte")
    until = DayFilter(label=_("To"), field_name="on_date", lookup_expr="lte")

    class Meta:
        model = BankLine
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[BankLine], name: str, value: str) -> QuerySet[BankLine]:
        return rows.filter(text__icontains=value) | rows.filter(reference__icontains=value)
