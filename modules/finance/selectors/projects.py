"""Projects and budget lines that entries name, and what came in and went out under each.

What counts: spent is what went to costs, stores, buildings and works; received is what came from revenue, what is deferred,
the donor's own dues and advances. Money, payables and cheques are neither: they would be counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.constants import AccountKind, AccountRole
from modules.finance.models import BudgetLine, Line

# The same as SQL over the account `a` of a line.
IS_SPENT = "(a.kind = 'expense' OR (a.kind = 'asset' AND NOT a.is_monetary))"
IS_RECEIVED = (
    "(a.kind IN ('revenue', 'net_assets') OR (a.kind = 'liability' AND NOT a.is_monetary) OR a.role = 'advances'"
    " OR (a.kind = 'asset' AND a.is_monetary AND a.needs_party AND a.role = ''))"
)
SPENT = Q(account__kind=AccountKind.EXPENSE) | Q(
    account__kind=AccountKind.ASSET, account__is_monetary=False
)
RECEIVED = (
    Q(account__kind__in=[AccountKind.REVENUE, AccountKind.NET_ASSETS])
    | Q(account__kind=AccountKind.LIABILITY, account__is_monetary=False)
    | Q(account__role=AccountRole.ADVANCES)
    | Q(
        account__kind=AccountKind.ASSET,
        account__is_monetary=True,
        account__needs_party=True,
        account__role="",
    )
)


def nameable_lines(viewer: Viewer) -> list[BudgetLine]:
    """Lines of this year's budget and of last year's that an entry may name."""
    year = today().year
    return list(
        BudgetLine.objects.filter(year__in=[year - 1, year])
        .select_related("account")
        .order_by("-year", "account__code", "id")
    )


def called(lines: Iterable[BudgetLine]) -> dict[str, BudgetLine]:
    """Each line under the text by which it is picked: its account's code, its project, its year when it is not this one's."""
    year, found = today().year, {}
    for one in lines:
        words = [one.account.code, one.project or one.account.name]
        if one.year != year:
            words.append(str(one.year))
        text = " ".join(words)
        found[f"{text} ({one.pk})" if text in found else text] = one
    return found


def projects_of(family: Sequence[int], *, on: date) -> list[BudgetLine]:
    """Projects of the year for which one of these persons pays."""
    mine = BudgetLine.objects.filter(donor_id__in=list(family), year=on.year).exclude(project="")
    return list(mine.select_related("account").order_by("project", "id"))


def projects_in(year: int) -> list[BudgetLine]:
    """All projects of a year."""
    found = BudgetLine.objects.filter(year=year).exclude(project="")
    return list(found.select_related("account").order_by("project", "id"))


def movements_under(viewer: Viewer, line: BudgetLine) -> QuerySet[Line]:
    """Lines of the books that name a budget line, newest first, each `spent`, `received` or neither."""
    return (
        Line.objects.filter(budget_line=line)
        .annotate(
            side=Case(
                When(SPENT, then=Value("spent")),
                When(RECEIVED, then=Value("received")),
                default=Value(""),
                output_field=CharField(),
            ),
            in_base=F("base_debit") - F("base_credit"),
            came=F("base_credit") - F("base_debit"),
        )
        .select_related("entry", "account", "party")
        .order_by("-date", "-id")
    )


def received_under(line: BudgetLine) -> Decimal:
    """What came in under a budget line, in base currency."""
    sums = Line.objects.filter(RECEIVED, budget_line=line).values_list("base_credit", "base_debit")
    return sum((into - out for into, out in sums), Decimal(0))
