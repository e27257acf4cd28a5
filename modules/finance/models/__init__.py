"""The tables of the books. Written through `services` alone."""

from modules.finance.models.books import Account, Entry, ExchangeRate, Line, MonthlyBalance, Period
from modules.finance.models.cash import CashBox, CashCount, CashSession, Instrument, Receipt
from modules.finance.models.dues import Charge, Credit, DuesKind, OpeningBatch, Settlement

__all__ = [
    "Account",
    "CashBox",
    "CashCount",
    "CashSession",
    "Charge",
    "Credit",
    "DuesKind",
    "Entry",
    "ExchangeRate",
    "Instrument",
    "Line",
    "MonthlyBalance",
    "OpeningBatch",
    "Period",
    "Receipt",
    "Settlement",
]
