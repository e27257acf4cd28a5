"""What a citizen sends from the web, until the desk has verified it."""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, BumpVersion, Guard, VersionedRow
from modules.frontdesk.constants import VERIFIED, IdentityMatch, OnlineState, RejectionReason
from modules.frontdesk.models.requests import Request


class OnlineStands(Guard):
    """What was verified stands, what was sent is not deleted, and a reference stays with its request (BA046)."""

    name = "online_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' AND OLD.state = 'filling' AND OLD.submitted_at IS NULL THEN
            RETURN OLD;
        END IF;
        IF TG_OP = 'DELETE' OR OLD.state IN ('accepted', 'rejected')
            OR (NEW.reference, NEW.request_id) IS DISTINCT FROM (OLD.reference, OLD.request_id)
            OR (NEW.state = 'filling' AND OLD.state <> 'filling')
            OR (OLD.state = 'filling' AND NEW.state NOT IN ('filling', 'waiting'))
            OR (OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS NULL)
        THEN
            RAISE EXCEPTION 'online request % stands', OLD.reference USING ERRCODE = 'BA046';
        END IF;
        RETURN NEW;
    """


class OnlineRequest(VersionedRow):
    """The citizen's side of a draft sent from the web: who says to ask, how that is known, what came of it.

    The draft itself is a `Request` without a number; it gets one when the desk accepts it. `identity` holds the names
    and the address that somebody typed who is not on file. `deficiencies` are what the desk wants mended before.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="online")
    reference = models.CharField(_("reference"), max_length=12, editable=False)
    state = models.CharField(max_length=8, choices=OnlineState.choices, default=OnlineState.FILLING)
    id_number = models.CharField(max_length=20)
    phone = models.CharField(max_length=20)
    identity: Any = models.JSONField(default=dict)
    match = models.CharField(
        max_length=5, choices=IdentityMatch.choices, default=IdentityMatch.NONE
    )
    matched_by_name = models.CharField(max_length=160, default="", blank=True)
    submitted_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    deficiencies: Any = models.JSONField(default=list)
    text = models.TextField(default="", blank=True)
    reason_code = models.CharField(
        max_length=12, choices=RejectionReason.choices, default="", blank=True
    )
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    verified_by_name = models.CharField(max_length=160, default="", blank=True)

    class Meta(VersionedRow.Meta):
        verbose_name = _("online request")
        verbose_name_plural = _("online requests")
        triggers: ClassVar = [AuditTrail(), BumpVersion(), OnlineStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["reference"], name="frontdesk_online_reference"),
            models.CheckConstraint(
                condition=Q(state__in=OnlineState.values)
                & Q(match__in=IdentityMatch.values)
                & ~Q(id_number="")
                & ~Q(phone=""),
                name="frontdesk_online_choices",
            ),
            models.CheckConstraint(
                condition=(Q(state=OnlineState.FILLING) ^ Q(submitted_at__isnull=False))
                & (Q(state__in=VERIFIED) ^ Q(verified_at__isnull=True)),
                name="frontdesk_online_sent",
            ),
            models.CheckConstraint(
                condition=~Q(state=OnlineState.REJECTED)
                | (~Q(text="") & Q(reason_code__in=RejectionReason.values)),
                name="frontdesk_online_reasoned",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["submitted_at"],
                name="frontdesk_online_waiting",
                condition=~Q(state__in=VERIFIED),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_with_citizen(self) -> bool:
        """Whether the citizen may still change it."""
        return self.state in (OnlineState.FILLING, OnlineState.RETURNED)

    @property
    def typed_name(self) -> str:
        return _name_in(self.identity)

    @property
    def principal(self) -> dict[str, str]:
        """For whom the citizen says to act: names and ID number as typed; empty for who asks for themselves."""
        found: dict[str, str] = self.identity.get("principal") or {}
        return found

    @property
    def principal_name(self) -> str:
        return _name_in(self.principal)


def _name_in(facts: dict[str, str]) -> str:
    names = ("given_name", "father_name", "grandfather_name", "family_name")
    return " ".join(part for one in names if (part := facts.get(one, "")))
