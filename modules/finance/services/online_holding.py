"""A payment from home under its lock, and what changes on it: shared by paying and by paying back."""

from __future__ import annotations

from modules.finance.models import PaymentIntent


def held_intent(pk: int) -> PaymentIntent:
    """The payment, nobody else's until the transaction ends."""
    return (  # type: ignore[no-any-return]
        PaymentIntent.objects.select_for_update(of=("self",))
        .select_related("box", "party", "receipt")
        .get(pk=pk)
    )


def change_intent(intent: PaymentIntent, **changes: object) -> None:
    for name, value in changes.items():
        setattr(intent, name, value)
    intent.save(update_fields=[*changes])
