"""What a municipality decides about debts that are given up."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import PolicyKey

_JUDGED = ("modules.finance.services.deciding:_refuse_write_off",)

CREDIT_POLICY_KEYS = (
    PolicyKey(
        code="FIN-11.min_age_years",
        kind="int",
        default=10,
        bounds=(0, 30),
        unit="years",
        title=_("Age of a debt that is written off"),
        help=_("Whole years since it was due, on the day of the decision. 0: any age."),
        article="FIN-11",
        basis_date="decision",
        enforced_at=_JUDGED,
    ),
    PolicyKey(
        code="FIN-11.max_amount_mayor",
        kind="money",
        default="0 ILS",
        title=_("Largest debt the mayor may write off"),
        help=_("In the currency of the books. 0: the mayor writes nothing off."),
        article="FIN-11",
        basis_date="decision",
        enforced_at=_JUDGED,
    ),
    PolicyKey(
        code="FIN-11.above",
        kind="choice",
        default="council_and_ministry",
        choices=("council", "council_and_ministry"),
        title=_("Who writes off what is above it"),
        help=_("The council alone, or with the approval of the ministry of local government."),
        article="FIN-11",
        basis_date="decision",
        enforced_at=_JUDGED,
    ),
)
