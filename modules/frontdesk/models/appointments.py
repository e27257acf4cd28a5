"""Appointments: a seat in a slot of time, held by the database for one person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, BumpVersion, Guard, VersionedRow
from modules.frontdesk.constants import AppointmentState, Channel, TicketPriority
from modules.frontdesk.models.hall import Ticket


class AppointmentStands(Guard):
    """What was kept, missed or cancelled is not written again; no appointment is deleted or changes its owner (BA047)."""

    name = "appointment_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR OLD.state IN ('arrived', 'cancelled')
            OR (OLD.state = 'missed' AND NEW.state <> 'arrived')
            OR (NEW.reference, NEW.phone, NEW.party_id) IS DISTINCT FROM
               (OLD.reference, OLD.phone, OLD.party_id)
        THEN
            RAISE EXCEPTION 'appointment % stands', OLD.reference USING ERRCODE = 'BA047';
        END IF;
        RETURN NEW;
    """


class Appointment(VersionedRow):
    """Somebody's place on a day at a time. `seat` is one of the slot's places: two never hold the same.

    `slots` names the kind of appointment (the row of `DeskTool` that says when, how long and how many).
    """

    reference = models.CharField(_("reference"), max_length=12, editable=False)
    slots = models.CharField(max_length=20)
    day = models.DateField()
    starts_at = models.TimeField()
    minutes = models.PositiveSmallIntegerField()
    seat = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=9, choices=AppointmentState.choices, default=AppointmentState.BOOKED
    )
    service_code = models.CharField(max_length=20, default="", blank=True)
    name = models.CharField(max_length=160)
    phone = models.CharField(max_length=20, default="", blank=True)
    party = models.ForeignKey(
        "parties.Party", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    priority = models.CharField(
        max_length=8, choices=TicketPriority.choices, default=TicketPriority.BOOKED
    )
    channel = models.CharField(max_length=8, choices=Channel.choices, default=Channel.DESK)
    note = models.CharField(max_length=300, default="", blank=True)
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reminded_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    booked_by_name = models.CharField(max_length=160, default="", blank=True)

    class Meta(VersionedRow.Meta):
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        triggers: ClassVar = [AuditTrail(), BumpVersion(), AppointmentStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "slots", "starts_at", "seat"],
                name="frontdesk_appointment_seat",
                condition=~Q(state=AppointmentState.CANCELLED),
            ),
            models.UniqueConstraint(
                fields=["day", "phone", "slots"],
                name="frontdesk_appointment_phone",
                condition=Q(state=AppointmentState.BOOKED) & ~Q(phone=""),
            ),
            models.UniqueConstraint(fields=["reference"], name="frontdesk_appointment_ref"),
            models.CheckConstraint(
                condition=Q(state__in=AppointmentState.values)
                & Q(priority__in=TicketPriority.values)
                & Q(channel__in=Channel.values)
                & Q(seat__gte=1)
                & Q(minutes__gte=1)
                & ~Q(name="")
                & (Q(state=AppointmentState.BOOKED) ^ Q(ended_at__isnull=False)),
                name="frontdesk_appointment_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.day} {self.starts_at:%H:%M}"

    @property
    def ends_at(self) -> datetime:
        return datetime.combine(self.day, self.starts_at) + timedelta(minutes=self.minutes)

    @property
    def is_booked(self) -> bool:
        return self.state == AppointmentState.BOOKED
