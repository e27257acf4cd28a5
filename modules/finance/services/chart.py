"""The chart of accounts, kinds of dues and exchange rates: what the accountant keeps up."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, transaction

from kernel import registry
from kernel.audit.recording import recorded
from kernel.money import decimals_of
from kernel.viewer import Viewer
from modules.finance.constants import MONETARY_KINDS, AccountKind, RateSource
from modules.finance.errors import AccountNotPostable, AccountTaken, DuesKindTaken, RateNotPositive
from modules.finance.errors.books import AccountNotMonetary
from modules.finance.models import Account, DuesKind, ExchangeRate
from modules.finance.selectors.books import kinds_snapshot, roles_snapshot

TEMPLATE = Path(__file__).resolve().parents[1] / "data" / "chart_of_accounts.csv"
FINES = "45"


def load_template_chart(*, by: Viewer) -> int:
    """Accounts of the template that are not there yet. The template is ours, not the ministry's official codes."""
    by.require("finance.manage_accounts")
    with TEMPLATE.open(encoding="utf-8", newline="") as sheet:
        rows = list(csv.DictReader(sheet))
    with recorded(by=by):
        known = dict(Account.objects.values_list("code", "id"))
        new = [row for row in rows if row["code"] not in known]
        for length in sorted({len(row["code"]) for row in new}):  # whoever is above is there first
            made = Account.objects.bulk_create(
                Account(
                    code=row["code"],
                    name_ar=row["name_ar"],
                    name_en=row["name_en"],
                    parent_id=_nearest_above(row["code"], known),
                    kind=AccountKind(row["kind"]),
                    role=row["role"],
                    is_posting=row["posting"] == "yes",
                    needs_party=row["needs_party"] == "yes",
                    is_monetary=row["monetary"] == "yes",
                )
                for row in sorted(new, key=lambda one: one["code"])
                if len(row["code"]) == length
            )
            known |= {account.code: account.pk for account in made}
        roles_snapshot.changed()
    return len(new)


def _nearest_above(code: str, known: dict[str, int]) -> int | None:
    """The account whose code is the longest beginning of this one."""
    for length in range(len(code) - 1, 0, -1):
        if code[:length] in known:
            return known[code[:length]]
    return None


def add_account(
    *,
    code: str,
    name_ar: str,
    name_en: str = "",
    kind: AccountKind | None = None,
    needs_party: bool = False,
    report_line: str = "",
    by: Viewer,
) -> Account:
    """A new account under the nearest code above it; the kind is inherited from there. Refuses `AccountTaken`."""
    by.require("finance.manage_accounts")
    known = dict(Account.objects.values_list("code", "id"))
    above_id = _nearest_above(code, known)
    above = Account.objects.get(pk=above_id) if above_id else None
    kind = kind or AccountKind(above.kind if above else AccountKind.MEMORANDUM)
    with recorded(by=by):
        try:
            with transaction.atomic():
                return Account.objects.create(
                    code=code.strip(),
                    name_ar=name_ar.strip(),
                    name_en=name_en.strip(),
                    parent=above,
                    kind=kind,
                    needs_party=needs_party,
                    is_monetary=is_monetary_under(above, kind),
                    report_line=report_line.strip(),
                )
        except IntegrityError as error:
            raise AccountTaken(account=code) from error


def is_monetary_under(above: Account | None, kind: str) -> bool:
    """Whether a new account is revalued at the month's end: as the one it stands under, when its kind allows."""
    return above is not None and above.is_monetary and kind in MONETARY_KINDS


def rename_account(
    account: Account,
    *,
    name_ar: str,
    name_en: str,
    report_line: str,
    is_active: bool,
    is_monetary: bool,
    by: Viewer,
) -> Account:
    """Change how an account is called, where it is reported, whether it is in use and revalued. Its code stays.

    Refuses `AccountNotMonetary`: only what the municipality has or owes is revalued.
    """
    by.require("finance.manage_accounts")
    if is_monetary and account.kind not in MONETARY_KINDS:
        raise AccountNotMonetary(account=account.code)
    with recorded(by=by):
        account.name_ar = name_ar.strip()
        account.name_en = name_en.strip()
        account.report_line = report_line.strip()
        account.is_active = is_active
        account.is_monetary = is_monetary
        account.save(
            update_fields=["name_ar", "name_en", "report_line", "is_active", "is_monetary"]
        )
    return account


def take_kinds_from_manifests(*, by: Viewer) -> int:
    """A row for every kind of due that an installed module declares and that is not there yet."""
    by.require("finance.manage_accounts")
    with recorded(by=by):
        known = set(DuesKind.objects.values_list("code", flat=True))
        accounts = {one.code: one for one in Account.objects.all()}
        new = [one for one in registry.dues_kinds().values() if one.code not in known]
        DuesKind.objects.bulk_create(
            DuesKind(
                code=one.code,
                title_ar=one.title_ar,
                title_en=one.title_en,
                receivable=accounts[one.receivable_account],
                revenue=accounts[one.revenue_account],
                is_fine=one.revenue_account.startswith(FINES),
                position=position * 10,
            )
            for position, one in enumerate(new, start=len(known) + 1)
        )
        kinds_snapshot.changed()
    return len(new)


def add_kind(
    *,
    code: str,
    title_ar: str,
    title_en: str = "",
    receivable: Account,
    revenue: Account,
    is_fine: bool = False,
    position: int = 500,
    by: Viewer,
) -> DuesKind:
    """The municipality's own kind of due. Refuses `DuesKindTaken`, `AccountNotPostable`."""
    by.require("finance.manage_accounts")
    for account in (receivable, revenue):
        if not account.is_posting or not account.is_active:
            raise AccountNotPostable(account=account.code)
    with recorded(by=by):
        try:
            with transaction.atomic():
                made = DuesKind.objects.create(
                    code=code.strip(),
                    title_ar=title_ar.strip(),
                    title_en=title_en.strip(),
                    receivable=receivable,
                    revenue=revenue,
                    is_fine=is_fine,
                    position=position,
                )
        except IntegrityError as error:
            raise DuesKindTaken(kind=code) from error
        kinds_snapshot.changed()
    return made


def change_kind(
    kind: DuesKind,
    *,
    title_ar: str,
    title_en: str,
    position: int,
    is_fine: bool,
    is_active: bool,
    by: Viewer,
) -> DuesKind:
    """Change a kind's title and its place in the order of settling; its accounts stay."""
    by.require("finance.manage_accounts")
    with recorded(by=by):
        kind.title_ar = title_ar.strip()
        kind.title_en = title_en.strip()
        kind.position = position
        kind.is_fine = is_fine
        kind.is_active = is_active
        kind.save(update_fields=["title_ar", "title_en", "position", "is_fine", "is_active"])
        kinds_snapshot.changed()
    return kind


def enter_rate(
    *, currency: str, rate: Decimal, on: date, source: RateSource = RateSource.MANUAL, by: Viewer
) -> ExchangeRate:
    """What one unit of a currency is worth in base currency on a day. A second rate of the day replaces the first.

    Nothing that was posted changes: every line keeps the rate it was posted at. Refuses `RateNotPositive`.
    """
    by.require("finance.enter_rates")
    decimals_of(currency)
    if rate <= 0:
        raise RateNotPositive()
    with recorded(by=by):
        return ExchangeRate.objects.create(
            currency=currency, on_date=on, rate=rate, source=source, entered_by_id=by.user_id
        )
