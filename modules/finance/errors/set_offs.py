"""Refusals of a set-off, and of what would undo one."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


class PayableMissing(InvalidInput):
    code = "payable_missing"
    sentence = _("Set-off: choose what we owe the payer, against which it is set off.")
    field = "payable"


class PayableWithoutSetOff(InvalidInput):
    code = "payable_without_set_off"
    sentence = _("What we owe the payer was chosen, but the method is %(method)s: choose set-off.")
    field = "payable"


class PayableNotOpen(Refusal):
    code = "payable_not_open"
    sentence = _("This is not owed to the payer, or not any more: nothing is set off against it.")
    field = "payable"


class PayableNotSetOff(Refusal):
    code = "payable_not_set_off"
    sentence = _("%(number)s is %(state)s (%(kind)s): nothing is set off against it.")
    field = "payable"


class PayableInAnotherCurrency(Refusal):
    code = "payable_in_another_currency"
    sentence = _("%(number)s is owed in %(owed)s; it is set off by a receipt in %(owed)s.")
    field = "payable"


class PayableTooSmall(Refusal):
    code = "payable_too_small"
    sentence = _("Only %(left)s is open on %(number)s; %(amount)s is more.")
    field = "payable"


class SetOffStands(Conflict):
    code = "set_off_stands"
    sentence = _(
        "%(amount)s of %(number)s is set off or paid already: take that back before it is rejected."
    )


class NothingLeftToPay(Conflict):
    code = "nothing_left_to_pay"
    sentence = _("Nothing is left to pay of %(number)s: it was set off.")
