"""Refusals of suppliers and of cheque books."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class SupplierUnknown(NotVisible):
    code = "supplier_unknown"
    sentence = _("There is no such supplier.")


class SupplierTwice(Conflict):
    code = "supplier_twice"
    sentence = _("%(name)s is in the register of suppliers already.")
    field = "party"


class SupplierBlocked(Refusal):
    code = "supplier_blocked"
    sentence = _("Nothing is bought from %(name)s and nothing is paid to it: %(reason)s")
    field = "party"


class IbanWrong(InvalidInput):
    code = "iban_wrong"
    sentence = _("This is no IBAN: its check digits do not fit.")
    field = "iban"


class InvoiceTwice(Conflict):
    code = "invoice_twice"
    sentence = _("Invoice %(number)s of this supplier was entered already, with %(spending)s.")
    field = "reference"


class ChequeBookUnknown(NotVisible):
    code = "cheque_book_unknown"
    sentence = _("There is no such cheque book.")


class ChequeBookOverlaps(Conflict):
    code = "cheque_book_overlaps"
    sentence = _("Another book of this account has some of these numbers.")
    field = "first"


class ChequeBookWrong(InvalidInput):
    code = "cheque_book_wrong"
    sentence = _(
        "A book has from one to a thousand leaves: the last number is not before the first."
    )
    field = "last"


class LeafNotFree(Conflict):
    code = "leaf_not_free"
    sentence = _("Leaf %(number)s is in no book of this account, or it is issued or void already.")
    field = "reference"
