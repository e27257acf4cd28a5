"""Reconcile: one person prepares the statement of a day, another one approves it; then nothing up to it changes."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.events.services import emit
from kernel.money import format_money, money
from kernel.viewer import Viewer
from modules.finance.constants import STATEMENT_STANDS
from modules.finance.errors.bank import (
    ReconciliationBySamePerson,
    ReconciliationDiffers,
    ReconciliationNotPrepared,
    ReconciliationOlderOpen,
    StatementStands,
)
from modules.finance.events import ReconciliationApproved
from modules.finance.models import BankStatement
from modules.finance.selectors.bank import Item, Reconciliation, reconciliation

log = structlog.get_logger(__name__)


def prepare_reconciliation(statement: BankStatement, *, by: Viewer) -> BankStatement:
    """Write down the figures as of the statement's last day; again as long as nobody approved. Refuses `StatementStands`."""
    by.require("finance.reconcile")
    with recorded(by=by):
        held = _held(statement)
        if held.is_approved:
            raise StatementStands()
        held.facts = facts_of(_figures(held, by))
        held.prepared_at = timezone.now()
        held.prepared_by_id = by.user_id
        held.prepared_by_name = by.name
        held.save(update_fields=["facts", "prepared_at", "prepared_by", "prepared_by_name"])
    return held


def approve_reconciliation(statement: BankStatement, *, by: Viewer) -> BankStatement:
    """Agree to it, as another person than who prepared it; the older ones come first.

    Refuses `ReconciliationNotPrepared` (also when something changed since), `ReconciliationBySamePerson` (FIN-12),
    `ReconciliationDiffers`, `ReconciliationOlderOpen`, `StatementStands`.
    """
    by.require("finance.approve_reconciliation")
    with recorded(by=by):
        held = _held(statement)
        if held.is_approved:
            raise StatementStands()
        if held.prepared_at is None:
            raise ReconciliationNotPrepared()
        if by.user_id is not None and held.prepared_by_id == by.user_id:
            raise ReconciliationBySamePerson()
        older = BankStatement.objects.filter(
            account=held.account,
            currency=held.currency,
            position__lt=held.position,
            approved_at=None,
        )
        if older.exists():
            raise ReconciliationOlderOpen()
        figures = _figures(held, by)
        if figures.difference:
            raise ReconciliationDiffers(
                difference=format_money(money(abs(figures.difference), held.currency))
            )
        if facts_of(figures) != held.facts:
            raise ReconciliationNotPrepared()
        _approve(held, by)
        emit(
            ReconciliationApproved(
                statement_uid=str(held.uid),
                account=held.account.code,
                on_date=held.until,
                balance=figures.bank_balance,
                currency=held.currency,
            ),
            by=by,
        )
    log.info("finance.reconciliation_approved", statement=held.pk, by=by.user_id)
    return held


def _held(statement: BankStatement) -> BankStatement:
    return (
        BankStatement.objects.select_for_update(of=("self",))
        .select_related("account")
        .get(pk=statement.pk)
    )


def _figures(statement: BankStatement, by: Viewer) -> Reconciliation:
    return reconciliation(by, statement.account, statement.currency, on=statement.until)


def _approve(held: BankStatement, by: Viewer) -> None:
    held.approved_at = timezone.now()
    held.approved_by_id = by.user_id
    held.approved_by_name = by.name
    try:
        with transaction.atomic():
            held.save(update_fields=["approved_at", "approved_by", "approved_by_name"])
    except IntegrityError as error:
        raise ReconciliationBySamePerson() from error
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", "") == STATEMENT_STANDS:
            raise StatementStands() from error
        raise


def facts_of(figures: Reconciliation) -> dict[str, Any]:
    """The figures as they are kept: text, so that they compare to the last digit."""
    return {
        "on": figures.on.isoformat(),
        "bank": str(figures.bank_balance),
        "books": str(figures.book_balance),
        "difference": str(figures.difference),
        "in_transit": _items(figures.in_transit),
        "outstanding": _items(figures.outstanding),
        "bank_only": _items(figures.bank_only),
        "cheques": [
            [one.number, one.party.full_name, one.dated_on.isoformat(), str(one.amount)]
            for one in figures.cheques
        ],
        "stale_before": figures.stale_before.isoformat(),
    }


def _items(items: tuple[Item, ...]) -> list[list[str]]:
    return [[one.on_date.isoformat(), one.text, str(one.amount)] for one in items]
