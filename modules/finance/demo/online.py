"""A demonstration town's trial bank, where the installation offers one: a payment that came, one declined, one begun."""

from __future__ import annotations

from django.conf import settings

from kernel.parties.models import Party
from kernel.viewer import Viewer
from modules.finance.demo.spending import staff_member
from modules.finance.models import Charge, PaymentIntent
from modules.finance.selectors.online import gateway_box
from modules.finance.services.gateways import Verdict, gateway_of
from modules.finance.services.gateways.sandbox import Sandbox
from modules.finance.services.online import Wish, begin_payment, take_callback
from modules.finance.services.online_setup import configure_gateway

CAME_OF_IT = (Verdict.PAID, Verdict.FAILED, None)


def show() -> None:
    """Connect the trial bank and let three people go there; nothing where it is not offered or stands already."""
    jamal = staff_member("jamal")
    if jamal is None or not settings.PAYMENT_SANDBOX or gateway_box() is not None:
        return
    box = configure_gateway(adapter="sandbox", is_on=True, currencies=["ILS", "JOD"], by=jamal)
    bank = gateway_of(box)
    owing = Charge.objects.filter(balance__gt=20, currency="ILS", party__kind="person")
    parties = Party.objects.filter(pk__in=owing.values("party_id")).order_by("-id")
    for verdict, party in zip(CAME_OF_IT, parties[: len(CAME_OF_IT)], strict=False):
        intent = _begun(party, owing.filter(party=party).order_by("due_on", "id")[0])
        if verdict is not None and isinstance(bank, Sandbox):
            message = bank.decide(intent.reference, verdict)
            take_callback(*message, by=Viewer.system("finance.gateway"))


def _begun(party: Party, charge: Charge) -> PaymentIntent:
    phone = next(iter(party.phones), "")
    wish = Wish(party=party, charge_uids=[str(charge.uid)], phone=phone)
    return begin_payment(wish, by=Viewer.citizen())
