"""The register of cheques, received and issued."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from kernel.db import Row
from modules.finance.constants import ChequeState, ChequeWay
from modules.finance.models import columns, guards
from modules.finance.models.books import Account
from modules.finance.models.cash import Instrument
from modules.finance.models.chequebooks import LeafOfABook
from modules.finance.models.steps import BeginsWithAStep, FollowsSteps


class Cheque(Row):
    """A cheque, from the hand that gave it to the bank that paid it. What is on the paper never changes.

    A cheque that came with a receipt settled its dues at once. A post-dated one covers the dues of `covers`, in that
    order, and settles them when it is cleared.
    """

    way = models.TextField(_("received or issued"), choices=ChequeWay.choices)
    state = models.TextField(_("state"), choices=ChequeState.choices, default="", editable=False)
    moved_on = models.DateField(null=True, editable=False)
    number = models.TextField(_("number"))
    bank = models.TextField(_("bank"))
    branch = models.TextField(_("branch"), blank=True, default="")
    # Of a cheque of ours: the account it is drawn on.
    account = models.ForeignKey(
        Account, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    drawer_account = models.TextField(_("account of the drawer"), blank=True, default="")
    drawer = models.TextField(_("drawer"))
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = columns.currency()
    amount = columns.amount(verbose_name=_("amount"))
    base = columns.amount()
    dated_on = models.DateField(_("due on"))
    taken_on = models.DateField(_("received on"))
    instrument = models.OneToOneField(
        Instrument, null=True, on_delete=models.PROTECT, related_name="cheque"
    )
    covers = ArrayField(models.BigIntegerField(), default=list)
    plan = models.ForeignKey(
        "finance.Plan", null=True, on_delete=models.PROTECT, related_name="cheques", db_index=False
    )
    spending = models.ForeignKey(
        "finance.Spending",
        null=True,
        on_delete=models.PROTECT,
        related_name="cheques",
        db_index=False,
    )
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta(Row.Meta):
        verbose_name = _("cheque")
        verbose_name_plural = _("cheques")
        constraints: ClassVar = [
            # A cheque handed back may be brought again; the same paper twice in the safe may not. Banks begin their
            # numbers anew for each account: where the account is not written, the person who gave it stands for it.
            models.UniqueConstraint(
                "number",
                "bank",
                "branch",
                "drawer_account",
                Case(When(drawer_account="", then=F("party_id")), default=Value(0)),
                condition=Q(way=ChequeWay.IN)
                & ~Q(state__in=[ChequeState.RETURNED, ChequeState.REPLACED]),
                name="finance_cheque_once_of_drawer",
            ),
            models.UniqueConstraint(
                fields=["number", "bank"],
                condition=Q(way=ChequeWay.OUT),
                name="finance_cheque_issued_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gt=0, base__gt=0), name="finance_cheque_positive"
            ),
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(bank=""), name="finance_cheque_identified"
            ),
            models.CheckConstraint(
                condition=Q(way__in=ChequeWay.values) & Q(state__in=["", *ChequeState.values]),
                name="finance_cheque_state",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "dated_on"], name="finance_cheque_due"),
            models.Index(fields=["party"], name="finance_cheque_party"),
        ]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            FollowsSteps(),
            BeginsWithAStep(),
            LeafOfABook(),
            guards.NeverEmptied(),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.bank}"

    @property
    def machine(self) -> str:
        return f"cheque_{self.way}"

    @property
    def is_received(self) -> bool:
        return self.way == ChequeWay.IN
