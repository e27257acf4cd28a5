"""Refusals of the books and of the cash desk, each with the facts a clerk needs to go on."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotPermitted, NotVisible, Refusal


class AccountUnknown(NotVisible):
    code = "account_unknown"
    sentence = _("No account has the code %(account)s.")


class AccountTaken(Conflict):
    code = "account_taken"
    sentence = _("The code %(account)s is already used by another account.")
    field = "code"


class AccountNotPostable(InvalidInput):
    code = "account_not_postable"
    sentence = _("Account %(account)s is a heading or is closed; nothing is posted to it.")


class AccountRoleMissing(Refusal):
    code = "account_role_missing"
    sentence = _(
        "No account is marked as “%(role)s”. Ask the accountant to mark one in the chart of accounts."
    )


class EntryUnbalanced(InvalidInput):
    code = "entry_unbalanced"
    sentence = _(
        "Debit and credit differ by %(difference)s. An entry is posted only when both are equal."
    )


class EntryEmpty(InvalidInput):
    code = "entry_empty"
    sentence = _("An entry needs at least two lines.")


class EntryAlreadyReversed(Conflict):
    code = "entry_already_reversed"
    sentence = _("Entry %(entry)s has already been reversed.")


class PeriodClosed(Refusal):
    code = "period_closed"
    sentence = _("%(month)s is %(state)s: nothing is posted with a date in it.")
    field = "date"


class PeriodMissing(Refusal):
    code = "period_missing"
    sentence = _("The year %(year)s has not been opened in the books.")
    field = "date"


class PeriodLocked(Refusal):
    code = "period_locked"
    sentence = _("%(month)s is locked for good and cannot be opened again.")


class PeriodHasOpenSession(Refusal):
    code = "period_has_open_session"
    sentence = _(
        "The session of %(cashier)s at %(box)s is still open. Close it before closing %(month)s."
    )


class RateMissing(Refusal):
    code = "rate_missing"
    sentence = _(
        "No exchange rate of %(currency)s is known for %(date)s. Enter today's rate first."
    )
    field = "currency"


class RateTooOld(Refusal):
    code = "rate_too_old"
    sentence = _(
        "The last rate of %(currency)s is of %(date)s and is older than the policy allows. Enter today's rate."
    )
    field = "currency"


class RateNotPositive(InvalidInput):
    code = "rate_not_positive"
    sentence = _("A rate is greater than zero.")
    field = "rate"


class DuesKindUnknown(InvalidInput):
    code = "dues_kind_unknown"
    sentence = _("“%(kind)s” is not a kind of due here, or it is no longer used.")
    field = "kind"


class DuesKindTaken(Conflict):
    code = "dues_kind_taken"
    sentence = _("A kind of due with the code %(kind)s exists already.")
    field = "code"


class AmountNotPositive(InvalidInput):
    code = "amount_not_positive"
    sentence = _("The amount must be greater than zero.")
    field = "amount"


class PeriodUpsideDown(InvalidInput):
    code = "period_upside_down"
    sentence = _("The period ends before it begins.")
    field = "period_to"


class PersonUnknown(InvalidInput):
    code = "person_unknown"
    sentence = _("Nobody is registered here under this.")
    field = "party"


class ChargeUnknown(NotVisible):
    code = "charge_unknown"


class ChargeSourceTaken(Conflict):
    code = "charge_source_taken"
    sentence = _(
        "This was already charged with another amount, person or kind (%(amount)s). Cancel that charge first."
    )


class ChargeNotOpen(Refusal):
    code = "charge_not_open"
    sentence = _("“%(charge)s” is settled or cancelled; nothing is owed on it.")
    OF_ANOTHER = _("a due that is not this person's")


class ChargeAlreadySettledInPart(Refusal):
    code = "charge_settled_in_part"
    sentence = _("Part of “%(charge)s” is already paid or credited. Take that back first.")


class CreditTooLarge(InvalidInput):
    code = "credit_too_large"
    sentence = _("Only %(balance)s is still owed; more cannot be credited.")
    field = "amount"


class CreditAboveAuthority(NotPermitted):
    code = "credit_above_authority"
    sentence = _(
        "You may grant up to %(percent)s %% of a due. Above that the decision belongs to %(authority)s."
    )


class DecisionMissing(InvalidInput):
    code = "decision_missing"
    sentence = _("Write the number and date of the decision on which this is based.")
    field = "decision_no"


class CreditAlreadyReversed(Conflict):
    code = "credit_already_reversed"
    sentence = _("This credit has already been taken back.")


class AdvanceTooSmall(Refusal):
    code = "advance_too_small"
    sentence = _("Only %(available)s is left of what was paid in advance.")
    field = "amount"


class BoxUnknown(NotVisible):
    code = "box_unknown"


class BoxTaken(Conflict):
    code = "box_taken"
    sentence = _("A cash box with the code %(box)s exists already.")
    field = "code"


class BoxInUse(Conflict):
    code = "box_in_use"
    sentence = _("%(cashier)s has an open session at %(box)s.")
    field = "box"


class SessionStillOpen(Conflict):
    code = "session_still_open"
    sentence = _("Your session at %(box)s of %(date)s is still open. Count and close it first.")


class NoOpenSession(Refusal):
    code = "no_open_session"
    sentence = _("You have no open session at a cash box. Open one to receive money.")


class FloatNeedsReason(InvalidInput):
    code = "float_needs_reason"
    sentence = _(
        "The books say that %(books)s are in the box; %(counted)s were entered. Count again, or write why it differs."
    )
    field = "reason"


class SessionOfAnotherDay(Refusal):
    code = "session_of_another_day"
    sentence = _("Your session is of %(date)s. Count and close it, then open one for today.")


class SessionIsClosed(Refusal):
    code = "session_is_closed"
    sentence = _("The session at %(box)s is closed.")


class DepositLate(InvalidInput):
    code = "deposit_late"
    sentence = _(
        "Part of this cash lies in the box since %(since)s: %(hours)s working-day hours, and policy FIN-01 allows %(most)s. Write why."
    )
    field = "reason"


class CountMissing(InvalidInput):
    code = "count_missing"
    sentence = _("Count the cash of every currency of this session: %(currency)s is missing.")


class VarianceNeedsReason(InvalidInput):
    code = "variance_needs_reason"
    sentence = _("The count differs from the books by %(difference)s. Write why.")
    field = "note"


class TenderMissing(InvalidInput):
    code = "tender_missing"
    sentence = _("Enter the amount that was received.")
    field = "amount"


class TendersMixCurrencies(InvalidInput):
    code = "tenders_mix_currencies"
    sentence = _("One receipt is in one currency. Write a second receipt for the other currency.")
    field = "currency"


class TenderIncomplete(InvalidInput):
    code = "tender_incomplete"
    sentence = _("%(method)s: %(needs)s is missing.")
    field = "reference"
    CHEQUE = _("the cheque's number, bank and date")
    REFERENCE = _("the number of the slip or transfer")


class ChequeIsPostDated(Refusal):
    code = "cheque_is_post_dated"
    sentence = _(
        "The cheque is dated %(date)s. A post-dated cheque does not settle a due before it is collected."
    )
    field = "cheque_date"


class CashNotInSteps(InvalidInput):
    code = "cash_not_in_steps"
    sentence = _("Cash is paid in steps of %(step)s; %(amount)s cannot be counted out.")
    field = "amount"


class OtherCurrencyNotAllowed(Refusal):
    code = "other_currency_not_allowed"
    sentence = _("By policy a due in %(due)s is not paid in %(paid)s.")
    field = "currency"


class SurplusNotConfirmed(Refusal):
    code = "surplus_not_confirmed"
    sentence = _(
        "%(surplus)s is more than the chosen dues. Confirm that it is kept as an advance, or correct the amount."
    )
    field = "amount"


class ReceiptUnknown(NotVisible):
    code = "receipt_unknown"


class ReceiptAlreadyVoid(Conflict):
    code = "receipt_already_void"
    sentence = _("Receipt %(number)s is already cancelled or reversed.")


class ReceiptSessionClosed(Refusal):
    code = "receipt_session_closed"
    sentence = _("The session of receipt %(number)s is closed. It can only be reversed now.")


class ReceiptSessionStillOpen(Refusal):
    code = "receipt_session_still_open"
    sentence = _(
        "The session of receipt %(number)s is still open. Cancel it there; it needs no reversal."
    )


class ReceiptOfAnotherDay(Refusal):
    code = "receipt_of_another_day"
    sentence = _(
        "By policy a receipt is cancelled on its own day only. Receipt %(number)s is of %(date)s: reverse it."
    )


class SecondPersonNeeded(NotPermitted):
    code = "second_person_needed"
    sentence = _(
        "Whoever received the money does not cancel the receipt. Ask a second person with this right."
    )


class ReasonMissing(InvalidInput):
    code = "reason_missing"
    sentence = _("Write the reason.")
    field = "reason"


class CashIsGone(Refusal):
    code = "cash_is_gone"
    sentence = _(
        "Receipt %(number)s brought %(cash)s in cash; by the books only %(held)s are in %(box)s, the rest went on to the bank. "
        "Bring cash back to the box first, or leave the receipt and give the money back by a payment order."
    )


class AdvanceAlreadyUsed(Refusal):
    code = "advance_already_used"
    sentence = _(
        "The advance of receipt %(number)s has been used for other dues. Take that back first."
    )


class SheetUnreadable(InvalidInput):
    code = "sheet_unreadable"
    sentence = _("This file is not an Excel sheet that can be read. Use the template (.xlsx).")
    field = "file"


class SheetColumnsMissing(InvalidInput):
    code = "sheet_columns_missing"
    sentence = _(
        "The sheet lacks these columns: %(columns)s. Use the template and keep its first row."
    )
    field = "file"


class SheetEmpty(InvalidInput):
    code = "sheet_empty"
    sentence = _("The sheet has no rows under its headings.")
    field = "file"


class BatchUnknown(NotVisible):
    code = "batch_unknown"


class BatchHasErrors(Refusal):
    code = "batch_has_errors"
    sentence = _(
        "%(rows)s rows need correcting. Correct them in the error file and upload again, or load only the good rows."
    )


class BatchNotChecked(Refusal):
    code = "batch_not_checked"
    sentence = _("This batch is %(state)s; it cannot be loaded again.")


class BatchInUse(Refusal):
    code = "batch_in_use"
    sentence = _(
        "%(charges)s charges of this batch are already paid or credited. The batch can no longer be undone whole."
    )
