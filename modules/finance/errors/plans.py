"""Refusals of instalment plans."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import Conflict, InvalidInput, NotVisible, Refusal


class PlanUnknown(NotVisible):
    code = "plan_unknown"
    sentence = _("There is no such instalment plan.")


class PlanMixesCurrencies(InvalidInput):
    code = "plan_mixes_currencies"
    sentence = _("A plan holds dues of one currency.")


class TooManyInstalments(Refusal):
    code = "too_many_instalments"
    sentence = _("The policy allows %(most)s instalments at most.")
    field = "count"


class InstalmentTooSmall(Refusal):
    code = "instalment_too_small"
    sentence = _("An instalment of %(amount)s is less than the %(least)s of the policy.")
    field = "count"


class DownPaymentMissing(Refusal):
    code = "down_payment_missing"
    sentence = _(
        "The down payment is %(needed)s; %(paid)s was paid on these dues today. Receive the rest at the cash desk first."
    )


class GuarantorMissing(Refusal):
    code = "guarantor_missing"
    sentence = _("Above %(limit)s a plan needs a guarantor.")
    field = "guarantor"


class DueInAnotherPlan(Conflict):
    code = "due_in_another_plan"
    sentence = _("One of these dues is already in a plan.")


class PlanMoveNotAllowed(Conflict):
    code = "plan_move_not_allowed"
    sentence = _("Plan %(number)s is %(state)s; that cannot follow.")


class PlanStillMissed(Refusal):
    code = "plan_still_missed"
    sentence = _("%(amount)s of this plan is still missed; it stands again once that is paid.")
