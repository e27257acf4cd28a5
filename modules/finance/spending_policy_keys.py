"""Policies of what is accounted for later: advances to staff, deposits."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import PolicyKey

SPENDING_POLICY_KEYS = (
    PolicyKey(
        code="FIN-03.set_off_needs_approval",
        kind="bool",
        default=True,
        title=_("Set-off only against approved payment orders"),
        help=_(
            "A set-off pays: whoever may approve payments decides first. Without this rule every invoice that was entered is set off, and approved before it is closed."
        ),
        article="FIN-03",
        enforced_at=("modules.finance.selectors.payables:states_set_off",),
    ),
    PolicyKey(
        code="FIN-02.advance_settled_within_days",
        kind="days",
        default=30,
        bounds=(1, 365),
        title=_("Days in which an employee accounts for an advance"),
        help=_("Counted from the day on which it was paid out; later it stands as overdue."),
        article="FIN-02",
        basis_date="event",
        enforced_at=("modules.finance.services.spending.paying:pay_out",),
    ),
)
