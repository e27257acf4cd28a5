"""What a municipality decides about cash and deposits after they were received."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import PolicyKey

DESK_POLICY_KEYS = (
    PolicyKey(
        code="FIN-01.deposit_within_hours",
        kind="int",
        default=24,
        bounds=(1, 720),
        unit="h",
        title=_("Hours in which cash is taken to the bank"),
        help=_(
            "Counted on working days from when it came into the box. Later it needs a reason, which the finance manager is shown."
        ),
        article="FIN-01",
        basis_date="event",
        enforced_at=("modules.finance.services.sessions:remit_cash",),
    ),
)
