"""Refusals of the register of cheques."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class ChequeUnknown(NotVisible):
    code = "cheque_unknown"
    sentence = _("There is no such cheque.")


class ChequeTaken(Conflict):
    code = "cheque_taken"
    sentence = _("Cheque %(number)s of this bank is already in the register.")
    field = "number"


class ChequeTooFarAhead(Refusal):
    code = "cheque_too_far_ahead"
    sentence = _("%(date)s is more than %(days)s days ahead; later cheques are taken with a plan.")
    field = "dated_on"


class ChequeNotPostDated(InvalidInput):
    code = "cheque_not_post_dated"
    sentence = _("A cheque of today or earlier is received at the cash desk, with a receipt.")
    field = "dated_on"


class ChequesBarred(Refusal):
    code = "cheques_barred"
    sentence = _("No cheque is taken from this person: %(reason)s")


class ChequeMoveNotAllowed(Conflict):
    code = "cheque_move_not_allowed"
    sentence = _("Cheque %(number)s is %(state)s; that cannot follow.")


class ChequeNotDue(Refusal):
    code = "cheque_not_due"
    sentence = _("Cheque %(number)s is dated %(date)s and cannot go to the bank before.")


class ChequesMixCurrencies(InvalidInput):
    code = "cheques_mix_currencies"
    sentence = _("A deposit slip holds cheques of one currency.")


class ChequeOfAReceipt(Refusal):
    code = "cheque_of_a_receipt"
    sentence = _("This cheque came with a receipt: take the receipt back instead.")


class ReceiptChequeMoved(Refusal):
    code = "receipt_cheque_moved"
    sentence = _(
        "Cheque %(number)s of this receipt has left the safe; enter it as bounced if the bank returns it."
    )


class NothingChosen(InvalidInput):
    code = "nothing_chosen"
    sentence = _("Nothing was chosen.")
