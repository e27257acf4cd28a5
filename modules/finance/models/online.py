"""Payments from home: what somebody set out to pay at a gateway, and the one receipt that came of it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row
from modules.finance.constants import IntentState, RefundState
from modules.finance.models import columns, guards
from modules.finance.models.cash import CashBox, Receipt

OPEN = (IntentState.BEGUN.value, IntentState.CONFIRMED.value)
GOING_BACK = (RefundState.ASKED.value, RefundState.CONFIRMED.value)


class IntentGoesForward(Guard):
    """What is to be paid and by whom never changes; states go forward; a receipt comes once, of the same amount (BA056).

    Money that the bank confirms late, after the payment ran out or was declined, still counts. What the staff found
    out stands until the bank says something else. A payment goes back once, when its receipt is taken back; asked
    by one person and approved by another one, unless it says that the policy wanted none.
    """

    name = "intent_goes_forward"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("kept", "text[]"), ("decided", "text[]"), ("r", "record"), ("void", "text")]  # noqa: RUF012  the base has it as an instance's
    func = """
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'online payment % is not deleted', OLD.id USING ERRCODE = 'BA056';
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'begun' OR NEW.receipt_id IS NOT NULL OR NEW.refund_state <> '' THEN
                RAISE EXCEPTION 'an online payment begins without a receipt' USING ERRCODE = 'BA056';
            END IF;
            RETURN NEW;
        END IF;
        kept := ARRAY['state', 'reference', 'url', 'receipt_id', 'confirmed_at', 'problem', 'told', 'remark',
            'refund_state', 'refund'];
        IF to_jsonb(NEW) - kept IS DISTINCT FROM to_jsonb(OLD) - kept
            OR (OLD.reference <> '' AND NEW.reference <> OLD.reference)
            OR (OLD.remark <> '' AND NEW.remark <> OLD.remark AND NEW.told = OLD.told)
            OR (OLD.receipt_id IS NOT NULL AND NEW.receipt_id IS DISTINCT FROM OLD.receipt_id)
            OR (OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ('begun>failed', 'begun>expired',
                'begun>confirmed', 'failed>confirmed', 'expired>confirmed', 'confirmed>paid')) THEN
            RAISE EXCEPTION 'online payment % cannot become that', OLD.id USING ERRCODE = 'BA056';
        END IF;
        IF NEW.refund_state <> OLD.refund_state THEN
            EXECUTE format('SELECT void_kind FROM %I.finance_receipt WHERE id = $1', TG_TABLE_SCHEMA)
            INTO void USING NEW.receipt_id;
            IF void IS NULL OR NEW.state <> 'paid' OR (NEW.refund_state = 'done' AND void = '')
                OR OLD.refund_state || '>' || NEW.refund_state NOT IN ('>wished', 'declined>wished', 'refused>wished',
                    'wished>refused', 'wished>asked', '>asked', 'declined>asked', 'refused>asked', 'asked>declined',
                    'asked>confirmed', 'confirmed>done') THEN
                RAISE EXCEPTION 'online payment % does not go back like that', OLD.id USING ERRCODE = 'BA056';
            END IF;
            decided := ARRAY['decided_by', 'decided_by_name', 'decided_at', 'refused_because', 'alone'];
            IF OLD.refund_state = 'wished' AND NEW.refund - decided IS DISTINCT FROM OLD.refund - decided THEN
                RAISE EXCEPTION 'who asked that online payment % goes back stands', OLD.id USING ERRCODE = 'BA056';
            END IF;
            IF NEW.refund_state = 'asked' AND COALESCE(NEW.refund->>'alone', '') <> 'true'
                AND (OLD.refund_state <> 'wished' OR NOT NEW.refund ? 'decided_by'
                    OR NEW.refund->>'decided_by' = NEW.refund->>'by') THEN
                RAISE EXCEPTION 'online payment % goes back by a second person', OLD.id USING ERRCODE = 'BA056';
            END IF;
        ELSIF NEW.refund IS DISTINCT FROM OLD.refund THEN
            RAISE EXCEPTION 'why online payment % goes back stands', OLD.id USING ERRCODE = 'BA056';
        END IF;
        IF NEW.receipt_id IS NOT NULL AND OLD.receipt_id IS NULL THEN
            EXECUTE format('SELECT box_id, currency, amount FROM %I.finance_receipt WHERE id = $1', TG_TABLE_SCHEMA)
            INTO r USING NEW.receipt_id;
            IF (r.box_id, r.currency, r.amount) IS DISTINCT FROM (NEW.box_id, NEW.currency, NEW.amount) THEN
                RAISE EXCEPTION 'receipt % is not of online payment %', NEW.receipt_id, OLD.id USING ERRCODE = 'BA056';
            END IF;
        END IF;
        RETURN NEW;
    """


class PaymentIntent(Row):
    """One payment at a gateway, from the choice of dues to the receipt. `charges` are [id of the due, amount asked]."""

    box = models.ForeignKey(CashBox, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    payer_name = models.TextField(_("paid by"))
    phone = models.TextField(_("telephone"), default="")
    charges = models.JSONField(default=list)
    currency = columns.currency()
    amount = columns.amount()
    state = models.TextField(
        _("state"), choices=IntentState.choices, default=IntentState.BEGUN.value
    )
    # Where the payer goes, and by what name the gateway knows the payment: both come with its answer.
    url = models.TextField(default="")
    reference = models.TextField(_("reference of the gateway"), default="")
    expires_at = models.DateTimeField(_("runs out"))
    confirmed_at = models.DateTimeField(null=True)
    receipt = models.OneToOneField(
        Receipt, null=True, on_delete=models.PROTECT, related_name="intent"
    )
    problem = models.TextField(default="")
    # What the gateway says it took, where that is not what was asked; and what the staff found out about it, once.
    told = models.TextField(default="")
    remark = models.TextField(_("what was found out"), default="")

    # The way back: where it stands; who asked for it, when and why; who decided.
    refund_state = models.TextField(
        _("way back"), choices=RefundState.choices, blank=True, default="", db_default=""
    )
    refund = models.JSONField(default=dict, db_default={})

    class Meta(Row.Meta):
        ordering: ClassVar = ["-id"]
        verbose_name = _("online payment")
        verbose_name_plural = _("online payments")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["box", "reference"],
                condition=~Q(reference=""),
                name="finance_paymentintent_reference",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="finance_paymentintent_amount"),
            models.CheckConstraint(
                condition=Q(refund_state__in=RefundState.values),
                name="finance_paymentintent_refund",
            ),
            models.CheckConstraint(
                condition=Q(state=IntentState.PAID, receipt__isnull=False)
                | (
                    Q(receipt__isnull=True)
                    & Q(state__in=[one for one in IntentState if one != IntentState.PAID])
                ),
                name="finance_paymentintent_receipt",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[IntentState.CONFIRMED, IntentState.PAID], confirmed_at__isnull=False
                )
                | Q(
                    state__in=[IntentState.BEGUN, IntentState.FAILED, IntentState.EXPIRED],
                    confirmed_at__isnull=True,
                ),
                name="finance_paymentintent_confirmed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state__in=OPEN)
                | (~Q(told="") & Q(remark=""))
                | Q(refund_state__in=GOING_BACK),
                name="finance_paymentintent_open",
            )
        ]
        triggers: ClassVar = [*Row.Meta.triggers, IntentGoesForward(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return self.reference or str(self.uid)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def short_reference(self) -> str:
        """As much of the reference as a list has room for."""
        return self.reference if len(self.reference) <= 20 else f"{self.reference[:19]}…"

    @property
    def may_go_back(self) -> bool:
        """It has its receipt, which still counts, and nobody asked yet, or the answer was no."""
        asked = self.refund_state not in ("", RefundState.DECLINED, RefundState.REFUSED)
        return self.receipt is not None and not self.receipt.is_void and not asked

    @property
    def standing(self) -> str:
        """The state in words: of one that went back to the card, that it did."""
        if self.refund_state == RefundState.DONE:
            return str(RefundState.DONE.label)
        return str(IntentState(self.state).label)

    @property
    def needs_a_look(self) -> bool:
        """The bank's word and ours differ, and nobody has written yet what was found out."""
        return bool(self.told) and not self.remark
