"""Refusals of spending and of the budget."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class SpendingUnknown(NotVisible):
    code = "spending_unknown"
    sentence = _("There is no such spending.")


class SpendingMoveNotAllowed(Conflict):
    code = "spending_move_not_allowed"
    sentence = _("%(number)s is %(state)s; that cannot follow.")


class DepositTooYoung(Refusal):
    code = "deposit_too_young"
    sentence = _(
        "Only %(old)s of it has been held for %(years)s years, after which policy FIN-07 lets it be kept for its age."
    )
    field = "amount"


class DuesBeforeRefund(InvalidInput):
    code = "dues_before_refund"
    sentence = _(
        "%(payee)s owes %(owed)s, and by policy FIN-07 that is set off first. Set it off at the cash desk, or write why it is paid out whole."
    )
    field = "despite_dues"


class AccountNotOfThisSpending(InvalidInput):
    code = "account_not_of_this_spending"
    sentence = _(
        "%(kind)s is not booked on account %(account)s: what stands there moves otherwise."
    )
    field = "account_0"


class BudgetExceeded(Refusal):
    code = "budget_exceeded"
    sentence = _("%(line)s has %(available)s left; %(amount)s is asked for.")


class BudgetLineTaken(Conflict):
    code = "budget_line_taken"
    sentence = _("This account has a line in the budget of that year already.")
    field = "account"


class BudgetBelowUse(Refusal):
    code = "budget_below_use"
    sentence = _("%(line)s would fall below what is committed and spent.")


class BudgetLineOfAnotherYear(Refusal):
    code = "budget_line_of_another_year"
    sentence = _("%(line)s is of the budget of %(year)s: an entry names a line of its own year.")


class BudgetLineUnknown(InvalidInput):
    code = "budget_line_unknown"
    sentence = _("No line of the budget is called %(line)s.")


class TransferNeedsCouncil(Refusal):
    code = "transfer_needs_council"
    sentence = _("Between chapters the council decides; within a chapter the mayor may.")
    field = "authority"


class ApprovalAboveAuthority(Refusal):
    code = "approval_above_authority"
    sentence = _("%(amount)s is approved by %(authority)s.")


class CouncilDecisionMissing(InvalidInput):
    code = "council_decision_missing"
    sentence = _("Above %(limit)s write the number of the council's decision.")
    field = "decision_no"


class SamePersonTwice(Refusal):
    code = "same_person_twice"
    sentence = _(
        "Whoever asked for it, committed it or entered the invoice does not approve it; whoever approved does not pay."
    )


class PettyCashTooSmall(Refusal):
    code = "petty_cash_too_small"
    sentence = _("The petty cash holds %(held)s.")


class PettyCashTooLarge(Refusal):
    code = "petty_cash_too_large"
    sentence = _("The petty cash pays at most %(most)s at once.")


class PettyCashOverfull(Refusal):
    code = "petty_cash_overfull"
    sentence = _("The petty cash would hold more than %(most)s.")


class DepositTooSmall(Refusal):
    code = "deposit_too_small"
    sentence = _("Only %(held)s is held for this person.")


class AdvanceTooSmall(Refusal):
    code = "advance_too_small"
    sentence = _("Only %(left)s of this employee's advances is open.")


class NotAnOpenAdvance(Conflict):
    code = "not_an_open_advance"
    sentence = _("%(number)s is no advance that was paid out.")


class AdvanceSettled(Conflict):
    code = "advance_settled"
    sentence = _(
        "%(settled)s of the advance %(number)s is accounted for already: take those entries back first."
    )


class IssuedChequeTaken(Conflict):
    code = "issued_cheque_taken"
    sentence = _("A cheque with this number was issued already.")
    field = "number"


class PaidByCheque(Conflict):
    code = "paid_by_cheque"
    sentence = _("It was paid by cheque: stop the cheque or make it void on its own page.")


class SentBackTooEarly(InvalidInput):
    code = "sent_back_too_early"
    sentence = _("The day lies before the payment (%(day)s) or after today.")
    field = "on"


class ReceiverMissing(InvalidInput):
    code = "receiver_missing"
    sentence = _("Write who received it and the ID number.")
    field = "receiver"
