"""Refusals of payments from home."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Refusal,
    TooMany,
    Unavailable,
)


class IntentUnknown(NotVisible):
    code = "online_payment_unknown"
    sentence = _("There is no such online payment.")


class OnlinePaymentOff(Refusal):
    code = "online_payment_off"
    sentence = _("The municipality does not take payments on the web now. Pay at the cash desk.")


class NoDueChosen(InvalidInput):
    code = "no_due_chosen"
    sentence = _("Choose what you want to pay.")


class DuesChanged(Conflict):
    code = "dues_changed"
    sentence = _("One of the chosen dues was paid or changed in the meantime. Look at them again.")


class OneCurrencyAtATime(InvalidInput):
    code = "one_currency_at_a_time"
    sentence = _("Dues in different currencies are paid one currency after the other.")


class CurrencyNotTaken(InvalidInput):
    code = "currency_not_taken"
    sentence = _("The payment page does not take %(currency)s. Pay at the cash desk.")


class AmountTooSmall(InvalidInput):
    code = "amount_too_small"
    sentence = _("The smallest payment on the web is %(least)s.")
    field = "amount"


class AmountNotOfDues(InvalidInput):
    code = "amount_not_of_dues"
    sentence = _("What you chose is %(whole)s. No more than that can be paid here.")
    field = "amount"


class OnlyWhole(InvalidInput):
    code = "only_whole"
    sentence = _("Here dues are paid whole: %(whole)s. A part is paid at the cash desk.")
    field = "amount"


class GatewayAway(Unavailable):
    code = "gateway_away"
    sentence = _("The bank's payment page does not answer. Nothing was taken; try again later.")


class CallbackForged(NotPermitted):
    code = "callback_forged"
    sentence = _("The signature of this message is not the gateway's, or it comes too late.")


class CallbackNotUnderstood(InvalidInput):
    code = "callback_not_understood"
    sentence = _("This message does not say which payment came to what.")


class AmountDiffers(Conflict):
    code = "amount_differs"
    sentence = _("The gateway names %(told)s, the payment is %(asked)s.")


class NothingToFindOut(Conflict):
    code = "nothing_to_find_out"
    sentence = _("Nothing waits to be found out about this payment.")


class NothingToPayBack(Conflict):
    code = "nothing_to_pay_back"
    sentence = _("Only a payment that has its receipt goes back, and it goes back once.")


class RefundAskedAlready(Conflict):
    code = "refund_asked_already"
    sentence = _("%(by)s asked for this already; it waits for a second person.")


class RefundNotAsked(Conflict):
    code = "refund_not_asked"
    sentence = _("Nobody waits for a decision on this payment. Look at it again.")


class RefundSecondPerson(NotPermitted):
    code = "refund_second_person"
    sentence = _(
        "You asked for it yourself: a second person approves what goes back (policy FIN-12)."
    )


class TooLateToPayBack(Refusal):
    code = "too_late_to_pay_back"
    sentence = _(
        "The bank pays back until %(last)s only (policy FIN-01). Pay it back as a spending to the person."
    )


class TooManyCallbacks(TooMany):
    code = "too_many_callbacks"
    sentence = _("Too many messages were refused. Wait a little.")


class GatewayAddressRefused(InvalidInput):
    code = "gateway_address_refused"
    sentence = _("The address of the gateway begins with https:// and leads to the open internet.")
    field = "base_url"


class GatewayIncomplete(InvalidInput):
    code = "gateway_incomplete"
    sentence = _("A gateway needs its address, the number of the merchant and the secret.")
    field = "base_url"


class SecretTooShort(InvalidInput):
    code = "secret_too_short"
    sentence = _("The secret has at least %(least)s signs.")
    field = "secret"


class SandboxNotHere(Refusal):
    code = "sandbox_not_here"
    sentence = _("The trial gateway takes no real money; this installation does not offer it.")
    field = "adapter"


class GatewayInUse(Conflict):
    code = "gateway_in_use"
    sentence = _(
        "%(count)s online payments are not settled yet. Switch the gateway off, wait for them, then change it."
    )


class CashierMissing(Refusal):
    code = "gateway_cashier_missing"
    sentence = _("The account of online payments is missing. Save the gateway again.")
