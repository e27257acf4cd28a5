"""The tables of the books. Written through `services` alone."""

from modules.finance.models.attachments import Attachment
from modules.finance.models.banks import BankLine, BankMatch, BankStatement
from modules.finance.models.books import Account, Entry, ExchangeRate, Line, MonthlyBalance, Period
from modules.finance.models.campaigns import Campaign
from modules.finance.models.cash import CashBox, CashCount, CashSession, Instrument, Receipt
from modules.finance.models.chequebooks import ChequeBook
from modules.finance.models.cheques import Cheque
from modules.finance.models.closings import DayClosing, Warning
from modules.finance.models.dues import Charge, Credit, DuesKind, OpeningBatch, Settlement
from modules.finance.models.leaves import ReceiptBook, ReceiptLeaf
from modules.finance.models.online import PaymentIntent
from modules.finance.models.plans import Plan
from modules.finance.models.spending import BudgetLine, BudgetMove, Spending
from modules.finance.models.steps import Step
from modules.finance.models.suppliers import Supplier

__all__ = [
    "Account",
    "Attachment",
    "BankLine",
    "BankMatch",
    "BankStatement",
    "BudgetLine",
    "BudgetMove",
    "Campaign",
    "CashBox",
    "CashCount",
    "CashSession",
    "Charge",
    "Cheque",
    "ChequeBook",
    "Credit",
    "DayClosing",
    "DuesKind",
    "Entry",
    "ExchangeRate",
    "Instrument",
    "Line",
    "MonthlyBalance",
    "OpeningBatch",
    "PaymentIntent",
    "Period",
    "Plan",
    "Receipt",
    "ReceiptBook",
    "ReceiptLeaf",
    "Settlement",
    "Spending",
    "Step",
    "Supplier",
    "Warning",
]
