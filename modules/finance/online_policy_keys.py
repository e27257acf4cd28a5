"""What a municipality decides about payments from home."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import PolicyKey

ONLINE_POLICY_KEYS = (
    PolicyKey(
        code="FIN-01.online",
        kind="bool",
        default=True,
        title=_("Payments on the web"),
        help=_("Whether new payments may be begun, where a gateway is connected and switched on."),
        article="FIN-01",
        enforced_at=("modules.finance.services.online:begin_payment",),
    ),
    PolicyKey(
        code="FIN-01.online_least",
        kind="money",
        default="5 ILS",
        title=_("Smallest payment on the web"),
        help=_(
            "In its own currency alone: what the gateway takes for a payment makes less not worth it."
        ),
        article="FIN-01",
        enforced_at=("modules.finance.services.online:_amount",),
    ),
    PolicyKey(
        code="FIN-01.online_in_parts",
        kind="bool",
        default=True,
        title=_("Dues paid in parts on the web"),
        help=_("Whether less than the chosen dues may be paid there."),
        article="FIN-01",
        enforced_at=("modules.finance.services.online:_amount",),
    ),
    PolicyKey(
        code="FIN-01.online_minutes",
        kind="int",
        default=30,
        bounds=(5, 1440),
        unit="min",
        title=_("Minutes for a payment on the web"),
        help=_(
            "One that was not confirmed within them ends; money confirmed later is received all the same."
        ),
        article="FIN-01",
        enforced_at=("modules.finance.services.online:begin_payment",),
    ),
    PolicyKey(
        code="FIN-01.online_refund_days",
        kind="int",
        default=90,
        bounds=(0, 540),
        unit="days",
        title=_("Days in which an online payment may go back"),
        help=_(
            "Counted from the receipt; banks take refunds for some months only. With 0 on the same day alone."
        ),
        article="FIN-01",
        enforced_at=("modules.finance.services.online_refunding:_refuse_impossible",),
    ),
)
