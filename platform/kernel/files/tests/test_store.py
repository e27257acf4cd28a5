"""A file is taken in once, under its own kind and a harmless name, or refused with a sentence."""

from __future__ import annotations

import errno
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.errors import NotVisible
from kernel.files import storage
from kernel.files.errors import (
    FileDamaged,
    FileDiscarded,
    FileEmpty,
    FileLocked,
    FileMissing,
    FileNotKept,
    FileRefused,
    FileTooLarge,
    FileUnsafe,
    KindMismatch,
    KindRefused,
    NoPreview,
)
from kernel.files.kinds import PNG
from kernel.files.models import Blob, StoredFile
from kernel.files.selectors import damaged_files
from kernel.files.services import discard_bytes, file_for, store_file, thumbnail, verify
from kernel.files.tasks import keep_house
from kernel.files.tests import samples
from kernel.tenancy import use
from kernel.viewer import Viewer


def on_disk() -> list[Path]:
    root = Path(settings.STORAGE_URL.removeprefix("file://"))
    return sorted(path for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("name", sorted(samples.GOOD))
def test_each_kept_kind_is_taken_in_and_read_back(name: str, amal: Viewer) -> None:
    content, media_type = samples.GOOD[name]

    file = store_file(io.BytesIO(content), name, amal)

    assert file.media_type == media_type
    assert file.size == len(content)
    assert file.read() == content
    assert verify(file)
    assert file.uploaded_by == amal.user_id
    assert AuditEntry.objects.filter(table_name="files_blob", actor_id=amal.user_id).exists()


def test_the_same_content_is_kept_once_per_municipality(
    amal: Viewer, system: Viewer, other_town: str
) -> None:
    first = store_file(samples.PDF, "عقد.pdf", amal)
    second = store_file(samples.PDF, "نسخة.pdf", amal)

    assert first.blob_id == second.blob_id
    assert len(on_disk()) == 1
    with use(other_town):
        store_file(samples.PDF, "عقد.pdf", system)
    assert len(on_disk()) == 2  # Nablus never shares bytes with Khan Yunis


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"", "عقد.pdf", FileEmpty),
        (b"%PDF-1.7\n" + b"x" * 2_000_000, "عقد.pdf", FileTooLarge),
        (b"MZ\x90\x00" + b"\x00" * 60, "برنامج.exe", KindRefused),
        (b"MZ\x90\x00" + b"\x00" * 60, "فاتورة.pdf", KindMismatch),
        (b"<!DOCTYPE html><script>alert(1)</script>", "عقد.pdf", KindMismatch),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "شعار.svg", KindRefused),
        (samples.picture("PNG"), "صورة.jpg", KindMismatch),
        (samples.PDF, "عقد.pdf.exe", KindMismatch),
        (samples.PDF[:200], "مقطوع.pdf", FileDamaged),
        (samples.picture("PNG")[:70], "مقطوع.png", FileDamaged),
        (samples.LOCKED_PDF, "سري.pdf", FileLocked),
        (samples.package({"a.txt": b"x"}), "ملفات.zip", KindRefused),
        (
            samples.package(samples.WORD_PARTS | {"word/vbaProject.bin": b"x"}),
            "ماكرو.docx",
            KindMismatch,
        ),
        (
            samples.package(samples.WORD_PARTS | {"bomb": bytes(40_000_000)}),
            "قنبلة.docx",
            FileUnsafe,
        ),
        (samples.package(samples.WORD_PARTS | {"../../x": b"x"}), "مسار.docx", FileUnsafe),
        (samples.package({f"{i}": b"" for i in range(5001)}), "كثير.docx", FileUnsafe),
        (b"PK\x03\x04 not a zip", "كتاب.docx", FileUnsafe),
        (b"GIF89a" + b"\x00" * 20, "صورة.gif", KindRefused),
        (b"\x00\x01\x02\x03" * 9, "شيء", KindRefused),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_file_that_is_not_what_it_should_be_is_refused_with_its_name(
    content: bytes, name: str, refusal: type[FileRefused], amal: Viewer
) -> None:
    with pytest.raises(refusal) as refused:
        store_file(content, name, amal, most_bytes=1_000_000)

    assert name in str(refused.value)
    assert not StoredFile.objects.exists()
    assert not on_disk()


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(amal: Viewer) -> None:
    flood = samples.picture("PNG", (12_000, 11_000))
    with pytest.raises(FileUnsafe):
        store_file(flood, "كبيرة.png", amal)


def test_a_caller_may_ask_for_fewer_kinds(amal: Viewer) -> None:
    with pytest.raises(KindRefused):
        store_file(samples.PDF, "شعار.pdf", amal, kinds=[PNG])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\amal\عقد إيجار.pdf", "عقد إيجار.pdf"),
        ("فاتورة\u202efdp.exe.pdf", "فاتورةfdp.exe.pdf"),
        ("a\x00b\n.pdf", "ab.pdf"),
        ("  ..  .pdf", "pdf.pdf"),
        ("", "file.pdf"),
        ("س" * 300 + ".pdf", "س" * 116 + ".pdf"),
        ('ما<هذا>:"؟".pdf', "ما_هذا___؟_.pdf"),
        ("عقد رقم 5", "عقد رقم 5.pdf"),
    ],
)
def test_a_hostile_name_is_made_harmless(given: str, kept: str, amal: Viewer) -> None:
    assert store_file(samples.PDF, given, amal).name == kept


def test_a_rolled_back_upload_leaves_no_record(amal: Viewer) -> None:
    with pytest.raises(ZeroDivisionError), recorded(by=amal):
        store_file(samples.PDF, "عقد.pdf", amal)
        raise ZeroDivisionError
    assert not Blob.objects.exists()
    again = store_file(samples.PDF, "عقد.pdf", amal)
    assert verify(again)


def test_changed_and_lost_bytes_are_found(amal: Viewer) -> None:
    rotten = store_file(samples.PDF, "عقد.pdf", amal)
    lost = store_file(samples.picture(), "صورة.png", amal)
    sound = store_file(b"text", "نص.txt", amal)
    for place in on_disk():
        if place.name == rotten.sha256:
            place.write_bytes(place.read_bytes()[:-1] + b"!")
        elif place.name == lost.sha256:
            place.unlink()

    assert not verify(rotten)
    with pytest.raises(FileMissing):
        verify(lost)
    with pytest.raises(FileMissing):
        lost.open()
    assert {blob.sha256 for blob in damaged_files()} == {rotten.sha256, lost.sha256}
    assert [blob.pk for blob in damaged_files(prefix=lost.sha256[:20])] == [lost.blob_id]
    assert keep_house() in (0, 1, 2)
    assert verify(sound)


def test_lost_bytes_come_back_with_the_next_upload(amal: Viewer) -> None:
    lost = store_file(samples.PDF, "عقد.pdf", amal)
    for place in on_disk():
        place.unlink()

    store_file(samples.PDF, "عقد.pdf", amal)

    assert verify(lost)


def test_discarded_bytes_are_gone_and_the_record_stays(amal: Viewer) -> None:
    file = store_file(samples.PDF, "عقد.pdf", amal)

    discard_bytes(file, by=amal)

    file = file_for(amal, file.uid)
    with pytest.raises(FileDiscarded):
        file.open()
    assert not on_disk()
    again = store_file(samples.PDF, "عقد.pdf", amal)
    assert again.read() == samples.PDF


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE files_blob SET media_type = 'text/html'",
        "DELETE FROM files_blob",
        "UPDATE files_storedfile SET name = 'other'",
        "DELETE FROM files_storedfile",
    ],
)
def test_the_database_keeps_what_was_taken_in(change: str, amal: Viewer) -> None:
    store_file(samples.PDF, "عقد.pdf", amal)
    with (
        pytest.raises(DatabaseError),
        recorded(by=amal),
        transaction.get_connection().cursor() as sql,
    ):
        sql.execute(change)


def test_a_file_is_seen_by_its_uploader_and_by_nobody_else(
    amal: Viewer, basel: Viewer, system: Viewer
) -> None:
    file = store_file(samples.PDF, "عقد.pdf", amal)

    assert file_for(amal, file.uid) == file
    assert file_for(system, file.uid) == file
    for stranger in (basel, Viewer.citizen()):
        with pytest.raises(NotVisible):
            file_for(stranger, file.uid)


@pytest.mark.parametrize("name", ["عقد.pdf", "صورة.jpeg", "id.PNG", "a.webp", "scan.tif"])
def test_a_thumbnail_is_small_and_plain(name: str, amal: Viewer) -> None:
    file = store_file(samples.GOOD[name][0], name, amal)
    small = thumbnail(file, width=40)
    assert small.startswith(b"\x89PNG")
    assert int.from_bytes(small[16:20]) <= 40
    assert b"eXIf" not in small


def test_what_has_no_face_has_no_thumbnail(amal: Viewer) -> None:
    file = store_file(b"text", "نص.txt", amal)
    with pytest.raises(NoPreview):
        thumbnail(file)


def test_a_full_disk_is_told_and_leaves_nothing(
    amal: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(storage.os, "fsync", full)
        with pytest.raises(FileNotKept, match=r"عقد\.pdf"):
            store_file(samples.PDF, "عقد.pdf", amal)
    assert on_disk() == []
    assert not Blob.objects.exists()
    assert not StoredFile.objects.exists()

    assert verify(store_file(samples.PDF, "عقد.pdf", amal))
