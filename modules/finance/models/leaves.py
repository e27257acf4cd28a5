"""Manual receipt books: stock with ranges, allotted to a collector, each leaf accounted for once."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import IntegerRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row
from modules.finance.constants import LeafState
from modules.finance.models import guards
from modules.finance.models.cash import CashBox, Receipt


class _Range(Func):
    function = "int4range"
    output_field = IntegerRangeField()


class BookStands(Guard):
    """The leaves of a book never change; it is allotted once and comes back once (BA055)."""

    name = "book_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("leaves", "bigint")]  # noqa: RUF012  the base has it as an instance's
    func = """
        IF TG_OP = 'DELETE' OR OLD.returned_on IS NOT NULL
            OR (NEW.series, NEW.first, NEW.last) IS DISTINCT FROM (OLD.series, OLD.first, OLD.last)
            OR (OLD.allotted_on IS NOT NULL AND (NEW.box_id, NEW.collector_id, NEW.allotted_on)
                IS DISTINCT FROM (OLD.box_id, OLD.collector_id, OLD.allotted_on)) THEN
            RAISE EXCEPTION 'receipt book % stands as it is', OLD.id USING ERRCODE = 'BA055';
        END IF;
        IF NEW.returned_on IS NOT NULL THEN
            EXECUTE format('SELECT count(*) FROM %I.finance_receiptleaf WHERE book_id = $1', TG_TABLE_SCHEMA)
            INTO leaves USING NEW.id;
            IF leaves <> NEW.last - NEW.first + 1 THEN
                RAISE EXCEPTION 'receipt book % comes back with leaves unaccounted', OLD.id USING ERRCODE = 'BA055';
            END IF;
        END IF;
        RETURN NEW;
    """


class ReceiptBook(Row):
    """دفتر قبض يدوي: a printed series from one number to another; in the store until it is allotted."""

    series = models.TextField(_("series"))
    first = models.PositiveIntegerField(_("first leaf"))
    last = models.PositiveIntegerField(_("last leaf"))
    box = models.ForeignKey(
        CashBox, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    collector = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    allotted_on = models.DateField(_("allotted on"), null=True)
    returned_on = models.DateField(_("returned on"), null=True)

    class Meta(Row.Meta):
        ordering: ClassVar = ["series", "first"]
        verbose_name = _("receipt book")
        verbose_name_plural = _("receipt books")
        constraints: ClassVar = [
            ExclusionConstraint(
                name="finance_receiptbook_no_overlap",
                expressions=[
                    ("series", RangeOperators.EQUAL),
                    (
                        _Range(F("first"), F("last"), RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, last__gte=F("first")) & ~Q(series=""),
                name="finance_receiptbook_range",
            ),
            models.CheckConstraint(
                condition=Q(
                    box__isnull=True,
                    collector__isnull=True,
                    allotted_on__isnull=True,
                    returned_on__isnull=True,
                )
                | Q(box__isnull=False, collector__isnull=False, allotted_on__isnull=False),
                name="finance_receiptbook_allotted",
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, BookStands(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.series} {self.first}-{self.last}"

    @property
    def leaves(self) -> int:
        return self.last - self.first + 1


class LeafOfABook(Guard):
    """A leaf lies within an allotted book; one that was missing may still turn up, nothing else changes (BA055)."""

    name = "leaf_of_a_book"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("b", "record")]  # noqa: RUF012  the base has it as an instance's
    func = """
        IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND (OLD.state <> 'missing'
            OR (NEW.book_id, NEW.number) IS DISTINCT FROM (OLD.book_id, OLD.number))) THEN
            RAISE EXCEPTION 'leaf % is accounted for', OLD.number USING ERRCODE = 'BA055';
        END IF;
        EXECUTE format('SELECT * FROM %I.finance_receiptbook WHERE id = $1 FOR SHARE', TG_TABLE_SCHEMA)
        INTO b USING NEW.book_id;
        IF b.allotted_on IS NULL OR (TG_OP = 'INSERT' AND b.returned_on IS NOT NULL)
            OR NEW.number NOT BETWEEN b.first AND b.last THEN
            RAISE EXCEPTION 'leaf % does not lie in an allotted book', NEW.number USING ERRCODE = 'BA055';
        END IF;
        RETURN NEW;
    """


class ReceiptLeaf(Row):
    """One leaf accounted for: written out and entered as a receipt, returned void, or missing."""

    book = models.ForeignKey(
        ReceiptBook, on_delete=models.PROTECT, related_name="accounted", db_index=False
    )
    number = models.PositiveIntegerField(_("leaf"))
    state = models.TextField(_("state"), choices=LeafState.choices)
    on_date = models.DateField(_("date on the leaf"))
    receipt = models.OneToOneField(
        Receipt, null=True, on_delete=models.PROTECT, related_name="leaf"
    )
    note = models.TextField(default="")

    class Meta(Row.Meta):
        verbose_name = _("leaf of a receipt book")
        verbose_name_plural = _("leaves of receipt books")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="finance_receiptleaf_once"),
            models.CheckConstraint(
                condition=Q(state=LeafState.USED, receipt__isnull=False)
                | (
                    Q(state__in=[LeafState.VOID, LeafState.MISSING], receipt__isnull=True)
                    & ~Q(note=Value(""))
                ),
                name="finance_receiptleaf_state",
            ),
        ]
        triggers: ClassVar = [*Row.Meta.triggers, LeafOfABook(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.book_id} {self.number}"
