"""Take files in, destroy their bytes when retention says so, and sweep what a rolled back upload left.

Originals are kept as they came, with the place that a phone wrote into a photo: they may be
evidence. Who takes photographs of citizens asks for `untraced` ones. Thumbnails carry none of it.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, cast

import structlog
from django.conf import settings
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from kernel.audit.recording import recorded
from kernel.files.errors import (
    FileDamaged,
    FileEmpty,
    FileLocked,
    FileNotKept,
    FileTooLarge,
    FileUnsafe,
    KindMismatch,
    KindRefused,
)
from kernel.files.kinds import (
    BY_EXTENSION,
    BY_MEDIA_TYPE,
    KEPT,
    PDF,
    PICTURES,
    Kind,
    UnsafePackage,
    sniff,
)
from kernel.files.models import Blob, StoredFile
from kernel.files.names import clean_name, split_name
from kernel.files.pdfs import PdfUnreadable, opened_pdf
from kernel.files.selectors import file_for, verify, visible_files
from kernel.files.storage import byte_store, key_for
from kernel.files.thumbnails import MOST_PIXELS, thumbnail
from kernel.files.traces import untraced
from kernel.tenancy import current_schema
from kernel.viewer import Viewer

__all__ = [
    "Swept",
    "discard_bytes",
    "file_for",
    "store_file",
    "sweep_orphans",
    "thumbnail",
    "untraced_copy",
    "verify",
    "visible_files",
]

log = structlog.get_logger(__name__)
_CHUNK = 1 << 18
_IN_MEMORY = 1 << 20


def store_file(
    content: bytes | BinaryIO,
    name: str,
    by: Viewer,
    *,
    kinds: Collection[Kind] = KEPT,
    most_bytes: int | None = None,
    without_traces: bool = False,
    came: str = "",
) -> StoredFile:
    """Keep a file. The same content again costs no bytes, only another name.

    `without_traces`: a photograph is kept without the place, the device and the name that a telephone wrote into it;
    of what came in only the hash is remembered (`came_sha256`, or `came` of an earlier file).

    The bytes are safe on the disk before the row is written, so that no record can ever lack its
    content. Refuses `FileEmpty`, `FileTooLarge`, `KindRefused`, `KindMismatch`, `FileDamaged`,
    `FileLocked`, `FileUnsafe`, and `FileNotKept` when the disk has no room.
    """
    limit = most_bytes or settings.FILE_MAX_BYTES
    shown = clean_name(name, PDF) if not name.strip() else name.strip()[:80]
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spooled:
        copy = cast(BinaryIO, spooled)
        with _room_for(shown):
            sha256, size = _take(content, copy, limit=limit, name=shown)
        kind = _kind_of(copy, name=shown, kinds=kinds)
        if without_traces and kind in PICTURES:
            cleaned = _untraced(copy, name=shown)
            if cleaned is not None:
                came, copy = sha256, io.BytesIO(cleaned)
                sha256, size = hashlib.sha256(cleaned).hexdigest(), len(cleaned)
        tidy = clean_name(name, kind)
        with recorded(by=by):
            blob, is_new = Blob.objects.get_or_create(
                sha256=sha256, defaults={"size": size, "media_type": kind.media_type}
            )
            key = key_for(sha256)
            if is_new or blob.discarded_at is not None or not byte_store().exists(key):
                with _room_for(tidy):
                    byte_store().put(key, copy, size)
            if blob.discarded_at is not None:
                Blob.objects.filter(pk=blob.pk).update(discarded_at=None)
                blob.discarded_at = None
            return StoredFile.objects.create(
                blob=blob,
                name=tidy,
                came_sha256=came,
                uploaded_by=by.user_id,
                uploaded_by_name=by.name,
            )


@contextmanager
def _room_for(name: str) -> Iterator[None]:
    """A disk that is full or away becomes a sentence; whatever was begun in the database is taken back."""
    try:
        yield
    except OSError as error:
        log.exception("files.not_kept")
        raise FileNotKept(name=name) from error


def _take(content: bytes | BinaryIO, copy: BinaryIO, *, limit: int, name: str) -> tuple[str, int]:
    """Copy and hash in one pass, and stop at the limit, whatever a header promised."""
    source = io.BytesIO(content) if isinstance(content, bytes) else content
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(name=name, limit=limit // (1024 * 1024))
        digest.update(chunk)
        copy.write(chunk)
    if not size:
        raise FileEmpty(name=name)
    return digest.hexdigest(), size


def _kind_of(copy: BinaryIO, *, name: str, kinds: Collection[Kind]) -> Kind:
    try:
        found = sniff(copy)
    except UnsafePackage:
        raise FileUnsafe(name=name) from None
    _, extension = split_name(name)
    claimed = BY_EXTENSION.get(extension)
    if not isinstance(found, Kind):
        if claimed is not None:
            raise KindMismatch(name=name, claimed=claimed.title, found=found)
        raise KindRefused(name=name, found=found)
    if extension and claimed is not found:
        raise KindMismatch(
            name=name, claimed=claimed.title if claimed else extension, found=found.title
        )
    if found not in kinds:
        raise KindRefused(name=name, found=found.title)
    if found is PDF:
        _open_pdf(copy, name=name)
    elif found in PICTURES:
        _open_picture(copy, name=name)
    return found


def _open_pdf(copy: BinaryIO, *, name: str) -> None:
    copy.seek(0)
    try:
        with opened_pdf(copy.read()) as document:
            pages = len(document)
    except PdfUnreadable as error:
        if "password" in str(error).lower():
            raise FileLocked(name=name) from None
        raise FileDamaged(name=name) from None
    if not pages:
        raise FileDamaged(name=name)


def _open_picture(copy: BinaryIO, *, name: str) -> None:
    copy.seek(0)
    try:
        with Image.open(copy) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise FileUnsafe(name=name)
            picture.verify()
    except Image.DecompressionBombError:
        raise FileUnsafe(name=name) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise FileDamaged(name=name) from None


def untraced_copy(file: StoredFile, *, by: Viewer) -> StoredFile:
    """The file itself, or, of a photograph that tells where and with what it was taken, a copy that does not."""
    kind = BY_MEDIA_TYPE.get(file.media_type)
    if kind not in PICTURES or file.came_sha256:
        return file
    with file.open() as content:
        cleaned = _untraced(content, name=file.name)
    if cleaned is None:
        return file
    return store_file(io.BytesIO(cleaned), file.name, by, came=file.sha256)


def _untraced(copy: BinaryIO, *, name: str) -> bytes | None:
    try:
        return untraced(copy)
    except (OSError, SyntaxError, ValueError):
        raise FileDamaged(name=name) from None


def discard_bytes(file: StoredFile, *, by: Viewer) -> None:
    """Destroy a content under a disposal decision, for every name it has; the records stay.

    The caller holds the decision (retention, approval, certificate); here only bytes go.
    """
    with recorded(by=by):
        Blob.objects.filter(pk=file.blob_id).update(discarded_at=timezone.now())
    byte_store().delete(key_for(file.sha256))


@dataclass(frozen=True)
class Swept:
    """What a sweep took away."""

    objects: int
    size: int


def sweep_orphans(
    *, older_than: timedelta = timedelta(days=1), now: datetime | None = None
) -> Swept:
    """Remove bytes of this municipality that no record names: uploads that were rolled back.

    Young ones stay, for their transaction may still be running.
    """
    store, before = byte_store(), (now or timezone.now()) - older_than
    objects = size = 0
    for kept in list(store.keys(current_schema())):
        if kept.at >= before:
            continue
        sha256 = kept.key.rsplit("/", 1)[-1]
        if Blob.objects.filter(sha256=sha256, discarded_at=None).exists():
            continue
        store.delete(kept.key)
        objects, size = objects + 1, size + kept.size
    return Swept(objects, size)
