"""Filing: what enters the archive, once, under which number, for whom, and how long it is kept.

What must not live here: bytes (`kernel.files`), and disposal, which needs a decision and a certificate of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError

from kernel import registry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import local_date, today
from kernel.events.declaring import from_payload
from kernel.events.models import OutboxEvent
from kernel.events.services import emit
from kernel.files.models import StoredFile
from kernel.numbering.services import take
from kernel.parties.selectors import names_of
from kernel.policies.selectors import value
from kernel.printing.models import IssuedDocument
from kernel.viewer import Viewer
from modules.archive.constants import FILE, FINANCE, MODULE_CODE, NUMBER_SERIES, Retention
from modules.archive.errors import AlreadyFiled, DatedAhead, TitleMissing, TypeUnknown
from modules.archive.events import RecordFiled
from modules.archive.models import Record
from modules.archive.selectors import same_content, type_owner

LONGEST_TITLE = 240


def file_document(
    *,
    file_id: int,
    title: str,
    type_code: str,
    subject: str,
    party_id: int | None = None,
    confidential: bool = False,
    section_ids: Sequence[int] = (),
    dated_on: date | None = None,
    source_module: str = "",
    by: Viewer,
) -> Record:
    """File a stored file under a subject. The same file there again gives the same record.

    Filing again never takes anything away: sections are added, and what is said to be confidential becomes so.
    Modules file by their own right; a person at the desk uses `file_by_hand`.
    """
    known = Record.objects.filter(subject=subject, file_id=file_id).first()
    if known is None:
        try:
            with recorded(by=by):
                return _enter(
                    file_id=file_id,
                    title=title.strip()[:LONGEST_TITLE],
                    type_code=type_code,
                    subject=subject,
                    party_id=party_id,
                    is_confidential=confidential or is_confidential_type(type_code),
                    section_ids=sorted(set(section_ids)),
                    dated_on=dated_on or today(),
                    source_module=source_module or type_owner(type_code) or "kernel",
                    by=by,
                )
        except IntegrityError:
            # Somebody filed the same at the same instant; our number went back with the savepoint.
            known = Record.objects.filter(subject=subject, file_id=file_id).first()
            if known is None:
                raise
    return _widen(known, section_ids=section_ids, confidential=confidential, by=by)


def file_by_hand(
    file: StoredFile,
    *,
    title: str,
    type_code: str,
    party_id: int | None = None,
    section_ids: Sequence[int] = (),
    is_confidential: bool = False,
    dated_on: date | None = None,
    again: bool = False,
    by: Viewer,
) -> Record:
    """File a paper that came from no module: old paper, a contract, minutes. Needs `archive.file`.

    Refuses `TitleMissing`, `TypeUnknown`, `DatedAhead`, and `AlreadyFiled` for content that is there already
    unless `again` is said.
    """
    by.require(FILE)
    if not title.strip():
        raise TitleMissing()
    if type_code not in registry.document_types():
        raise TypeUnknown()
    if dated_on is not None and dated_on > today():
        raise DatedAhead()
    twin = None if again else same_content(by, file)
    if twin is not None:
        raise AlreadyFiled(number=twin.number)
    return file_document(
        file_id=file.pk,
        title=title,
        type_code=type_code,
        subject="" if party_id is None else f"party:{party_id}",
        party_id=party_id,
        confidential=is_confidential,
        section_ids=section_ids,
        dated_on=dated_on,
        source_module=MODULE_CODE,
        by=by,
    )


def take_over(documents: Sequence[IssuedDocument], *, by: Viewer) -> list[Record]:
    """File papers that the municipality issued while nobody filed them. Needs `archive.file`; nothing twice."""
    by.require(FILE)
    known_parties = names_of(one.party_id for one in documents if one.party_id is not None)
    with recorded(by=by):
        return [
            file_document(
                file_id=one.file_id,
                title=f"{one.title} {one.number}",
                type_code=one.kind,
                subject=one.subject or f"document:{one.uid}",
                party_id=one.party_id if one.party_id in known_parties else None,
                dated_on=one.issued_on,
                by=by,
            )
            for one in documents
        ]


def take_over_papers(kept: Sequence[OutboxEvent], *, by: Viewer) -> list[Record]:
    """File papers that other modules handed over while nobody filed them, as they would have been filed then."""
    by.require(FILE)
    facts = [(one, from_payload(one.name, one.payload)) for one in kept]
    known_parties = names_of(paper.party_id for _one, paper in facts if paper.party_id is not None)
    with recorded(by=by):
        return [
            file_document(
                file_id=paper.file_id,
                title=paper.title,
                type_code=paper.type_code,
                subject=paper.subject,
                party_id=paper.party_id if paper.party_id in known_parties else None,
                confidential=paper.confidential,
                section_ids=[int(one) for one in paper.sections.split(",") if one],
                dated_on=local_date(one.occurred_at),
                by=by,
            )
            for one, paper in facts
        ]


def retention_of(type_code: str, *, dated_on: date) -> tuple[Retention, date | None]:
    """How long a paper is kept: financial papers to the end of the year ARC-02 names, everything else for good.

    A paper of 5 March 2026 under ten years is kept until 31 December 2036. A suspended policy destroys nothing.
    """
    if type_owner(type_code) != FINANCE:
        return Retention.PERMANENT, None
    years = value("ARC-02.finance_years", on=dated_on)
    if years.suspended:
        return Retention.PERMANENT, None
    return Retention.FINANCE, date(dated_on.year + years.value, 12, 31)


def is_confidential_type(type_code: str) -> bool:
    """Whether the type is declared confidential by its module."""
    declared = registry.document_types().get(type_code)
    return declared is not None and declared.confidential


def _enter(
    *,
    file_id: int,
    title: str,
    type_code: str,
    subject: str,
    party_id: int | None,
    is_confidential: bool,
    section_ids: list[int],
    dated_on: date,
    source_module: str,
    by: Viewer,
) -> Record:
    filed_on = today()
    retention, keep_until = retention_of(type_code, dated_on=dated_on)
    record = Record.objects.create(
        number=take(NUMBER_SERIES, year=filed_on.year, by=by).text,
        title=title,
        type_code=type_code,
        subject=subject,
        party_id=party_id,
        file_id=file_id,
        section_ids=section_ids,
        is_confidential=is_confidential,
        source_module=source_module,
        dated_on=dated_on,
        filed_on=filed_on,
        filed_by=by.user_id,
        filed_by_name=by.name,
        retention=retention,
        keep_until=keep_until,
    )
    emit(
        RecordFiled(
            record_uid=str(record.uid),
            number=record.number,
            type_code=type_code,
            subject=subject,
            party_id=party_id,
            is_confidential=is_confidential,
        ),
        by=by,
    )
    return record


def _widen(record: Record, *, section_ids: Sequence[int], confidential: bool, by: Viewer) -> Record:
    if set(section_ids) <= set(record.section_ids) and (record.is_confidential or not confidential):
        return record
    with recorded(by=by):
        held = Record.objects.select_for_update().get(pk=record.pk)
        held.section_ids = sorted({*held.section_ids, *section_ids})
        held.is_confidential = held.is_confidential or confidential
        held.save(update_fields=["section_ids", "is_confidential"])
    return held
