"""Who may connect the gateway of online payments, and send one back."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import Permission

ONLINE_PERMISSIONS = (
    Permission(
        code="finance.manage_gateway",
        title=_("Connect the payment gateway"),
        sentence=_("May connect the payment gateway, change it, and switch it on and off."),
    ),
    Permission(
        code="finance.ask_refund_online",
        title=_("Ask that online payments go back"),
        sentence=_(
            "May ask that an online payment goes back to the card it came from; a second person approves it."
        ),
    ),
    Permission(
        code="finance.refund_online",
        title=_("Pay online payments back"),
        sentence=_(
            "May approve that an online payment goes back to the card it came from, which takes its receipt back, and refuse it."
        ),
    ),
)
