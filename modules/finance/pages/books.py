"""The books: trial balance, journal, an entry, the ledger of an account, the day book, the proof."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from frontend.pages import DeskRequest, page
from frontend.tables import list_page
from kernel.calendar.selectors import today
from modules.finance.forms.attachments import AttachmentForm
from modules.finance.forms.books import DayForm
from modules.finance.forms.dimensions import DIMENSIONS, BalanceForm, LinesForm
from modules.finance.models import Entry
from modules.finance.pages.attached import card_of
from modules.finance.pages.filters import EntryFilter
from modules.finance.pages.tables import EntryTable, LedgerTable, totals_by_currency
from modules.finance.selectors.attachments import papers_behind
from modules.finance.selectors.books import (
    BalanceLine,
    account_for,
    base_currency,
    entries,
    entry_for,
    ledger,
    lines_of,
    trial_balance,
)
from modules.finance.selectors.cash import day_figures, receipts, voided_on
from modules.finance.selectors.dimensions import trial_balance_of
from modules.finance.selectors.dues import kind_totals
from modules.finance.selectors.proofs import faults, proofs
from modules.finance.services.vouchers import is_by_hand


@page(permission="finance.read", module="finance")
@require_GET
def trial_balance_page(request: DeskRequest) -> HttpResponse:
    """Every account with debit, credit and balance as of any day, with the sums by currency and in base."""
    on, form = today(), BalanceForm(initial={"on": today()})
    if request.GET.get("on"):
        form = BalanceForm(request.GET)
        on = form.cleaned_data["on"] if form.is_valid() else on
    dimensions = form.dimensions()
    lines = (
        trial_balance_of(request.viewer, on=on, dimensions=dimensions)
        if dimensions
        else trial_balance(request.viewer, on=on)
    )
    day, narrowed = f"{on:%d/%m/%Y}", _narrowing(request) if dimensions else ""
    return render(
        request,
        "finance/trial_balance.html",
        {
            "lines": lines,
            "form": form,
            "on": on,
            "sums": _sums(lines),
            "base": base_currency(on),
            "narrowed": narrowed,
            "report": _report("trial-balance", narrowed, since=day, until=day),
        },
        status=form.status,
    )


def _narrowing(request: DeskRequest) -> str:
    """The dimensions that were chosen, as they stand in an address."""
    return urlencode([(one, request.GET[one]) for one in DIMENSIONS if request.GET.get(one)])


def _report(code: str, narrowed: str, **asked: str) -> str:
    """Where the same rows are a sheet and a paper."""
    address = f"{reverse('finance:report', args=[code])}?{urlencode(asked)}"
    return f"{address}&{narrowed}" if narrowed else address


def _day(request: DeskRequest) -> tuple[date, DayForm]:
    if not request.GET.get("on"):
        return today(), DayForm(initial={"on": today()})
    form = DayForm(request.GET)
    return (form.cleaned_data["on"] if form.is_valid() else today()), form


def _sums(lines: list[BalanceLine]) -> dict[str, Any]:
    by_currency: dict[str, list[Decimal]] = {}
    base = [Decimal(0), Decimal(0)]
    for one in lines:
        sums = by_currency.setdefault(one.currency, [Decimal(0), Decimal(0)])
        sums[0] += one.debit
        sums[1] += one.credit
        base[0] += one.base_debit
        base[1] += one.base_credit
    return {"currencies": sorted(by_currency.items()), "base": base}


@page(permission="finance.read", module="finance")
@require_GET
def journal(request: DeskRequest) -> HttpResponse:
    """Posted entries, newest first."""
    return list_page(
        request,
        table=EntryTable,
        queryset=entries(request.viewer),
        filters=EntryFilter,
        title=_("Journal"),
        template="finance/journal.html",
    )


@page(permission="finance.read", module="finance")
@require_GET
def entry_page(request: DeskRequest, uid: UUID) -> HttpResponse:
    """One entry with its lines, what it reverses and what reversed it, and the papers behind it."""
    return show_entry(request, entry_for(request.viewer, uid))


def show_entry(
    request: DeskRequest, entry: Entry, *, papers: AttachmentForm | None = None
) -> HttpResponse:
    """The entry's page; again with what was typed when a paper was refused."""
    return render(
        request,
        "finance/entry.html",
        {
            "entry": entry,
            "lines": lines_of(request.viewer, entry),
            "base": base_currency(entry.date),
            "may_reverse": is_by_hand(entry)
            and not hasattr(entry, "reversal")
            and request.viewer.may("finance.post_voucher"),
            "reversal": getattr(entry, "reversal", None),
            "receipt": getattr(entry, "receipt", None) or getattr(entry, "voided_receipt", None),
            "card": card_of(
                request,
                papers_behind(request.viewer, entry),
                action=reverse("finance:entry-attach", args=[entry.uid]),
                form=papers,
            ),
        },
        status=papers.status if papers is not None else 200,
    )


@page(permission="finance.read", module="finance")
@require_GET
def ledger_page(request: DeskRequest, code: str) -> HttpResponse:
    """Movements of an account and of those beneath it."""
    account = account_for(request.viewer, code)
    first, last = date(today().year, 1, 1), today()
    form = LinesForm(_with_period(request, first, last))
    if form.is_valid():
        first, last = form.cleaned_data["since"], form.cleaned_data["until"]
    dimensions = form.dimensions()
    narrowed = _narrowing(request) if dimensions else ""
    rows = ledger(request.viewer, account, since=first, until=last)
    return list_page(
        request,
        table=LedgerTable,
        queryset=rows.filter(dimensions.wanted) if dimensions else rows,
        title=account,  # type: ignore[arg-type]
        template="finance/ledger.html",
        totals=lambda rows: totals_by_currency(rows, "debit", "credit"),
        context={
            "account": account,
            "form": form,
            "narrowed": narrowed,
            "report": _report(
                "journal",
                narrowed,
                since=f"{first:%d/%m/%Y}",
                until=f"{last:%d/%m/%Y}",
                account=account.code,
            ),
        },
    )


def _with_period(request: DeskRequest, first: date, last: date) -> Any:
    """What was asked for; the year so far where no period was."""
    if request.GET.get("since"):
        return request.GET
    asked = request.GET.copy()
    asked["since"], asked["until"] = f"{first:%d/%m/%Y}", f"{last:%d/%m/%Y}"
    return asked


@page(permission="finance.read", module="finance")
@require_GET
def day_book(request: DeskRequest) -> HttpResponse:
    """A day at the cash desks: by instrument and currency, every receipt, and what was taken back."""
    on, form = _day(request)
    return render(
        request,
        "finance/day_book.html",
        {
            "on": on,
            "form": form,
            "figures": day_figures(request.viewer, on),
            "receipts": receipts(request.viewer)
            .filter(received_on=on, void_kind="")
            .order_by("box__code", "number"),
            "voided": voided_on(request.viewer, on),
        },
        status=form.status,
    )


@page(permission="finance.read", module="finance")
@require_GET
def by_kind(request: DeskRequest) -> HttpResponse:
    """Assessed, paid, credited and owed by kind of due."""
    return render(request, "finance/by_kind.html", {"rows": kind_totals(request.viewer)})


@page(permission="finance.read", module="finance")
@require_GET
def proof_page(request: DeskRequest) -> HttpResponse:
    """Does everything add up? Recomputed now and compared with what is stored."""
    found = faults(request.viewer)
    named = [
        (one, PROOF_TITLES[one], sum(fault.proof == one for fault in found)) for one in proofs()
    ]
    shown = [
        {"title": PROOF_TITLES[one.proof], "row": " · ".join(map(str, one.row))} for one in found
    ]
    return render(request, "finance/proof.html", {"faults": shown, "proofs": named})


PROOF_TITLES = {
    "entries_balance": _("Every entry balances in each currency."),
    "base_balances": _("Every entry balances in base currency."),
    "monthly_balances": _("Monthly balances equal the posted lines."),
    "charges_follow_settlements": _("What was paid of each due equals its settlements."),
    "charges_agree_with_ledger": _("What is owed on each due equals the books."),
    "receivables_equal_charges": _("Receivable accounts equal the open dues."),
    "receipts_have_no_gap": _("Receipt numbers have no gap."),
    "entries_have_no_gap": _("Entry numbers have no gap."),
    "days_are_sealed": _("Closed days are sealed one to the other."),
    "cheques_stand_in_their_accounts": _(
        "Cheques at the bank and cheques issued equal their accounts."
    ),
    "bank_statements_chain": _("Bank statements follow one another without a gap."),
    "matches_within_their_lines": _("No line is matched for more than its amount."),
    "set_offs_follow_receipts": _("What is set off is what standing receipts set off."),
    "no_advance_below_zero": _("No advance is below zero."),
}
