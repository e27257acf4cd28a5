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
    PolicyKey(
        code="FIN-07.refund_within_days",
        kind="days",
        default=14,
        bounds=(1, 365),
        title=_("Days in which a deposit is refunded"),
        help=_("Counted from the day it was asked for; later it stands in the list as late."),
        article="FIN-07",
        basis_date="application",
        enforced_at=("modules.finance.selectors.deposits:refund_due_by",),
    ),
    PolicyKey(
        code="FIN-07.forfeit_after_years",
        kind="int",
        default=5,
        bounds=(1, 30),
        unit="years",
        title=_("Years after which a deposit may be kept for its age"),
        help=_(
            "Counted from the day it was paid in. For a breach it may be kept by decision at any time."
        ),
        article="FIN-07",
        basis_date="decision",
        enforced_at=("modules.finance.services.spending.paying:_refuse_young",),
    ),
    PolicyKey(
        code="FIN-07.auto_offset_dues",
        kind="bool",
        default=False,
        title=_("Set dues off before a deposit is refunded"),
        help=_(
            "Whoever pays a deposit back to somebody with dues that are overdue sets them off first, or writes why not."
        ),
        article="FIN-07",
        enforced_at=("modules.finance.selectors.deposits:owed_before_refund",),
    ),
)
