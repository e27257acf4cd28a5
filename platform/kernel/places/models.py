"""The register of places."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat
from django.utils.translation import get_language

from kernel.db import AuditTrail, BumpVersion, Guard, LogRow, Row, VersionedRow
from kernel.parties.models import Party
from kernel.places.constants import DUNUM_M2, LandKind, LineageKind, PremisesKind, Relation
from kernel.terms import term

ISOLATE, END_ISOLATE = "\u2066", "\u2069"


class Neighbourhood(Row):
    """A quarter of the town."""

    name_ar = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True, default="")
    retired_on = models.DateField(null=True, blank=True)
    search_key = models.GeneratedField(
        expression=Func(F("name_ar"), function="extensions.fold_arabic_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    class Meta(Row.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(name_ar=""), name="places_neighbourhood_named"),
            models.UniqueConstraint(
                fields=["search_key"],
                condition=Q(retired_on=None),
                name="places_neighbourhood_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.name_en if in_english and self.name_en else self.name_ar


class RetiredForGood(Guard):
    """A retired parcel keeps its numbers and never comes back (BA051); successors carry its land."""

    name = "retired_for_good"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    func = """
        IF TG_OP = 'DELETE' OR (OLD.retired_on IS NOT NULL AND
            (NEW.retired_on, NEW.kind, NEW.locality, NEW.block_no, NEW.parcel_no, NEW.sub_no)
            IS DISTINCT FROM
            (OLD.retired_on, OLD.kind, OLD.locality, OLD.block_no, OLD.parcel_no, OLD.sub_no)) THEN
            RAISE EXCEPTION 'land unit % is retired or must stay', OLD.id USING ERRCODE = 'BA051';
        END IF;
        RETURN NEW;
    """


class LandUnit(VersionedRow):
    """A parcel in its block. Splitting, merging and renumbering retire it; `LandLineage` says into what."""

    kind = models.CharField(max_length=12, choices=LandKind.choices, default=LandKind.SETTLED)
    # What unsettled land is called there: أراضي الحبال، أراضي السبع ...
    local_kind = models.CharField(max_length=60, blank=True, default="")
    locality = models.CharField(max_length=60, blank=True, default="")
    block_no = models.CharField(max_length=12)
    block_name = models.CharField(max_length=60, blank=True, default="")
    parcel_no = models.CharField(max_length=12)
    sub_no = models.CharField(max_length=12, blank=True, default="")
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    area_m2 = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)
    search_key = models.GeneratedField(
        expression=Func(
            Func(
                Concat("block_no", Value("/"), "parcel_no", Value("/"), "sub_no"),
                Value("/"),
                function="rtrim",
            ),
            function="extensions.fold_arabic_key",
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )

    class Meta(VersionedRow.Meta):
        triggers: ClassVar = [AuditTrail(hidden=("search_key",)), BumpVersion(), RetiredForGood()]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["search_key", "kind", "locality"],
                condition=Q(retired_on=None),
                name="places_landunit_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LandKind.values) & ~Q(block_no="") & ~Q(parcel_no=""),
                name="places_landunit_numbered",
            ),
            models.CheckConstraint(
                condition=Q(area_m2=None) | Q(area_m2__gt=0), name="places_landunit_area"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["search_key"], name="places_landunit_by_code")]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """`643/15`, safe inside a right-to-left line."""
        numbers = "/".join(part for part in (self.block_no, self.parcel_no, self.sub_no) if part)
        return f"{ISOLATE}{numbers}{END_ISOLATE}"

    @property
    def label(self) -> str:
        """The parcel in the town's words: «قطعة 643 قسيمة 15» in Gaza, «حوض 12 الكروم قطعة 5» in the West Bank."""
        parcel = "/".join(part for part in (self.parcel_no, self.sub_no) if part)
        block = f"{term('land_block')} {self.block_no} {self.block_name}".rstrip()
        return f"{block} {term('land_parcel')} {ISOLATE}{parcel}{END_ISOLATE}"

    @property
    def area_dunum(self) -> Decimal | None:
        """The area in dunums of 1,000 m²."""
        return None if self.area_m2 is None else self.area_m2 / DUNUM_M2

    @property
    def is_retired(self) -> bool:
        return self.retired_on is not None

    @property
    def subject(self) -> str:
        """How holds and decisions name this parcel."""
        return f"land_unit:{self.pk}"


class LandLineage(LogRow):
    """One edge from a retired parcel to one of its successors, by which order, since when."""

    parent = models.ForeignKey(LandUnit, models.PROTECT, related_name="descent")
    child = models.ForeignKey(LandUnit, models.PROTECT, related_name="ascent")
    kind = models.CharField(max_length=8, choices=LineageKind.choices)
    happened_on = models.DateField()
    order_ref = models.CharField(max_length=120, blank=True, default="")
    made_by = models.BigIntegerField(null=True)
    made_by_name = models.CharField(max_length=120, blank=True, default="")

    class Meta(LogRow.Meta):
        constraints: ClassVar = [
            # A successor is always registered later: so nobody can be their own ancestor.
            models.CheckConstraint(
                condition=Q(child__gt=F("parent")), name="places_landlineage_forward"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=LineageKind.values), name="places_landlineage_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.parent_id} → {self.child_id}"


class Premises(VersionedRow):
    """A building or a part of it: what shops, leases and inspections name."""

    kind = models.CharField(max_length=10, choices=PremisesKind.choices)
    name = models.CharField(max_length=120, blank=True, default="")
    land_unit = models.ForeignKey(
        LandUnit, models.PROTECT, related_name="premises", null=True, blank=True
    )
    neighbourhood = models.ForeignKey(
        Neighbourhood, models.PROTECT, related_name="+", null=True, blank=True, db_index=False
    )
    street = models.CharField(max_length=80, blank=True, default="")
    landmark = models.CharField(max_length=120, blank=True, default="")
    building = models.CharField(max_length=60, blank=True, default="")
    floor = models.CharField(max_length=20, blank=True, default="")
    unit_no = models.CharField(max_length=20, blank=True, default="")
    area_m2 = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    search_key = models.GeneratedField(
        expression=Func(
            Concat(
                "name", Value(" "), "building", Value(" "), "street", Value(" "),
                "landmark", Value(" "), "unit_no",
                output_field=models.TextField(),
            ),
            function="extensions.fold_arabic_key",
        ),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )  # fmt: skip

    class Meta(VersionedRow.Meta):
        triggers: ClassVar = [AuditTrail(hidden=("search_key",)), BumpVersion()]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=PremisesKind.values)
                & ~(Q(name="") & Q(building="") & Q(street="") & Q(landmark="")),
                name="places_premises_named",
            ),
            models.CheckConstraint(
                condition=(Q(latitude=None) & Q(longitude=None))
                | (Q(latitude__range=(29, 34)) & Q(longitude__range=(34, 36))),
                name="places_premises_in_the_country",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["search_key"], name="places_premises_by_name")]

    def __str__(self) -> str:
        parts = (self.name, self.building, self.floor, self.unit_no, self.street, self.landmark)
        return "، ".join(part for part in parts if part)

    @property
    def subject(self) -> str:
        return f"premises:{self.pk}"


class SharesWithinWhole(Guard):
    """On no day do the owners of a place own more than the whole of it (BA052)."""

    name = "shares_within_whole"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update
    condition = pgtrigger.Q(new__relation=Relation.OWNER)
    declare = [("most", "numeric")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT 1 FROM %I.places_landunit WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
            USING NEW.land_unit_id;
        EXECUTE format('SELECT 1 FROM %I.places_premises WHERE id = $1 FOR NO KEY UPDATE', TG_TABLE_SCHEMA)
            USING NEW.premises_id;
        EXECUTE format(
            'WITH owned AS (SELECT coalesce(starts_on, ''-infinity'') AS since, coalesce(ends_on, ''infinity'') AS until,'
            ' share_num::numeric / share_den AS share FROM %I.places_holding WHERE relation = ''owner'''
            ' AND land_unit_id IS NOT DISTINCT FROM $1 AND premises_id IS NOT DISTINCT FROM $2)'
            ' SELECT max((SELECT sum(share) FROM owned o WHERE o.since <= d.since AND o.until > d.since))'
            ' FROM owned d', TG_TABLE_SCHEMA)
        INTO most USING NEW.land_unit_id, NEW.premises_id;
        IF most > 1.000000000001 THEN
            RAISE EXCEPTION 'owners of a place would own % of it', most USING ERRCODE = 'BA052';
        END IF;
        RETURN NULL;
    """


class Holding(VersionedRow):
    """A party's relation to a parcel or to premises, with its share, from a day (unknown: always) to a day (open).

    `ends_on` is the first day on which it no longer holds.
    """

    party = models.ForeignKey(Party, models.PROTECT, related_name="holdings")
    land_unit = models.ForeignKey(
        LandUnit, models.PROTECT, related_name="holdings", null=True, blank=True
    )
    premises = models.ForeignKey(
        Premises, models.PROTECT, related_name="holdings", null=True, blank=True
    )
    relation = models.CharField(max_length=10, choices=Relation.choices)
    share_num = models.BigIntegerField(default=1)
    share_den = models.BigIntegerField(default=1)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # The paper it rests on: كوشان، إخراج قيد، حصر إرث، عقد ...
    basis = models.CharField(max_length=200, blank=True, default="")

    class Meta(VersionedRow.Meta):
        triggers: ClassVar = [AuditTrail(), BumpVersion(), SharesWithinWhole()]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=(Q(land_unit=None) & Q(premises__isnull=False))
                | (Q(land_unit__isnull=False) & Q(premises=None)),
                name="places_holding_of_one_place",
            ),
            models.CheckConstraint(
                condition=Q(relation__in=Relation.values)
                & Q(share_num__gt=0)
                & Q(share_num__lte=F("share_den")),
                name="places_holding_share",
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gt=F("starts_on")),
                name="places_holding_days",
            ),
            models.UniqueConstraint(
                fields=["party", "land_unit", "premises", "relation"],
                condition=Q(ends_on=None),
                nulls_distinct=False,
                name="places_holding_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.relation} {self.land_unit_id or self.premises_id}"

    @property
    def share(self) -> Fraction:
        return Fraction(self.share_num, self.share_den)

    @property
    def place(self) -> LandUnit | Premises:
        place = self.land_unit or self.premises
        assert place is not None, "the database keeps a holding of one place"  # noqa: S101
        return place
