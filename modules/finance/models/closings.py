"""Days that are closed, each chained to the one before; and written warnings to who owes."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, LogRow, Row
from modules.finance.constants import WarningState
from modules.finance.models import guards
from modules.finance.models.steps import BeginsWithAStep, FollowsSteps
from modules.finance.models.warning_guards import WarnedOnce


class ChainsDays(Guard):
    """A closing seals its contents with the seal of the day before; the database makes the seal itself."""

    name = "chains_days"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("last", "record")]  # noqa: RUF012  the base has it as an instance's
    func = """
        PERFORM pg_advisory_xact_lock(hashtextextended('finance.closing:' || TG_TABLE_SCHEMA, 0));
        EXECUTE format('SELECT on_date, seal FROM %I.finance_dayclosing ORDER BY on_date DESC LIMIT 1', TG_TABLE_SCHEMA)
        INTO last;
        IF last.on_date >= NEW.on_date THEN
            RAISE EXCEPTION 'day % is sealed behind %', NEW.on_date, last.on_date USING ERRCODE = 'BA043';
        END IF;
        NEW.previous := COALESCE(last.seal, '');
        NEW.seal := encode(sha256(convert_to(NEW.previous || NEW.on_date::text || NEW.contents::text, 'UTF8')), 'hex');
        RETURN NEW;
    """


class DayStillOpen(Guard):
    """Nobody sits down at a box on a day that is closed (BA043)."""

    name = "day_still_open"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("closed", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.finance_dayclosing WHERE on_date >= $1)', TG_TABLE_SCHEMA)
        INTO closed USING NEW.on_date;
        IF closed THEN
            RAISE EXCEPTION 'day % is closed', NEW.on_date USING ERRCODE = 'BA043';
        END IF;
        RETURN NEW;
    """


class DayClosing(LogRow):
    """The pack of a day: what each session took and counted, what was taken back, what the boxes hold."""

    on_date = models.DateField(_("day"))
    contents = models.JSONField()
    previous = models.TextField(editable=False, default="")
    seal = models.TextField(editable=False, default="")
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    closed_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        verbose_name = _("closing of a day")
        verbose_name_plural = _("closings of days")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["on_date"], name="finance_dayclosing_day")
        ]
        triggers: ClassVar = [*LogRow.Meta.triggers, ChainsDays()]

    def __str__(self) -> str:
        return f"{self.on_date}"


class Warning(Row):
    """إنذار (law 1/1997, article 27): kind, amount and period of what is owed, and fifteen days more to pay.

    `dues`: [{"charge": id, "title": …, "due_on": …, "amount": …, "currency": …}, …] as they stood when it was written.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.TextField(_("number"))
    state = models.TextField(_("state"), choices=WarningState.choices, default="", editable=False)
    moved_on = models.DateField(null=True, editable=False)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    issued_on = models.DateField(_("written on"))
    charge_ids = ArrayField(models.BigIntegerField())
    dues = models.JSONField()
    totals = models.JSONField()

    class Meta(Row.Meta):
        verbose_name = _("warning to pay")
        verbose_name_plural = _("warnings to pay")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="finance_warning_number")
        ]
        indexes: ClassVar = [models.Index(fields=["party", "state"], name="finance_warning_party")]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            FollowsSteps(),
            BeginsWithAStep(),
            WarnedOnce(),
            guards.NeverEmptied(),
        ]

    def __str__(self) -> str:
        return self.number_text
