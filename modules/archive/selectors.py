"""Reads of the archive; the only door to a record.

A viewer sees a record if and only if both hold:
- the viewer filed it; or holds `archive.read_all`; or holds `archive.read` and sits in one of its sections;
- it is not confidential; or the viewer filed it; or may see confidential papers (`sees_confidential`, ARC-03).

Whoever has neither `archive.read` nor `archive.read_all` sees nothing here; the module that gave a paper may still
show it on its own pages.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache
from uuid import UUID

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast

from kernel import registry
from kernel.calendar.selectors import today
from kernel.events.models import OutboxEvent
from kernel.files.models import StoredFile
from kernel.holds.models import Hold
from kernel.holds.services import holds_on
from kernel.manifest import Text
from kernel.organisation.models import Section, SectionKind
from kernel.organisation.selectors import sections
from kernel.parties.selectors import canonical_id
from kernel.policies.selectors import value
from kernel.printing.models import IssuedDocument
from kernel.text import normalise_digits, tokens
from kernel.viewer import Viewer
from modules.archive.constants import DISPOSAL, READ, READ_ALL, READ_CONFIDENTIAL
from modules.archive.errors import RecordNotFound
from modules.archive.models import Record


def sees_confidential(viewer: Viewer) -> bool:
    """Whether confidential papers are open to the viewer: the permission, and by ARC-03 one of the roles it names.

    As long as the manual names no role (or the policy is suspended), the permission is enough.
    """
    if viewer.is_system:
        return True
    if not viewer.may(READ_CONFIDENTIAL):
        return False
    answer = value("ARC-03.sensitive_roles", on=today())
    return answer.suspended or not answer.value or not viewer.roles.isdisjoint(answer.value)


def visible_records(viewer: Viewer) -> QuerySet[Record]:
    """All records that the viewer may see, without order."""
    if viewer.is_system:
        return Record.objects.all()
    if not (viewer.may(READ) or viewer.may(READ_ALL)):
        return Record.objects.none()
    own = Q(filed_by=viewer.user_id, filed_by__isnull=False)
    found = Record.objects.all()
    if not viewer.may(READ_ALL):
        found = found.filter(own | Q(section_ids__overlap=sorted(viewer.sections)))
    if not sees_confidential(viewer):
        found = found.filter(own | Q(is_confidential=False))
    return found


def records(viewer: Viewer) -> QuerySet[Record]:
    """Records for a list, newest first, with what a row shows."""
    return visible_records(viewer).select_related("party", "file__blob").order_by("-id")


def record_for(viewer: Viewer, uid: UUID | str) -> Record:
    """The record of that uid, or `RecordNotFound`, which never says why."""
    found = records(viewer).filter(uid=uid).first()
    if found is None:
        raise RecordNotFound()
    return found


def records_of_party(viewer: Viewer, party_ids: Collection[int]) -> QuerySet[Record]:
    """Papers of a person; give the whole alias family."""
    return records(viewer).filter(party_id__in=party_ids)


def beside(viewer: Viewer, record: Record) -> QuerySet[Record]:
    """The other papers under the same subject that the viewer may see."""
    if not record.subject:
        return Record.objects.none()
    return records(viewer).filter(subject=record.subject).exclude(pk=record.pk)


def matching(rows: QuerySet[Record], text: str) -> QuerySet[Record]:
    """Rows with that number (2026/00017, or its end), or with all those words in the title, in any spelling."""
    typed = normalise_digits(text).strip()
    if typed and all(sign.isdigit() or sign in "/-" for sign in typed):
        year, _slash, number = typed.replace("-", "/").rpartition("/")
        return rows.filter(number__endswith=f"{year}/{number.zfill(5)}")
    words = tokens(text)
    return rows.filter(search_words__contains=words) if words else rows.none()


def same_content(viewer: Viewer, file: StoredFile) -> Record | None:
    """The oldest record visible to the viewer that carries the very same bytes."""
    return visible_records(viewer).filter(file__blob_id=file.blob_id).order_by("id").first()


def visible_file_ids(viewer: Viewer, file_ids: set[int]) -> set[int]:
    """The archive's file guard: files of records that the viewer may see."""
    return set(
        visible_records(viewer).filter(file_id__in=file_ids).values_list("file_id", flat=True)
    )


def sections_of(record: Record) -> QuerySet[Section]:
    """The sections that see the record, in the order of the organisation."""
    return Section.objects.filter(pk__in=record.section_ids).order_by("position", "id")


def own_sections() -> QuerySet[Section]:
    """Sections of the municipality itself, to which papers may be shown; outside bodies have nobody who reads here."""
    return sections().exclude(kind=SectionKind.OUTSIDE)


def disposal_holds(record: Record) -> list[Hold]:
    """Holds in force that keep the record from being destroyed: on itself, on its subject, on its person."""
    subjects = {record.subject_ref, record.subject}
    if record.party_id is not None:
        subjects.add(f"party:{canonical_id(record.party_id)}")
    return holds_on(sorted(subjects - {""}), DISPOSAL)


def filed_on_day(viewer: Viewer, day: date) -> int:
    """How many records visible to the viewer were filed on a day."""
    return visible_records(viewer).filter(filed_on=day).count()


def filed_between(since: date, until: date) -> int:
    """How many records the municipality filed in a period."""
    return Record.objects.filter(filed_on__range=(since, until)).count()


def kept_by_kernel(*, after: int = 0) -> QuerySet[IssuedDocument]:
    """Papers that the municipality issued and nobody has filed, in order of id."""
    filed = Record.objects.filter(file_id=OuterRef("file_id"))
    return (
        IssuedDocument.objects.filter(~Exists(filed), pk__gt=after)
        .select_related("file__blob")
        .order_by("pk")
    )


def papers_kept(*, after: int = 0) -> QuerySet[OutboxEvent]:
    """Papers of any module that were to be filed while nobody filed here, in order of id, as `PaperKept` facts."""
    payload = F("payload")
    filed = Record.objects.filter(file_id=OuterRef("kept_file"), subject=OuterRef("kept_subject"))
    return (
        OutboxEvent.objects.filter(name="kernel.PaperKept", pk__gt=after)
        .annotate(
            kept_file=Cast(KeyTextTransform("file_id", payload), BigIntegerField()),
            kept_subject=KeyTextTransform("subject", payload),
        )
        .filter(~Exists(filed))
        .order_by("pk")
    )


def type_title(type_code: str) -> Text:
    """The title of a type of paper; the code itself when no installed module declares it any more."""
    declared = registry.document_types().get(type_code)
    return declared.title if declared else type_code


def type_choices() -> list[tuple[str, Text]]:
    """Every declared type of paper, the archive's own first."""
    known = registry.document_types().values()
    return [
        (one.code, one.title)
        for one in sorted(known, key=lambda one: not one.code.startswith("archive."))
    ]


def type_owner(type_code: str) -> str:
    """The module that declares the type, or ""."""
    return _owners().get(type_code, "")


@cache
def _owners() -> dict[str, str]:
    return {one.code: module.code for module in registry.modules() for one in module.document_types}
