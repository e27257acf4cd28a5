"""Refusals of the accountant's own entries, of the year's closing, and of the chart brought in from a sheet."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class YearNotOver(Refusal):
    code = "year_not_over"
    sentence = _("The year %(year)s is closed after its last day.")


class YearHasOpenMonths(Refusal):
    code = "year_has_open_months"
    sentence = _("Close the months before December first: %(months)s.")


class YearAlreadyClosed(Conflict):
    code = "year_already_closed"
    sentence = _("The year %(year)s has been closed already.")


class OnlyHandEntriesReversed(Refusal):
    code = "only_hand_entries_reversed"
    sentence = _("%(entry)s belongs to a receipt, a due or a cheque: take that back instead.")


class LineNamesNobody(InvalidInput):
    code = "line_names_nobody"
    sentence = _("Line %(line)s: account %(account)s is kept by person. Say whose it is.")


class AccountOfCharges(Refusal):
    code = "account_of_charges"
    sentence = _(
        "Account %(account)s follows the dues of persons; nothing is posted to it by hand."
    )


class AccountOfARegister(Refusal):
    code = "account_of_a_register"
    sentence = _(
        "Account %(account)s follows a cash box or the register of cheques; nothing is posted to it by hand."
    )


class AccountNotMonetary(InvalidInput):
    code = "account_not_monetary"
    sentence = _("Account %(account)s is neither an asset nor a liability: it is not revalued.")
    field = "is_monetary"


class RevaluationSwitchedOff(Refusal):
    code = "revaluation_switched_off"
    sentence = _("The policies manual does not let the books be revalued (FIN-04).")


class MonthNotOver(Refusal):
    code = "month_not_over"
    sentence = _("%(month)s is not over yet: it is revalued from its last day on.")
    field = "month"


class ChartRefused(InvalidInput):
    code = "chart_refused"
    sentence = _("The sheet was not taken over: %(faults)s")


class ReportUnknown(NotVisible):
    code = "report_unknown"
    sentence = _("There is no such report.")


class ReportTooLong(Refusal):
    code = "report_too_long"
    sentence = _("There are more than %(most)s lines: choose a shorter period, or one account.")
    field = "until"


class NotByDimension(InvalidInput):
    code = "not_by_dimension"
    sentence = _("This report is not told by section, fund, project, budget line or account.")
