"""Campaigns: a reduction for everybody who pays within a window, by one dated decision (حملة خصم أو إعفاء)."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row
from modules.finance.constants import Authority, CreditKind


class CampaignStands(Guard):
    """What was decided stands; a campaign is only ended, once, and never deleted (BA053)."""

    name = "campaign_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("ending", "text[]")]  # noqa: RUF012  the base has it as an instance's
    func = """
        ending := ARRAY['ended_on', 'ended_by_id', 'ended_reason'];
        IF TG_OP = 'DELETE' OR OLD.ended_on IS NOT NULL
            OR to_jsonb(NEW) - ending IS DISTINCT FROM to_jsonb(OLD) - ending THEN
            RAISE EXCEPTION 'campaign % stands as it was decided', OLD.id USING ERRCODE = 'BA053';
        END IF;
        RETURN NEW;
    """


class Campaign(Row):
    """Who pays such dues between two days is given so many percent; the credit is written with the receipt.

    Empty scopes mean everything: no kinds is every kind, no years every year, no currency every currency.
    """

    title = models.TextField(_("title"))
    kind = models.TextField(_("what is granted"), choices=CreditKind.choices)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2)
    kinds = ArrayField(models.TextField(), default=list)
    year_from = models.PositiveSmallIntegerField(_("from the year"), null=True)
    year_to = models.PositiveSmallIntegerField(_("to the year"), null=True)
    currency = models.CharField(_("currency"), max_length=3, default="")
    persons = models.TextField(_("whose dues"), default="")
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    cash_only = models.BooleanField(_("not for cheques"), default=True)
    whole_only = models.BooleanField(_("only dues paid whole"), default=True)
    with_plans = models.BooleanField(_("also dues in instalments"), default=False)
    decision_no = models.TextField(_("decision number"))
    decided_on = models.DateField(_("date of the decision"))
    authority = models.TextField(_("decided by"), choices=Authority.choices)
    ended_on = models.DateField(_("ended early on"), null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    ended_reason = models.TextField(default="")

    class Meta(Row.Meta):
        ordering: ClassVar = ["-since", "-id"]
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(percent__gt=0, percent__lte=100), name="finance_campaign_percent"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[CreditKind.EXEMPTION, CreditKind.DISCOUNT]),
                name="finance_campaign_kind",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("since"))
                & (
                    Q(year_from__isnull=True)
                    | Q(year_to__isnull=True)
                    | Q(year_to__gte=F("year_from"))
                ),
                name="finance_campaign_window",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(decision_no="") & Q(authority__in=Authority.values),
                name="finance_campaign_decided",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | (Q(ended_by__isnull=False) & ~Q(ended_reason="")),
                name="finance_campaign_ended",
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, CampaignStands()]

    def __str__(self) -> str:
        return self.title


class WithinCampaign(Guard):
    """A credit of a campaign keeps to its kind, scope, window and percent, and reduces no deposit (BA053)."""

    name = "within_campaign"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    condition = pgtrigger.Q(new__campaign__isnull=False)
    declare = [("c", "record"), ("d", "record"), ("r", "record"), ("paid", "numeric")]  # noqa: RUF012
    func = """
        EXECUTE format('SELECT * FROM %I.finance_campaign WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
        INTO c USING NEW.campaign_id;
        EXECUTE format('SELECT d.year, d.currency, k.code, a.needs_party FROM %1$I.finance_charge d
            JOIN %1$I.finance_dueskind k ON k.id = d.kind_id JOIN %1$I.finance_account a ON a.id = k.revenue_id WHERE d.id = $1', TG_TABLE_SCHEMA)
        INTO d USING NEW.charge_id;
        EXECUTE format('SELECT received_on FROM %I.finance_receipt WHERE id = $1', TG_TABLE_SCHEMA)
        INTO r USING NEW.receipt_id;
        EXECUTE format('SELECT COALESCE(sum(amount), 0) FROM %I.finance_settlement
            WHERE receipt_id = $1 AND charge_id = $2 AND reverses_id IS NULL', TG_TABLE_SCHEMA)
        INTO paid USING NEW.receipt_id, NEW.charge_id;
        IF NEW.kind <> c.kind OR d.needs_party OR r.received_on NOT BETWEEN c.since AND c.until
            OR r.received_on > COALESCE(c.ended_on, r.received_on)
            OR (cardinality(c.kinds) > 0 AND NOT d.code = ANY(c.kinds))
            OR d.year < COALESCE(c.year_from, d.year) OR d.year > COALESCE(c.year_to, d.year)
            OR (c.currency <> '' AND c.currency <> d.currency)
            OR NEW.amount > (paid + NEW.amount) * c.percent / 100 + 0.01 THEN
            RAISE EXCEPTION 'credit of % on charge % lies outside of campaign %', NEW.amount, NEW.charge_id, c.id
                USING ERRCODE = 'BA053';
        END IF;
        RETURN NEW;
    """


class MovesWhole(Guard):
    """At commit what a transfer took from a due is on the new dues of the same entry, kind and age (BA054)."""

    name = "moves_whole"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    condition = pgtrigger.Q(new__kind=CreditKind.TRANSFER.value)
    declare = [("d", "record"), ("n", "record")]  # noqa: RUF012
    func = """
        EXECUTE format('SELECT * FROM %I.finance_charge WHERE id = $1', TG_TABLE_SCHEMA) INTO d USING NEW.charge_id;
        EXECUTE format($sql$
            SELECT COALESCE(sum(principal), 0) AS amount, bool_and(origin_id = $2 AND kind_id = $3 AND currency = $4
                AND due_on = $5 AND year = $6 AND source_module = $7 AND source_record = $8) AS alike
            FROM %I.finance_charge WHERE entry_id = $1
        $sql$, TG_TABLE_SCHEMA) INTO n USING NEW.entry_id, COALESCE(d.origin_id, d.id), d.kind_id, d.currency,
            d.due_on, d.year, d.source_module, d.source_record;
        IF n.amount <> NEW.amount OR n.alike IS NOT TRUE THEN
            RAISE EXCEPTION 'charge %: % was taken, % stands on the new ones', d.id, NEW.amount, n.amount
                USING ERRCODE = 'BA054';
        END IF;
        RETURN NULL;
    """


class ComesFromADue(Guard):
    """A due with an origin came by a transfer, in the same entry (BA054)."""

    name = "comes_from_a_due"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    condition = pgtrigger.Q(new__origin__isnull=False)
    declare = [("moved", "boolean")]  # noqa: RUF012
    func = """
        EXECUTE format($sql$
            SELECT EXISTS (SELECT 1 FROM %1$I.finance_credit WHERE entry_id = $1 AND kind = 'transfer')
        $sql$, TG_TABLE_SCHEMA) INTO moved USING NEW.entry_id;
        IF NOT moved THEN
            RAISE EXCEPTION 'charge % names an origin and came by no transfer', NEW.id USING ERRCODE = 'BA054';
        END IF;
        RETURN NULL;
    """
