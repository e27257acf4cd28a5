"""Instalment plans: an agreement over dues that stay as they were assessed."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row
from modules.finance.constants import PlanState
from modules.finance.models import columns, guards
from modules.finance.models.steps import BeginsWithAStep, FollowsSteps


class OnePlanADue(Guard):
    """A due stands in one plan at a time (BA041); two who agree at once wait for one another."""

    name = "one_plan_a_due"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("other", "bigint")]  # noqa: RUF012  the base has it as an instance's
    func = """
        PERFORM pg_advisory_xact_lock(hashtextextended('finance.plan:' || TG_TABLE_SCHEMA || ':' || NEW.party_id, 0));
        EXECUTE format('SELECT id FROM %I.finance_plan WHERE party_id = $1 AND charge_ids && $2
            AND state IN ('''', ''active'', ''defaulted'') LIMIT 1', TG_TABLE_SCHEMA)
        INTO other USING NEW.party_id, NEW.charge_ids;
        IF other IS NOT NULL THEN
            RAISE EXCEPTION 'a due of this plan is in plan % already', other USING ERRCODE = 'BA041';
        END IF;
        RETURN NEW;
    """


class Plan(Row):
    """اتفاقية تقسيط. The dues keep their dates; while the plan is being paid, gates look at the plan instead.

    `schedule` is what was signed: [{"due_on": …, "amount": …}, …] in the plan's currency; the last one absorbs.
    """

    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField()
    number_text = models.TextField(_("number"))
    state = models.TextField(_("state"), choices=PlanState.choices, default="", editable=False)
    moved_on = models.DateField(null=True, editable=False)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agreed_on = models.DateField(_("agreed on"))
    currency = columns.currency()
    amount = columns.amount(verbose_name=_("amount"))
    down_payment = columns.amount(default=0)
    charge_ids = ArrayField(models.BigIntegerField())
    schedule = models.JSONField()
    guarantor = models.TextField(_("guarantor"), blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta(Row.Meta):
        verbose_name = _("instalment plan")
        verbose_name_plural = _("instalment plans")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["year", "number"], name="finance_plan_number"),
            models.CheckConstraint(
                condition=Q(amount__gt=0, down_payment__gte=0), name="finance_plan_positive"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["party", "state"], name="finance_plan_party")]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            OnePlanADue(),
            FollowsSteps(),
            BeginsWithAStep(),
            guards.NeverEmptied(),
        ]

    def __str__(self) -> str:
        return self.number_text
