"""A citizen's request and the fees it costs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from moneyed import Money

from kernel.db import AuditTrail, BumpVersion, Row, VersionedRow
from modules.frontdesk.constants import (
    CLOSED_STATES,
    OPEN_STATES,
    PAUSED_STATES,
    ActsBy,
    Channel,
    Decision,
    RejectionReason,
    State,
)
from modules.frontdesk.definitions import ServiceDefinition
from modules.frontdesk.definitions.proofs import with_proof
from modules.frontdesk.models.catalogue import ServiceVersion
from modules.frontdesk.models.guards import FeeStands, RequestStands

_DECIDED = Q(decided_at__isnull=False) & Q(decision__in=Decision.values)
_UNDECIDED = Q(decided_at__isnull=True) & Q(decision="")


class Request(VersionedRow):
    """A request (معاملة): asked by a citizen, run on one version of one service, to its end.

    A draft has no number. The number is given at submission, gapless per year, and never changes.
    `is_hidden`: the applicant's identity is withheld from those who work on it (complaints).
    """

    service_version = models.ForeignKey(
        ServiceVersion, on_delete=models.PROTECT, related_name="requests"
    )
    number = models.CharField(_("request number"), max_length=40, null=True, editable=False)
    number_year = models.PositiveSmallIntegerField(null=True, editable=False)
    number_seq = models.PositiveIntegerField(null=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=State.choices, default=State.DRAFT)
    applicant = models.ForeignKey(
        "parties.Party",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("applicant"),
    )
    beneficiary = models.ForeignKey(
        "parties.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    agent = models.ForeignKey(
        "parties.Party",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    acts_by = models.CharField(
        max_length=12, choices=ActsBy.choices, default="", db_default="", blank=True
    )
    agent_power_number = models.CharField(max_length=60, default="", blank=True)
    agent_power_on = models.DateField(null=True, blank=True)
    agent_power_until = models.DateField(null=True, blank=True)
    land_unit = models.ForeignKey(
        "places.LandUnit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    premises = models.ForeignKey(
        "places.Premises",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    # Where it stands on the map: the first point among its answers, kept by the services for the list of points.
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, editable=False)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, editable=False)
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.DESK)
    contact_phone = models.CharField(_("telephone"), max_length=20, default="", blank=True)
    # What the slip said that was printed without a line; empty for what was taken with one.
    provisional_number = models.CharField(max_length=40, default="", blank=True, editable=False)
    is_hidden = models.BooleanField(default=False)
    is_priority = models.BooleanField(default=False)
    answers: Any = models.JSONField(default=dict)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    submitted_at = models.DateTimeField(null=True, editable=False)
    submitted_on = models.DateField(null=True, editable=False)
    days_allowed = models.PositiveSmallIntegerField(default=0)
    promised_on = models.DateField(_("promised date"), null=True)
    decision = models.CharField(max_length=10, choices=Decision.choices, default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    decision_reason_code = models.CharField(
        max_length=12, choices=RejectionReason.choices, default="", blank=True
    )
    decision_reason = models.TextField(default="", blank=True)
    document = models.ForeignKey(
        "printing.IssuedDocument",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(default="", blank=True)
    # Who may see it, kept by the services in the row itself so that a list of a million needs no look at the steps:
    # sections on the route by their id, persons (the opener, assignees) by their id with a minus.
    seen_by = ArrayField(models.BigIntegerField(), default=list, editable=False)
    last_verb = models.CharField(max_length=20, default="", editable=False)
    last_actor = models.CharField(max_length=160, default="", editable=False)
    last_at = models.DateTimeField(null=True, editable=False)
    follows = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="followed_by",
        db_index=False,
    )

    merged_into = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="merged",
        db_index=False,
    )

    class Meta(VersionedRow.Meta):
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        triggers: ClassVar = [AuditTrail(), BumpVersion(), RequestStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["number"], name="frontdesk_request_number"),
            models.CheckConstraint(
                condition=Q(state__in=State.values) & Q(channel__in=Channel.values),
                name="frontdesk_request_choices",
            ),
            # A number, and all that comes with it, exactly from submission on.
            models.CheckConstraint(
                condition=Q(
                    state=State.DRAFT,
                    number__isnull=True,
                    number_year__isnull=True,
                    number_seq__isnull=True,
                    submitted_at__isnull=True,
                    submitted_on__isnull=True,
                )
                | (
                    ~Q(state=State.DRAFT)
                    & Q(
                        number__isnull=False,
                        number_year__isnull=False,
                        number_seq__isnull=False,
                        submitted_at__isnull=False,
                        submitted_on__isnull=False,
                    )
                ),
                name="frontdesk_request_numbered",
            ),
            models.CheckConstraint(
                condition=_DECIDED | _UNDECIDED, name="frontdesk_request_decided"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="frontdesk_request_point",
            ),
            models.CheckConstraint(
                condition=Q(agent_power_on=None)
                | Q(agent_power_until=None)
                | Q(agent_power_until__gte=F("agent_power_on")),
                name="frontdesk_request_power",
            ),
            models.CheckConstraint(
                condition=Q(acts_by__in=["", *ActsBy.values]), name="frontdesk_request_acts_by"
            ),
            models.CheckConstraint(
                condition=~Q(decision=Decision.REJECTED)
                | (~Q(decision_reason="") & Q(decision_reason_code__in=RejectionReason.values)),
                name="frontdesk_request_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False) | ~Q(state__in=CLOSED_STATES),
                name="frontdesk_request_closed",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["state", "-id"], name="frontdesk_request_state"),
            models.Index(
                fields=["promised_on"],
                name="frontdesk_request_promised",
                condition=Q(state__in=OPEN_STATES),
            ),
            GinIndex(fields=["seen_by"], name="frontdesk_request_seen_by"),
            models.Index(
                fields=["-id"],
                name="frontdesk_request_on_map",
                condition=Q(latitude__isnull=False),
            ),
            models.Index(
                fields=["beneficiary"],
                name="frontdesk_request_beneficiary",
                condition=Q(beneficiary__isnull=False),
            ),
            models.Index(
                fields=["land_unit"],
                name="frontdesk_request_land_unit",
                condition=Q(land_unit__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"draft {self.uid}"

    @property
    def design(self) -> ServiceDefinition:
        return self.service_version.design

    @property
    def design_asked(self) -> ServiceDefinition:
        """The service with the paper by which somebody acts for another; the desk sees originals, the web does not."""
        return with_proof(self.design, self.acting_by, must_show=self.channel == Channel.WEB)

    @property
    def subject_ref(self) -> str:
        return f"request:{self.uid}"

    @property
    def is_draft(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_closed(self) -> bool:
        return self.state in CLOSED_STATES

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_paused(self) -> bool:
        return self.state in PAUSED_STATES

    @property
    def point(self) -> str:
        """Where it stands on the map, `latitude,longitude`; empty when nobody said."""
        return "" if self.latitude is None else f"{self.latitude},{self.longitude}"

    @property
    def with_agent(self) -> bool:
        return bool(self.acting_by)

    @property
    def acting_by(self) -> str:
        """By which paper somebody acts for who asks; an agent whose paper nobody named acts by a power of attorney."""
        return self.acts_by or (ActsBy.POWER if self.agent_id is not None else "")

    def show_to(
        self, *, section_ids: Iterable[int] = (), user_ids: Iterable[int | None] = ()
    ) -> None:
        """Let these sections and persons see it from now on. The caller saves."""
        more = {*section_ids, *(-one for one in user_ids if one is not None)}
        self.seen_by = sorted({*self.seen_by, *more})

    @property
    def told_party_id(self) -> int | None:
        """Whom events and the archive may name: nobody where the reporter's name is hidden."""
        return None if self.is_hidden else self.applicant_id

    @property
    def payer_id(self) -> int | None:
        """Whose due a fee becomes: the beneficiary's where there is one."""
        return self.beneficiary_id or self.applicant_id


class RequestFee(Row):
    """Money a request costs: charged once (by `charge_uid`), settled when the receipt is posted."""

    request = models.ForeignKey(
        Request, on_delete=models.PROTECT, related_name="fees", db_index=False
    )
    code = models.CharField(max_length=40)
    title_ar = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, default="", blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=3)
    currency = models.CharField(max_length=3)
    charge_uid = models.CharField(max_length=40, null=True)
    assessed_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    receipt_number = models.CharField(max_length=60, default="", blank=True)

    class Meta(Row.Meta):
        verbose_name = _("fee")
        verbose_name_plural = _("fees")
        triggers: ClassVar = [AuditTrail(), FeeStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "code"], name="frontdesk_fee_once"),
            models.UniqueConstraint(fields=["charge_uid"], name="frontdesk_fee_charge"),
            models.CheckConstraint(
                condition=Q(amount__gt=Decimal(0)) & Q(currency__regex=r"^[A-Z]{3}$"),
                name="frontdesk_fee_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None
