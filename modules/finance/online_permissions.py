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
        code="finance.refund_online",
        title=_("Pay online payments back"),
        sentence=_(
            "May send an online payment back to the card it came from, which takes its receipt back."
        ),
    ),
)
