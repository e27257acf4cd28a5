"""The closed lists of the books. Codes are English and stored; people read the labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AccountKind(models.TextChoices):
    ASSET = "asset", _("assets")
    LIABILITY = "liability", _("liabilities")
    NET_ASSETS = "net_assets", _("net assets")
    REVENUE = "revenue", _("revenue")
    EXPENSE = "expense", _("expenditure")
    MEMORANDUM = "memorandum", _("memorandum")


# Only what the municipality has or owes is in a currency; what it earned and spent is told at the rate of its day.
MONETARY_KINDS = (AccountKind.ASSET.value, AccountKind.LIABILITY.value)


class AccountRole(models.TextChoices):
    """What the posting rules look for, so that a municipality may load its own codes."""

    BANK = "bank", _("bank, current account")
    CARDS = "cards", _("card payments on their way")
    WALLETS = "wallets", _("electronic wallets")
    TRANSFERS = "transfers", _("transfers on their way")
    CHEQUES_IN_SAFE = "cheques_in_safe", _("cheques in the safe")
    POSTDATED_CHEQUES = "postdated_cheques", _("post-dated cheques")
    UNDER_COLLECTION = "under_collection", _("cheques under collection at the bank")
    COVERED_BY_CHEQUES = "covered_by_cheques", _("dues covered by post-dated cheques")
    SET_OFF = "set_off", _("set-off against what is owed to the payer")
    ADVANCES = "advances", _("paid in advance by citizens")
    OPENING = "opening", _("opening balances")
    EXCHANGE_POSITION = "exchange_position", _("currency position")
    EXCHANGE_DIFFERENCE = "exchange_difference", _("exchange differences")
    UNREALISED = "unrealised", _("exchange differences, unrealised")
    OVER_SHORT = "over_short", _("cash over and short")
    EXEMPTIONS = "exemptions", _("exemptions granted")
    DISCOUNTS = "discounts", _("discounts granted")
    WRITE_OFFS = "write_offs", _("debts written off")
    PAYABLES = "payables", _("payables")
    CHEQUES_ISSUED = "cheques_issued", _("cheques issued and not yet cashed")
    PETTY_CASH = "petty_cash", _("petty cash")
    STAFF_ADVANCES = "staff_advances", _("advances and custody of staff")
    ACCUMULATED = "accumulated", _("accumulated balance")
    BANK_CHARGES = "bank_charges", _("bank charges")
    FORFEITED = "forfeited", _("deposits forfeited")
    UNIDENTIFIED = "unidentified", _("bank deposits whose payer is not known yet")
    COMMITMENTS = "commitments", _("commitments")
    COMMITMENTS_CONTRA = "commitments_contra", _("commitments, contra")


# What stands on them is proved every night from the registers behind them.
REGISTERS = frozenset(
    {
        AccountRole.CHEQUES_IN_SAFE,
        AccountRole.POSTDATED_CHEQUES,
        AccountRole.UNDER_COLLECTION,
        AccountRole.COVERED_BY_CHEQUES,
        AccountRole.CHEQUES_ISSUED,
    }
)


class PeriodState(models.TextChoices):
    OPEN = "open", _("open for posting")
    CLOSED = "closed", _("closed")
    LOCKED = "locked", _("locked")


class EntryKind(models.TextChoices):
    OPENING = "opening", _("opening")
    CHARGE = "charge", _("charge")
    RECEIPT = "receipt", _("receipt")
    CREDIT = "credit", _("credit")
    REVERSAL = "reversal", _("reversal")
    CASH_COUNT = "cash_count", _("cash over or short")
    JOURNAL = "journal", _("journal")
    CHEQUES = "cheques", _("movement of cheques")
    SPENDING = "spending", _("spending")
    COMMITMENT = "commitment", _("commitment")
    CLOSING = "closing", _("closing of the year")
    TRANSFER = "transfer", _("transfer of a due")
    REVALUATION = "revaluation", _("revaluation at the month's end")


class Journal(models.TextChoices):
    """The books in which entries are numbered. Each cash box has a book of its own beside these: `RV.<box>`."""

    OPENING = "OB", _("opening book")
    CHARGES = "CV", _("charges book")
    GENERAL = "JV", _("general journal")
    CHEQUES = "QV", _("cheques book")


RECEIPT_BOOK = "RV."
# Reductions that campaigns give at a box have a book there too, so that cashiers do not wait for one another.
REDUCTION_BOOK = "CN."


class AgeingBy(models.TextChoices):
    """What the ages of the dues are told by."""

    KIND = "kind", _("Kind of due")
    ZONE = "zone", _("Neighbourhood")
    COLLECTOR = "collector", _("Collector")


class Fund(models.TextChoices):
    CURRENT = "current", _("current")
    DEVELOPMENT = "development", _("development")
    ENTERPRISE = "enterprise", _("enterprise")


class RateSource(models.TextChoices):
    MANUAL = "manual", _("entered by hand")
    BANK = "bank", _("bank")


class ForfeitGround(models.TextChoices):
    """Why a deposit is kept: nobody asked for it for years (FIN-07), or who paid it did not keep to what it was for."""

    BREACH = "breach", _("breach of what it was held for")
    AGE = "age", _("nobody asked for it in time")


class SettlementKind(models.TextChoices):
    """How a charge became smaller."""

    PAID = "paid", _("paid")
    CREDITED = "credited", _("credited")
    CANCELLED = "cancelled", _("cancelled")


class CreditKind(models.TextChoices):
    EXEMPTION = "exemption", _("exemption")
    DISCOUNT = "discount", _("discount")
    WRITE_OFF = "write_off", _("write-off")
    CORRECTION = "correction", _("correction of the assessment")
    ADVANCE = "advance", _("settled from an advance")
    TRANSFER = "transfer", _("moved to another due")


class MoveCause(models.TextChoices):
    """Why a due becomes another's (policy REV-12)."""

    SALE = "sale", _("sale of the property")
    HEIRS = "heirs", _("shares of the heirs")
    PARTNERS = "partners", _("division among partners")
    PERSON = "person", _("it is another person's")
    PLACE = "place", _("it is of another place")


class LeafState(models.TextChoices):
    """What became of a leaf of a manual receipt book."""

    USED = "used", _("written out")
    VOID = "void", _("returned void")
    MISSING = "missing", _("missing")


class CreditGround(models.TextChoices):
    """Under which policy something was given away: the reward of REV-03, a category of REV-05."""

    NONE = "", "—"
    REWARD = "reward", _("reward of committed payers")
    MARTYR_FAMILY = "martyr_family", _("family of a martyr")
    PRISONER_FAMILY = "prisoner_family", _("family of a prisoner")
    DISABILITY = "disability", _("person with a disability")
    SOCIAL_CASE = "social_case", _("social case")


class Authority(models.TextChoices):
    """Who may decide on a reduction, the smaller first (policy REV-04)."""

    FINANCE_MANAGER = "finance_manager", _("the finance manager")
    MAYOR = "mayor", _("the mayor")
    COUNCIL = "council", _("the council")


# Of write-offs alone (policy FIN-11): the council decides and the ministry of local government approves.
COUNCIL_AND_MINISTRY = "council_and_ministry"


class WriteOffAuthority(models.TextChoices):
    """Who may decide that a debt is given up, the smaller first."""

    MAYOR = Authority.MAYOR.value, Authority.MAYOR.label
    COUNCIL = Authority.COUNCIL.value, Authority.COUNCIL.label
    COUNCIL_AND_MINISTRY = (
        COUNCIL_AND_MINISTRY,
        _("the council, with the approval of the ministry of local government"),
    )


class Method(models.TextChoices):
    CASH = "cash", _("cash")
    CHEQUE = "cheque", _("cheque")
    CARD = "card", _("card")
    TRANSFER = "transfer", _("bank transfer")
    WALLET = "wallet", _("electronic wallet")
    SET_OFF = "set_off", _("set-off")


METHOD_ACCOUNT = {
    Method.CHEQUE: AccountRole.CHEQUES_IN_SAFE,
    Method.CARD: AccountRole.CARDS,
    Method.TRANSFER: AccountRole.TRANSFERS,
    Method.WALLET: AccountRole.WALLETS,
    Method.SET_OFF: AccountRole.PAYABLES,
}


class IntentState(models.TextChoices):
    """Where an online payment stands. `confirmed` is the bank's word; `paid` is our receipt (BA056 keeps the order)."""

    BEGUN = "begun", _("begun, not confirmed")
    CONFIRMED = "confirmed", _("confirmed by the bank, receipt to be written")
    PAID = "paid", _("receipt written")
    FAILED = "failed", _("declined")
    EXPIRED = "expired", _("ran out")


class RefundState(models.TextChoices):
    """Where the way back of an online payment stands. `confirmed` is the bank's word; `done` is ours (BA056)."""

    NONE = "", _("not asked for")
    WISHED = "wished", _("waits for a second person")
    REFUSED = "refused", _("not approved")
    ASKED = "asked", _("asked of the bank")
    CONFIRMED = "confirmed", _("paid back by the bank, the receipt is to be taken back")
    DONE = "done", _("paid back")
    DECLINED = "declined", _("declined by the bank")


class VoidKind(models.TextChoices):
    """Why a receipt no longer counts; its number stays in the book."""

    CANCELLED = "cancelled", _("cancelled in the session")
    REVERSED = "reversed", _("reversed afterwards")


class ChequeWay(models.TextChoices):
    IN = "in", _("received")
    OUT = "out", _("issued")


class ChequeState(models.TextChoices):
    """Where a cheque is. The database knows which move may follow which (`models.steps.MACHINES`)."""

    IN_SAFE = "in_safe", _("in the safe")
    DEPOSITED = "deposited", _("at the bank for collection")
    CLEARED = "cleared", _("cleared")
    BOUNCED = "bounced", _("bounced")
    REPLACED = "replaced", _("replaced")
    RETURNED = "returned", _("handed back")
    ENDORSED = "endorsed", _("endorsed")
    LEGAL = "legal", _("at the lawyer")
    ISSUED = "issued", _("printed")
    HANDED_OVER = "handed_over", _("handed over")
    STOPPED = "stopped", _("stopped")
    STALE = "stale", _("out of date")
    VOID = "void", _("void")


class BounceReason(models.TextChoices):
    NO_FUNDS = "no_funds", _("no sufficient funds")
    SIGNATURE = "signature", _("signature differs")
    STOPPED = "stopped", _("stopped by the drawer")
    CLOSED = "closed", _("account closed")
    FAULTY = "faulty", _("fault in the writing")
    OTHER = "other", _("another reason")


class MatchKind(models.TextChoices):
    """What a match of a line of the bank says."""

    BOOKS = "books", _("the same money in the books")
    SOURCE = "source", _("where the money came from")


class BudgetControl(models.TextChoices):
    NONE = "none", _("nothing happens")
    WARN = "warn", _("a warning")
    BLOCK = "block", _("it is refused")


class BudgetMoveKind(models.TextChoices):
    ORIGINAL = "original", _("original budget")
    SUPPLEMENT = "supplement", _("supplement")
    TRANSFER = "transfer", _("transfer between lines")
    COMMITMENT = "commitment", _("commitment")
    SPENT = "spent", _("spent")


class SpendingKind(models.TextChoices):
    PURCHASE = "purchase", _("purchase or expense")
    DEPOSIT_REFUND = "deposit_refund", _("refund of a deposit")
    ADVANCE_REFUND = "advance_refund", _("refund of what was paid in advance")
    PETTY_CASH = "petty_cash", _("filling of the petty cash")
    STAFF_ADVANCE = "staff_advance", _("advance to an employee")


class SpendingState(models.TextChoices):
    REQUESTED = "requested", _("requested")
    COMMITTED = "committed", _("committed")
    INVOICED = "invoiced", _("invoice entered")
    APPROVED = "approved", _("approved for payment")
    ISSUED = "issued", _("paid out, not yet handed over")
    HANDED_OVER = "handed_over", _("received by the payee")
    SET_OFF = "set_off", _("settled by set-off")
    REJECTED = "rejected", _("rejected")


class PayWay(models.TextChoices):
    CHEQUE = "cheque", _("cheque")
    TRANSFER = "transfer", _("bank transfer")
    PETTY_CASH = "petty_cash", _("petty cash")


class WarningState(models.TextChoices):
    ISSUED = "issued", _("written")
    SERVED = "served", _("served")
    CONTESTED = "contested", _("contested in court")
    ENFORCED = "enforced", _("handed to enforcement")
    LAPSED = "lapsed", _("paid or called off")


class Service(models.TextChoices):
    """How a warning reached the person (article 27)."""

    IN_PERSON = "in_person", _("in person")
    LAST_RESIDENCE = "last_residence", _("at the last known residence")
    REGISTERED_POST = "registered_post", _("by registered post")


class PlanState(models.TextChoices):
    ACTIVE = "active", _("being paid")
    DEFAULTED = "defaulted", _("broken")
    COMPLETED = "completed", _("paid whole")
    CANCELLED = "cancelled", _("cancelled")


# Holds and gates ask by this word whether a person's cheques are still taken (policy FIN-06).
CHEQUES_BARRED = "finance.cheques"


class SettlingOrder(models.TextChoices):
    OLDEST_FIRST = "oldest_first", _("oldest first")
    BY_KIND = "by_kind", _("by kind of due")
    CITIZEN_CHOICE = "citizen_choice", _("as the payer chooses")


class BatchKind(models.TextChoices):
    """What a sheet brings into the books."""

    DUES = "dues", _("old dues")
    DEPOSITS = "deposits", _("deposits held")
    CHEQUES = "cheques", _("cheques in the safe")
    BALANCES = "balances", _("opening balances of accounts")


class BatchState(models.TextChoices):
    CHECKED = "checked", _("checked")
    LOADING = "loading", _("being loaded")
    COMMITTED = "committed", _("in the books")
    UNDONE = "undone", _("undone")


# Notes and coins that are counted at the closing of a session, largest first.
DENOMINATIONS: dict[str, tuple[str, ...]] = {
    "ILS": ("200", "100", "50", "20", "10", "5", "2", "1", "0.5", "0.1"),
    "JOD": ("50", "20", "10", "5", "1", "0.5", "0.25", "0.1", "0.05"),
    "USD": ("100", "50", "20", "10", "5", "1"),
    "EUR": ("500", "200", "100", "50", "20", "10", "5", "2", "1"),
}

# SQLSTATEs raised by the guards of `models.guards`.
PERIOD_NOT_OPEN = "BA031"
SESSION_NOT_OPEN = "BA036"
DUE_IN_ANOTHER_PLAN = "BA041"
DAY_CLOSED = "BA043"
STATEMENT_STANDS = "BA044"
MATCH_TOO_LARGE = "BA045"
RECONCILIATION_APPROVED = "BA046"
LEAF_NOT_FREE = "BA047"
CAMPAIGN_REFUSED = "BA053"
LEAF_REFUSED = "BA055"
ZONE_TAKEN = "BA066"

PAPERS_AT_ONCE = 10
"""Scanned papers attached with one form."""
