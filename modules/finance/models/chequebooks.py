"""Cheque books of the municipality: each leaf is issued once or void once, and none comes from nowhere."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row
from modules.finance.models import guards
from modules.finance.models.books import Account


class LeafOfABook(Guard):
    """A cheque of ours on an account that has cheque books is a leaf of one: not void, not issued before (BA047)."""

    name = "leaf_of_a_book"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("book", "record"), ("taken", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        IF NEW.way <> 'out' OR NEW.account_id IS NULL THEN
            RETURN NEW;
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended(
            'finance.leaf:' || TG_TABLE_SCHEMA || ':' || NEW.account_id, 0));
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.finance_chequebook WHERE account_id = $1)', TG_TABLE_SCHEMA)
        INTO taken USING NEW.account_id;
        IF NOT taken THEN
            RETURN NEW;
        END IF;
        IF NEW.number !~ '^[0-9]{1,15}$' THEN
            RAISE EXCEPTION 'cheque % is no leaf', NEW.number USING ERRCODE = 'BA047';
        END IF;
        EXECUTE format('SELECT id, void_leaves FROM %I.finance_chequebook
            WHERE account_id = $1 AND $2 BETWEEN first AND last', TG_TABLE_SCHEMA)
        INTO book USING NEW.account_id, NEW.number::bigint;
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.finance_cheque WHERE way = ''out'' AND account_id = $1
            AND number ~ ''^[0-9]{1,15}$'' AND number::bigint = $2)', TG_TABLE_SCHEMA)
        INTO taken USING NEW.account_id, NEW.number::bigint;
        IF book.id IS NULL OR taken OR jsonb_exists(book.void_leaves, NEW.number::bigint::text) THEN
            RAISE EXCEPTION 'leaf % is not free', NEW.number USING ERRCODE = 'BA047';
        END IF;
        RETURN NEW;
    """


class LeavesStand(Guard):
    """A book keeps its range; leaves become void and stay so, and only such as were never issued (BA047)."""

    name = "leaves_stand"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("issued", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        IF TG_OP = 'DELETE' OR (NEW.account_id, NEW.first, NEW.last, NEW.received_on)
                IS DISTINCT FROM (OLD.account_id, OLD.first, OLD.last, OLD.received_on)
            OR NOT NEW.void_leaves @> OLD.void_leaves THEN
            RAISE EXCEPTION 'cheque book % stands', OLD.id USING ERRCODE = 'BA047';
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended(
            'finance.leaf:' || TG_TABLE_SCHEMA || ':' || NEW.account_id, 0));
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM jsonb_object_keys($1) AS leaf (n)
            WHERE n !~ ''^[1-9][0-9]{0,14}$'' OR n::bigint NOT BETWEEN $2 AND $3
                OR EXISTS (SELECT 1 FROM %I.finance_cheque c WHERE c.way = ''out'' AND c.account_id = $4
                           AND c.number ~ ''^[0-9]{1,15}$'' AND c.number::bigint = n::bigint))', TG_TABLE_SCHEMA)
        INTO issued USING NEW.void_leaves - ARRAY(SELECT jsonb_object_keys(OLD.void_leaves)), NEW.first, NEW.last,
            NEW.account_id;
        IF issued THEN
            RAISE EXCEPTION 'a leaf of cheque book % is not free', OLD.id USING ERRCODE = 'BA047';
        END IF;
        RETURN NEW;
    """


class ChequeBook(Row):
    """دفتر شيكات: leaves of one account from a number to a number. `void_leaves`: {number: {reason, by, on}}."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    first = models.PositiveBigIntegerField(_("first leaf"))
    last = models.PositiveBigIntegerField(_("last leaf"))
    received_on = models.DateField(_("received from the bank on"))
    holder = models.TextField(_("in whose hand"))
    void_leaves = models.JSONField(default=dict)

    class Meta(Row.Meta):
        verbose_name = _("cheque book")
        verbose_name_plural = _("cheque books")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first"), last__lt=F("first") + 1000)
                & ~Q(holder=""),
                name="finance_chequebook_range",
            ),
            ExclusionConstraint(
                name="finance_chequebook_apart",
                expressions=(
                    ("account", RangeOperators.EQUAL),
                    (
                        Func(
                            F("first"),
                            F("last"),
                            Value("[]"),
                            function="int8range",
                            output_field=models.TextField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ),
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, LeavesStand(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.first}–{self.last}"
