"""The register of parties and the dictionary of the words in their names."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from kernel.db import AuditTrail, BumpVersion, Guard, VersionedRow
from kernel.parties.addresses import Address
from kernel.parties.constants import BODIES, HEIRS_OF, NAMELESS, PERSONS, Gender, IdKind, PartyKind

_NAMES = Trim(
    Concat(
        "given_name", Value(" "), "father_name", Value(" "),
        "grandfather_name", Value(" "), "family_name",
    )
)  # fmt: skip
_FULL_NAME = Func(
    Case(
        When(kind=PartyKind.PERSON, then=_NAMES),
        When(kind=PartyKind.HEIRS, then=Concat(Value(f"{HEIRS_OF} "), _NAMES)),
        When(
            kind=PartyKind.UNKNOWN,
            then=Coalesce(
                NullIf(_NAMES, Value("")), NullIf("known_as", Value("")), Value(NAMELESS)
            ),
        ),
        default=Coalesce(NullIf("registered_name", Value("")), F("trade_name")),
        output_field=models.TextField(),
    ),
    Value(" +"),
    Value(" "),
    Value("g"),
    function="regexp_replace",
    output_field=models.TextField(),
)
_ALL_NAMES = Concat(_FULL_NAME, Value(" "), "known_as", Value(" "), "trade_name")


class NameWordsKept(Guard):
    """Every word of a written name enters the dictionary in which search looks for near words."""

    when = pgtrigger.After
    level = pgtrigger.Statement
    referencing = pgtrigger.Referencing(new="written")  # type: ignore[no-untyped-call]
    func = """
        EXECUTE format(
            'INSERT INTO %I.parties_nameword (word)'
            ' SELECT DISTINCT word COLLATE "C" AS word FROM written, unnest(search_words) AS word'
            ' WHERE NOT EXISTS (SELECT 1 FROM %I.parties_nameword known WHERE known.word = word.word)'
            ' ORDER BY 1 ON CONFLICT DO NOTHING',
            TG_TABLE_SCHEMA, TG_TABLE_SCHEMA);
        RETURN NULL;
    """


class AliasIsFlat(Guard):
    """A merged record points at a record that stands for itself, and nothing points at it (BA050)."""

    name = "alias_is_flat"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("alias_of_id")  # type: ignore[no-untyped-call]
    condition = pgtrigger.Q(new__alias_of__isnull=False)
    declare = [("chained", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format(
            'SELECT EXISTS (SELECT 1 FROM %I.parties_party WHERE alias_of_id = $2)'
            ' OR EXISTS (SELECT 1 FROM %I.parties_party WHERE id = $1 AND alias_of_id IS NOT NULL)',
            TG_TABLE_SCHEMA, TG_TABLE_SCHEMA)
        INTO chained USING NEW.alias_of_id, NEW.id;
        IF chained THEN
            RAISE EXCEPTION 'party % cannot be merged into party %', NEW.id, NEW.alias_of_id
            USING ERRCODE = 'BA050';
        END IF;
        RETURN NEW;
    """


class Party(VersionedRow):
    """Somebody the municipality deals with. `alias_of` names the record that stands for a merged one.

    The national number is kept as plain text for now; it will be encrypted under the municipality's
    own key with a blind index for search and uniqueness (promises, section 6).
    """

    kind = models.CharField(max_length=12, choices=PartyKind.choices)
    given_name = models.CharField(max_length=60, blank=True, default="")
    father_name = models.CharField(max_length=60, blank=True, default="")
    grandfather_name = models.CharField(max_length=60, blank=True, default="")
    family_name = models.CharField(max_length=60, blank=True, default="")
    known_as = models.CharField(max_length=80, blank=True, default="")
    registered_name = models.CharField(max_length=200, blank=True, default="")
    trade_name = models.CharField(max_length=200, blank=True, default="")
    id_kind = models.CharField(max_length=10, choices=IdKind.choices, blank=True, default="")
    id_number = models.CharField(max_length=30, blank=True, default="", db_collation="C")
    id_unverified = models.BooleanField(default=False)
    # Which other paper proved the person, when the card was lost.
    id_proof = models.CharField(max_length=200, blank=True, default="")
    gender = models.CharField(max_length=6, choices=Gender.choices, blank=True, default="")
    birth_date = models.DateField(null=True, blank=True)
    died_on = models.DateField(null=True, blank=True)
    phones = ArrayField(models.CharField(max_length=20), blank=True, default=list)
    phones_as_typed = ArrayField(models.CharField(max_length=40), blank=True, default=list)
    current_address = models.JSONField(blank=True, default=dict)
    original_address = models.JSONField(blank=True, default=dict)
    heirs_of = models.ForeignKey(
        "self", models.PROTECT, related_name="heirs", null=True, blank=True, db_index=False
    )
    alias_of = models.ForeignKey(
        "self", models.PROTECT, related_name="aliases", null=True, blank=True, db_index=False
    )
    full_name = models.GeneratedField(
        expression=_FULL_NAME, output_field=models.TextField(), db_persist=True
    )
    search_key = models.GeneratedField(
        expression=Func(_ALL_NAMES, function="extensions.fold_arabic_key"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )
    search_words = models.GeneratedField(
        expression=Func(_ALL_NAMES, function="extensions.fold_arabic_words"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    class Meta(VersionedRow.Meta):
        triggers: ClassVar = [
            AuditTrail(hidden=("search_key", "search_words")),
            BumpVersion(),
            NameWordsKept(name="words_of_new", operation=pgtrigger.Insert),
            NameWordsKept(name="words_of_corrected", operation=pgtrigger.Update),
            AliasIsFlat(),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["id_number", "id_kind"],
                condition=Q(alias_of=None) & ~Q(id_number=""),
                name="parties_party_one_per_id",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PartyKind.values)
                & Q(id_kind__in=["", *IdKind.values])
                & Q(gender__in=["", *Gender.values]),
                name="parties_party_choices",
            ),
            models.CheckConstraint(
                condition=(Q(kind__in=PERSONS) & ~Q(given_name="") & ~Q(family_name=""))
                | (Q(kind__in=BODIES) & ~(Q(registered_name="") & Q(trade_name="")))
                | Q(kind=PartyKind.UNKNOWN),
                name="parties_party_named",
            ),
            models.CheckConstraint(
                condition=Q(id_kind="", id_number="") | (~Q(id_kind="") & ~Q(id_number="")),
                name="parties_party_id_has_kind",
            ),
            models.CheckConstraint(
                condition=~Q(id_kind=IdKind.NATIONAL) | Q(id_number__regex=r"^[0-9]{9}$"),
                name="parties_party_id_nine_digits",
            ),
            models.CheckConstraint(
                condition=Q(birth_date=None) | Q(died_on=None) | Q(died_on__gte=F("birth_date")),
                name="parties_party_born_before_death",
            ),
            models.CheckConstraint(
                condition=Q(heirs_of=None) | Q(kind=PartyKind.HEIRS),
                name="parties_party_heirs_only",
            ),
            models.CheckConstraint(
                condition=Q(alias_of=None) | ~Q(alias_of=F("id")),
                name="parties_party_alias_of_other",
            ),
            models.CheckConstraint(
                condition=Q(phones__len=F("phones_as_typed__len")),
                name="parties_party_phones_paired",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["search_key"], name="parties_party_by_name"),
            # One index answers for words and for phones: a search never needs the text itself.
            GinIndex(
                fields=["search_words", "phones"], fastupdate=False, name="parties_party_by_words"
            ),
            # Any part of a body's name, however spaced. Persons are found by words; they need no trigrams.
            GinIndex(
                fields=["search_key"],
                opclasses=["gin_trgm_ops"],
                condition=Q(kind__in=BODIES),
                name="parties_party_bodies",
            ),
            models.Index(
                fields=["alias_of", "id_number"],
                condition=Q(alias_of__isnull=False),
                name="parties_party_aliases",
            ),
            models.Index(
                fields=["heirs_of"], condition=Q(heirs_of__isnull=False), name="parties_party_heirs"
            ),
        ]

    def __str__(self) -> str:
        return str(self.full_name)

    @property
    def four_names(self) -> str:
        """The names of a person as on the card, without «ورثة»."""
        names = (self.given_name, self.father_name, self.grandfather_name, self.family_name)
        return " ".join(name for name in names if name)

    @property
    def address(self) -> Address:
        """Where the party is now."""
        return Address.read(self.current_address)

    @property
    def address_of_origin(self) -> Address:
        """Where the party comes from, which ties it to dues and property."""
        return Address.read(self.original_address)

    @property
    def is_alias(self) -> bool:
        return self.alias_of_id is not None

    @property
    def phone(self) -> str:
        """The first phone as it was typed, or nothing."""
        return self.phones_as_typed[0] if self.phones_as_typed else ""

    @property
    def subject(self) -> str:
        """How holds and decisions name this party."""
        return f"party:{self.alias_of_id or self.pk}"


class NameWord(models.Model):
    """A distinct folded word of the names in this town; search looks for near words here, in thousands
    of rows, instead of in a million names. Kept by triggers; never an answer by itself."""

    id = models.BigAutoField(primary_key=True)
    word = models.TextField(db_collation="C")
    near = models.GeneratedField(
        expression=Func(F("word"), function="extensions.near_words"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["word"], name="parties_nameword_once")
        ]
        indexes: ClassVar = [GinIndex(fields=["near"], name="parties_nameword_near")]

    def __str__(self) -> str:
        return self.word
