"""The books by dimension: lines of a section, a fund, a project, a donor, a budget line, a currency.

Read from the lines: balances are kept by account alone. Lines that name a budget line are found by its index; a section
and a fund are on too many lines for an index to help, so those are read through. What must not live here: the trial
balance of everything (`selectors.books`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import F, Q, QuerySet, Sum, Value
from django.utils.translation import gettext as _

from kernel.organisation.models import Section
from kernel.organisation.selectors import beneath, section_for
from kernel.parties.models import Party
from kernel.parties.selectors import ids_of, party_for
from kernel.viewer import Viewer
from modules.finance.constants import Fund
from modules.finance.models import Account, BudgetLine, Entry, Line
from modules.finance.selectors.books import BalanceLine, base_currency
from modules.finance.selectors.spending import budget_line_for


@dataclass(frozen=True, kw_only=True)
class Dimensions:
    """What a line must carry to be counted; what is not said does not matter."""

    section: Section | None = None
    fund: str = ""
    project: str = ""
    donor: Party | None = None
    budget_line: BudgetLine | None = None
    currency: str = ""

    def __bool__(self) -> bool:
        return any(
            (self.section, self.fund, self.project, self.donor, self.budget_line, self.currency)
        )

    @property
    def wanted(self) -> Q:
        """As a condition on lines. What was spent under a budget line belongs to its section."""
        found = Q()
        if self.section is not None:
            within = list(beneath(self.section).values_list("pk", flat=True))
            lines = list(BudgetLine.objects.filter(section__in=within).values_list("pk", flat=True))
            found &= Q(section__in=within) | Q(section=None, budget_line__in=lines)
        if self.fund:
            found &= Q(fund=self.fund)
        if self.currency:
            found &= Q(currency=self.currency)
        if self.budget_line is not None:
            found &= Q(budget_line=self.budget_line.pk)
        if self.project or self.donor is not None:
            found &= Q(budget_line__in=list(self._projects().values_list("pk", flat=True)))
        return found

    def _projects(self) -> QuerySet[BudgetLine]:
        found = BudgetLine.objects.exclude(project="")
        if self.project:
            found = found.filter(project=self.project)
        if self.donor is not None:
            found = found.filter(donor__in=ids_of(self.donor.pk))
        return found


EVERYTHING = Dimensions()


def trial_balance_of(
    viewer: Viewer, *, on: date, dimensions: Dimensions, since: date | None = None
) -> list[BalanceLine]:
    """Every account with the turnover up to a day of the lines that carry these dimensions, per currency.

    Debit and credit need not be equal: money and payables name no section and no project.
    """
    lines = Line.objects.filter(dimensions.wanted, date__lte=on)
    if since is not None:
        lines = lines.filter(date__gte=since)
    sums = (
        lines.order_by()
        .values("account_id", "currency")
        .annotate(
            debits=Sum("debit"),
            credits=Sum("credit"),
            base_debits=Sum("base_debit"),
            base_credits=Sum("base_credit"),
        )
    )
    accounts = {one.pk: one for one in Account.objects.all()}
    found = [
        BalanceLine(
            accounts[row["account_id"]].code,
            accounts[row["account_id"]].name_ar,
            accounts[row["account_id"]].name_en,
            accounts[row["account_id"]].kind,
            row["currency"],
            row["debits"],
            row["credits"],
            row["base_debits"],
            row["base_credits"],
        )
        for row in sums
    ]
    return sorted(found, key=lambda one: (one.code, one.currency))


def journal_lines(
    viewer: Viewer,
    *,
    since: date,
    until: date,
    dimensions: Dimensions = EVERYTHING,
    account: Account | None = None,
) -> QuerySet[Line]:
    """The lines of a period in order, of an account and what is beneath it, with these dimensions."""
    found = Line.objects.filter(dimensions.wanted, date__gte=since, date__lte=until)
    if account is not None:
        found = found.filter(account__code__startswith=account.code)
    return (
        found.annotate(in_base=F("base_debit") - F("base_credit"), base=Value(base_currency(until)))
        .select_related("entry", "account", "party", "section", "budget_line__account")
        .order_by("date", "entry_id", "seq")
    )


def entries_with(rows: QuerySet[Entry], dimensions: Dimensions) -> QuerySet[Entry]:
    """Entries of which a line carries these dimensions."""
    if not dimensions:
        return rows
    named = Line.objects.filter(dimensions.wanted).values("entry")
    return rows.filter(pk__in=named)


def projects_named() -> list[str]:
    """The projects that stand in the budget of any year."""
    found = BudgetLine.objects.exclude(project="").order_by("project")
    return list(found.values_list("project", flat=True).distinct())


def donors() -> QuerySet[Party]:
    """Who pays for projects."""
    named = BudgetLine.objects.exclude(donor=None).values("donor")
    return Party.objects.filter(pk__in=named).order_by("search_key", "id")


def budget_lines() -> QuerySet[BudgetLine]:
    """The lines of all years, this year's first."""
    return BudgetLine.objects.select_related("account").order_by("-year", "account__code", "id")


def dimensions_for(
    viewer: Viewer,
    *,
    section: UUID | None = None,
    fund: str = "",
    project: str = "",
    donor: UUID | None = None,
    budget_line: UUID | None = None,
    currency: str = "",
) -> Dimensions:
    """The dimensions behind what was asked for by uid. Refuses what is not there, each in its own sentence."""
    return Dimensions(
        section=section_for(viewer, section) if section else None,
        fund=fund,
        project=project,
        donor=party_for(viewer, donor) if donor else None,
        budget_line=budget_line_for(viewer, budget_line) if budget_line else None,
        currency=currency,
    )


def in_words(dimensions: Dimensions) -> list[list[str]]:
    """What was asked for, as it stands above a paper."""
    line = dimensions.budget_line
    told = (
        (_("Section"), dimensions.section),
        (_("Fund"), Fund(dimensions.fund).label if dimensions.fund else ""),
        (_("Project"), dimensions.project),
        (_("Donor"), dimensions.donor),
        (_("Budget line"), line_called(line) if line else ""),
        (_("Currency"), dimensions.currency),
    )
    return [[label, str(value)] for label, value in told if value]


def line_called(line: BudgetLine) -> str:
    """A budget line as people pick it: year, account, and its project."""
    return " · ".join(str(one) for one in (line.year, line.account, line.project) if one)
