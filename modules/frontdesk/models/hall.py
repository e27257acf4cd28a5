"""Tickets of the hall: a number for each category and day, waiting, called, closed."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.db import AuditTrail, Guard, Row
from modules.frontdesk.constants import LIVE_TICKETS, Channel, TicketPriority, TicketState


class TicketStands(Guard):
    """A ticket takes the next number of its category and day, without a gap, and keeps it (BA038).

    The lock is held to the end of the transaction, so that a number which is rolled back is given to the next one.
    What was served or has left is not written again; whoever did not come may come back.
    """

    name = "ticket_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'INSERT' THEN
            PERFORM pg_advisory_xact_lock(hashtextextended(
                'frontdesk.ticket:' || TG_TABLE_SCHEMA || ':' || NEW.day || ':' || NEW.category, 0));
            EXECUTE format('SELECT COALESCE(max(number), 0) + 1 FROM %I.%I WHERE day = $1 AND category = $2',
                TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO NEW.number USING NEW.day, NEW.category;
            IF NEW.state <> 'waiting' THEN
                RAISE EXCEPTION 'a ticket begins by waiting' USING ERRCODE = 'BA038';
            END IF;
            RETURN NEW;
        END IF;
        IF TG_OP = 'DELETE' OR OLD.state IN ('served', 'left')
            OR (NEW.day, NEW.category, NEW.number) IS DISTINCT FROM (OLD.day, OLD.category, OLD.number)
            OR (OLD.state = 'waiting' AND NEW.state IN ('served', 'absent'))
            OR (OLD.state = 'absent' AND NEW.state NOT IN ('absent', 'waiting'))
        THEN
            RAISE EXCEPTION 'ticket %-% of % stands', OLD.category, OLD.number, OLD.day USING ERRCODE = 'BA038';
        END IF;
        RETURN NEW;
    """


class Ticket(Row):
    """One person's turn today. `category` is what the slip says; `queue` is where the ticket waits now.

    A counter on a waiting ticket means that it was sent to that counter alone. A ticket of the web was taken by its
    holder's own telephone; `near_told_at` is when the holder was told that the turn is near.
    """

    day = models.DateField()
    category = models.CharField(max_length=3)
    number = models.PositiveIntegerField(default=0)
    queue = models.CharField(max_length=3)
    counter = models.CharField(max_length=20, default="", blank=True)
    state = models.CharField(max_length=8, choices=TicketState.choices, default=TicketState.WAITING)
    priority = models.CharField(
        _("served first"), max_length=8, choices=TicketPriority.choices, default="", blank=True
    )
    phone = models.CharField(max_length=20, default="", blank=True)
    channel = models.CharField(
        max_length=8, choices=Channel.choices, default=Channel.DESK, db_default=Channel.DESK
    )
    near_told_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(default=timezone.now)
    called_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    waited_seconds = models.PositiveIntegerField(default=0)
    served_seconds = models.PositiveIntegerField(default=0)
    served_by_name = models.CharField(max_length=160, default="", blank=True)

    class Meta(Row.Meta):
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        triggers: ClassVar = [AuditTrail(), TicketStands()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "category", "number"], name="frontdesk_ticket_number"
            ),
            models.UniqueConstraint(
                fields=["day", "counter"],
                name="frontdesk_one_ticket_called",
                condition=Q(state=TicketState.CALLED),
            ),
            models.UniqueConstraint(
                fields=["day", "phone"],
                name="frontdesk_one_ticket_a_phone",
                condition=Q(state__in=LIVE_TICKETS) & ~Q(phone=""),
            ),
            models.CheckConstraint(
                condition=Q(state__in=TicketState.values)
                & Q(priority__in=["", *TicketPriority.values])
                & (~Q(state=TicketState.CALLED) | (Q(called_at__isnull=False) & ~Q(counter="")))
                & (Q(state__in=LIVE_TICKETS) ^ Q(ended_at__isnull=False)),
                name="frontdesk_ticket_state",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values)
                & (Q(near_told_at__isnull=True) | ~Q(phone="")),
                name="frontdesk_ticket_channel",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """As the slip and the screen write it: A-007."""
        return f"{self.category}-{self.number:03d}"
