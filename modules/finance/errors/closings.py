"""Refusals of closing a day and of warnings."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class DayAlreadyClosed(Conflict):
    code = "day_already_closed"
    sentence = _("%(date)s, or a later day, has been closed.")


class DayHasOpenSession(Refusal):
    code = "day_has_open_session"
    sentence = _("%(cashier)s has not counted %(box)s yet.")


class DayNotOver(Refusal):
    code = "day_not_over"
    sentence = _("A day to come is not closed.")


class WarningUnknown(NotVisible):
    code = "warning_unknown"
    sentence = _("There is no such warning.")


class NothingToWarnOf(Refusal):
    code = "nothing_to_warn_of"
    sentence = _("Nothing of this person is overdue long enough for a warning.")


class NothingToDemand(Refusal):
    code = "nothing_to_demand"
    sentence = _("Nothing that this person owes is due yet: there is nothing to demand.")


class WarningMoveNotAllowed(Conflict):
    code = "warning_move_not_allowed"
    sentence = _("Warning %(number)s is %(state)s; that cannot follow.")


class GraceNotOver(Refusal):
    code = "grace_not_over"
    sentence = _("The person may pay until %(date)s.")


class ServedOutOfTime(InvalidInput):
    code = "served_out_of_time"
    sentence = _(
        "It was written on %(written)s: it is served on that day or later, and not after today."
    )
    field = "on"


class ContestedOutOfTime(InvalidInput):
    code = "contested_out_of_time"
    sentence = _(
        "A contest is entered with a day from %(served)s to %(until)s, and not after today."
    )
    field = "on"
