from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


class NumberNeverGiven(Refusal):
    code = "number_never_given"
    sentence = _("Number %(number)s of this book was never given, so it cannot be voided.")


class NumberAlreadyVoid(Conflict):
    code = "number_already_void"
    sentence = _("Number %(number)s is already voided.")


class VoidNeedsReason(InvalidInput):
    code = "void_needs_reason"
    sentence = _("Write why the number is voided.")
    field = "reason"
