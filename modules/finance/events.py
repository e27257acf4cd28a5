"""What happened in the books, for whoever listens: ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.events.declaring import event


@event("finance.ChargeAssessed")
@dataclass(frozen=True)
class ChargeAssessed:
    """Somebody owes the municipality something new. Not sent for opening balances: see `OpeningDuesLoaded`."""

    charge_uid: str
    party_id: int
    source_module: str
    source_record: str
    kind: str
    amount: Decimal
    currency: str
    due_on: date


@event("finance.ChargeSettled")
@dataclass(frozen=True)
class ChargeSettled:
    """Nothing is left of a charge: paid, credited, or both. `amount` is what the last act took off."""

    charge_uid: str
    party_id: int
    source_module: str
    source_record: str
    amount: Decimal
    currency: str


@event("finance.ChargeReopened")
@dataclass(frozen=True)
class ChargeReopened:
    """A settled charge is owed again, because its receipt or credit was taken back.

    `since` is the entry that had settled it: who certified before that entry certified nothing that rested on it.
    """

    charge_uid: str
    party_id: int
    source_module: str
    source_record: str
    amount: Decimal
    currency: str
    since: int = 0


@event("finance.ChargeCredited")
@dataclass(frozen=True)
class ChargeCredited:
    """An exemption, discount, write-off or correction by a dated decision."""

    charge_uid: str
    party_id: int
    source_module: str
    source_record: str
    kind: str
    amount: Decimal
    currency: str


@event("finance.ChargeCancelled")
@dataclass(frozen=True)
class ChargeCancelled:
    """A charge was assessed by mistake and taken back whole; its source may be charged again."""

    charge_uid: str
    party_id: int
    source_module: str
    source_record: str


@event("finance.ReceiptPosted")
@dataclass(frozen=True)
class ReceiptPosted:
    receipt_uid: str
    number: str
    party_id: int
    amount: Decimal
    currency: str
    received_on: date


@event("finance.ReceiptCancelled")
@dataclass(frozen=True)
class ReceiptCancelled:
    """A receipt no longer counts: cancelled in its session or reversed later. Its number stays.

    `since` is the receipt's own entry.
    """

    receipt_uid: str
    number: str
    party_id: int
    amount: Decimal
    currency: str
    kind: str
    since: int = 0


@event("finance.SessionClosed")
@dataclass(frozen=True)
class SessionClosed:
    session_uid: str
    box: str
    cashier_id: int


@event("finance.OpeningDuesLoaded")
@dataclass(frozen=True)
class OpeningDuesLoaded:
    """One event for a whole batch: nobody is told sixty thousand times of old debts."""

    batch_uid: str
    charges: int


@event("finance.ChequeBounced")
@dataclass(frozen=True)
class ChequeBounced:
    """The bank returned a cheque. `reopened` is what the dues it had settled or covered are owed again.

    `since` is the entry with which it was taken.
    """

    cheque_uid: str
    number: str
    party_id: int
    amount: Decimal
    reopened: Decimal
    currency: str
    reason: str
    since: int = 0


@event("finance.ChequeCleared")
@dataclass(frozen=True)
class ChequeCleared:
    """The bank paid a cheque."""

    cheque_uid: str
    number: str
    party_id: int
    amount: Decimal
    currency: str


@event("finance.PlanDefaulted")
@dataclass(frozen=True)
class PlanDefaulted:
    """An instalment plan was broken: the original due dates count again."""

    plan_uid: str
    number: str
    party_id: int
    owed: Decimal
    currency: str
    reason: str


@event("finance.PlanRestored")
@dataclass(frozen=True)
class PlanRestored:
    """A broken plan stands again after what was missed was paid."""

    plan_uid: str
    number: str
    party_id: int


@event("finance.StatementImported")
@dataclass(frozen=True)
class StatementImported:
    """A bank statement was taken in; nothing on it is matched yet."""

    statement_uid: str
    account: str
    number: str
    until: date
    closing: Decimal
    currency: str


@event("finance.ReconciliationApproved")
@dataclass(frozen=True)
class ReconciliationApproved:
    """Two people agree on the balance of a bank account as of a day."""

    statement_uid: str
    account: str
    on_date: date
    balance: Decimal
    currency: str
