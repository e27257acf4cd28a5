from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput


class HoldNeedsReason(InvalidInput):
    code = "hold_needs_reason"
    sentence = _("Write the reason.")
    field = "reason"


class HoldAlreadyCleared(Conflict):
    code = "hold_already_cleared"
    sentence = _("This hold is already cleared.")
