from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


class HolidayNeedsName(InvalidInput):
    code = "holiday_needs_name"
    sentence = _("Write the holiday's name in Arabic.")
    field = "name_ar"


class HolidayEndsBeforeItStarts(InvalidInput):
    code = "holiday_ends_before_it_starts"
    sentence = _("The last day is before the first day.")
    field = "last_day"


class HolidayTooLong(InvalidInput):
    code = "holiday_too_long"
    sentence = _("A holiday of %(days)s days is not plausible. Check the dates.")
    field = "last_day"


class DayAlreadyHoliday(Conflict):
    code = "day_already_holiday"
    sentence = _("One of these days is already a holiday: %(name)s.")


class HolidayAlreadyWithdrawn(Refusal):
    code = "holiday_already_withdrawn"
    sentence = _("This holiday is already withdrawn.")
