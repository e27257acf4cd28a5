"""What lists are filtered by."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from frontend.forms import DateField
from kernel.organisation.models import Section
from kernel.organisation.selectors import sections
from kernel.text import tokens
from modules.finance.constants import (
    ChequeState,
    ChequeWay,
    EntryKind,
    Fund,
    Method,
    PlanState,
    SpendingKind,
    SpendingState,
    VoidKind,
)
from modules.finance.models import (
    BudgetLine,
    CashBox,
    Charge,
    Cheque,
    DuesKind,
    Entry,
    Plan,
    Receipt,
    Spending,
)
from modules.finance.selectors.dimensions import (
    Dimensions,
    budget_lines,
    entries_with,
    line_called,
    projects_named,
)


class DayFilter(django_filters.Filter):
    """A day typed as people write it."""

    field_class = DateField


class BudgetLineFilter(django_filters.ModelChoiceFilter):
    """A budget line, called by year, account and project."""

    field_class = type(
        "BudgetLineChoice",
        (django_filters.fields.ModelChoiceField,),
        {"label_from_instance": lambda self, line: line_called(line)},
    )


class ReceiptFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or payer"), method="by_text")
    since = DayFilter(label=_("From"), field_name="received_on", lookup_expr="gte")
    until = DayFilter(label=_("To"), field_name="received_on", lookup_expr="lte")
    box = django_filters.ModelChoiceFilter(
        label=_("Box"), queryset=lambda request: CashBox.objects.order_by("code")
    )
    method = django_filters.ChoiceFilter(
        label=_("Method"), choices=Method.choices, method="by_method"
    )
    void = django_filters.ChoiceFilter(
        label=_("State"), choices=[("valid", _("valid")), *VoidKind.choices], method="by_state"
    )

    class Meta:
        model = Receipt
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Receipt], name: str, value: str) -> QuerySet[Receipt]:
        text = value.strip()
        if any(sign.isdigit() for sign in text):
            return rows.filter(number_text__contains=text)
        for word in tokens(text):
            rows = rows.filter(party__search_words__contains=[word])
        return rows

    def by_method(self, rows: QuerySet[Receipt], name: str, value: str) -> QuerySet[Receipt]:
        return rows.filter(instruments__method=value).distinct()

    def by_state(self, rows: QuerySet[Receipt], name: str, value: str) -> QuerySet[Receipt]:
        return rows.filter(void_kind="" if value == "valid" else value)


class ChargeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Ratepayer or ID number"), method="by_text")
    kind = django_filters.ModelChoiceFilter(
        label=_("Kind of due"), queryset=lambda request: DuesKind.objects.order_by("position")
    )
    year = django_filters.NumberFilter(label=_("Year"))
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("owed", _("still owed")),
            ("settled", _("settled")),
            ("cancelled", _("cancelled")),
        ],
        method="by_state",
    )

    class Meta:
        model = Charge
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Charge], name: str, value: str) -> QuerySet[Charge]:
        text = value.strip()
        if text.isdigit():
            return rows.filter(party__id_number=text.zfill(9))
        for word in tokens(text):
            rows = rows.filter(party__search_words__contains=[word])
        return rows

    def by_state(self, rows: QuerySet[Charge], name: str, value: str) -> QuerySet[Charge]:
        if value == "owed":
            return rows.filter(balance__gt=0)
        if value == "settled":
            return rows.filter(balance=0, cancelled=0)
        return rows.filter(cancelled__gt=0)


class EntryFilter(django_filters.FilterSet):
    since = DayFilter(label=_("From"), field_name="date", lookup_expr="gte")
    until = DayFilter(label=_("To"), field_name="date", lookup_expr="lte")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=EntryKind.choices)
    number = django_filters.NumberFilter(label=_("Number"))
    section = django_filters.ModelChoiceFilter(
        label=_("Section"),
        queryset=lambda request: sections(with_closed=True),
        to_field_name="uid",
        method="by_section",
    )
    fund = django_filters.ChoiceFilter(label=_("Fund"), choices=Fund.choices, method="by_fund")
    project = django_filters.ChoiceFilter(
        label=_("Project"),
        choices=lambda: [(one, one) for one in projects_named()],
        method="by_project",
    )
    budget_line = BudgetLineFilter(
        label=_("Budget line"),
        queryset=lambda request: budget_lines(),
        to_field_name="uid",
        method="by_budget_line",
    )

    def by_section(self, rows: QuerySet[Entry], name: str, value: Section) -> QuerySet[Entry]:
        return entries_with(rows, Dimensions(section=value)) if value else rows

    def by_fund(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return entries_with(rows, Dimensions(fund=value))

    def by_project(self, rows: QuerySet[Entry], name: str, value: str) -> QuerySet[Entry]:
        return entries_with(rows, Dimensions(project=value))

    def by_budget_line(
        self, rows: QuerySet[Entry], name: str, value: BudgetLine
    ) -> QuerySet[Entry]:
        return entries_with(rows, Dimensions(budget_line=value)) if value else rows

    class Meta:
        model = Entry
        fields: tuple[str, ...] = ()


class ChequeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number, drawer or bank"), method="by_text")
    way = django_filters.ChoiceFilter(label=_("Received or issued"), choices=ChequeWay.choices)
    state = django_filters.MultipleChoiceFilter(label=_("State"), choices=ChequeState.choices)
    since = DayFilter(label=_("Due from"), field_name="dated_on", lookup_expr="gte")
    until = DayFilter(label=_("Due until"), field_name="dated_on", lookup_expr="lte")

    class Meta:
        model = Cheque
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Cheque], name: str, value: str) -> QuerySet[Cheque]:
        text = value.strip()
        if text.isdigit():
            return rows.filter(number__contains=text)
        found = rows
        for word in tokens(text):
            found = found.filter(party__search_words__contains=[word])
        return found | rows.filter(bank__icontains=text)


class PlanFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or ratepayer"), method="by_text")
    state = django_filters.ChoiceFilter(label=_("State"), choices=PlanState.choices)

    class Meta:
        model = Plan
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Plan], name: str, value: str) -> QuerySet[Plan]:
        text = value.strip()
        if any(sign.isdigit() for sign in text):
            return rows.filter(number_text__contains=text)
        for word in tokens(text):
            rows = rows.filter(party__search_words__contains=[word])
        return rows


class SpendingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or payee"), method="by_text")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=SpendingKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=SpendingState.choices)

    class Meta:
        model = Spending
        fields: tuple[str, ...] = ()

    def by_text(self, rows: QuerySet[Spending], name: str, value: str) -> QuerySet[Spending]:
        text = value.strip()
        if any(sign.isdigit() for sign in text):
            return rows.filter(number_text__contains=text)
        for word in tokens(text):
            rows = rows.filter(party__search_words__contains=[word])
        return rows
