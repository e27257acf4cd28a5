"""Refusals of the accountant's own entries, of the year's closing, and of the chart brought in from a sheet."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, Refusal


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


class AccountOfCharges(Refusal):
    code = "account_of_charges"
    sentence = _(
        "Account %(account)s follows the dues of persons; nothing is posted to it by hand."
    )


class ChartRefused(InvalidInput):
    code = "chart_refused"
    sentence = _("The sheet was not taken over: %(faults)s")
