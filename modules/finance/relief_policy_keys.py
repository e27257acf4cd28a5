"""What a municipality decides about rewards and social exemptions."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.manifest import PolicyKey


def _exemption(category: str, title: str | Promise) -> PolicyKey:
    """How much of a due the category is given; the same of all until the municipality decides otherwise."""
    return PolicyKey(
        code=f"REV-05.{category}",
        kind="percent",
        default="50",
        bounds=(0, 100),
        unit="%",
        title=title,
        help=_(
            "Of the due, by decision; the paper that proves the category is kept with it. Zero: no exemption."
        ),
        article="REV-05",
        basis_date="decision",
        enforced_at=("modules.finance.services.exempting:percent_of",),
    )


RELIEF_POLICY_KEYS = (
    PolicyKey(
        code="REV-03.months_on_time",
        kind="int",
        default=12,
        bounds=(1, 60),
        unit="months",
        title=_("Months paid on time before a reward"),
        help=_(
            "Whoever paid every due of these months by its day, and owes nothing overdue, is rewarded in the next assessment of everybody."
        ),
        article="REV-03",
        enforced_at=("modules.finance.services.rewarding:rewards_of",),
    ),
    PolicyKey(
        code="REV-03.reward_percent",
        kind="percent",
        default="10",
        bounds=(0, 100),
        unit="%",
        title=_("Reward of committed payers"),
        help=_(
            "Taken off the new due as a discount, by the decision that is written with the run. Zero: no reward."
        ),
        article="REV-03",
        enforced_at=("modules.finance.services.rewarding:rewards_of",),
    ),
    _exemption("martyr_family", _("Exemption of families of martyrs")),
    _exemption("prisoner_family", _("Exemption of families of prisoners")),
    _exemption("disability", _("Exemption of persons with disabilities")),
    _exemption("social_case", _("Exemption of social cases")),
    PolicyKey(
        code="REV-05.proof_document",
        kind="bool",
        default=True,
        title=_("Exemptions by category need the paper that proves it"),
        help=_("A card or a letter of the body in charge, scanned and kept with the exemption."),
        article="REV-05",
        basis_date="decision",
        enforced_at=("modules.finance.services.exempting:exempt_by_category",),
    ),
    PolicyKey(
        code="REV-05.one_property_only",
        kind="bool",
        default=True,
        title=_("Exemptions by category for one property only"),
        help=_(
            "Whoever is exempted for one property in a year is not exempted for another one in the same year."
        ),
        article="REV-05",
        basis_date="decision",
        enforced_at=("modules.finance.services.exempting:exempt_by_category",),
    ),
)
