"""What integrators may be told of the books. Types are a promise: new ones come, none changes its meaning."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.manifest import WebhookEvent


def _one(
    code: str, event: str, title: str | Promise, *, subject: str, address: str
) -> WebhookEvent:
    return WebhookEvent(
        code=code, event=f"finance.{event}", title=title, subject=subject, address=address
    )


def _charge(code: str, event: str, title: str | Promise) -> WebhookEvent:
    return _one(code, event, title, subject="charge_uid", address="/charges/{id}")


def _receipt(code: str, event: str, title: str | Promise) -> WebhookEvent:
    return _one(code, event, title, subject="receipt_uid", address="/receipts/{id}")


def _cheque(code: str, event: str, title: str | Promise) -> WebhookEvent:
    return _one(code, event, title, subject="cheque_uid", address="/cheques/{id}")


WEBHOOKS = (
    _charge("charge.assessed", "ChargeAssessed", _("A charge was assessed")),
    _charge("charge.settled", "ChargeSettled", _("A charge was settled")),
    _charge("charge.reopened", "ChargeReopened", _("A settled charge is owed again")),
    _charge("charge.credited", "ChargeCredited", _("A charge was exempted or corrected")),
    _charge("charge.cancelled", "ChargeCancelled", _("A charge was taken back")),
    _receipt("receipt.posted", "ReceiptPosted", _("A receipt was posted")),
    _receipt("receipt.cancelled", "ReceiptCancelled", _("A receipt no longer counts")),
    _cheque("cheque.bounced", "ChequeBounced", _("A cheque was returned by the bank")),
    _cheque("cheque.cleared", "ChequeCleared", _("A cheque was paid by the bank")),
)
