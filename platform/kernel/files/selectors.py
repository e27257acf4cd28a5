"""Who may open which file, and whether its bytes are still what they were."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import Q

from kernel import registry
from kernel.activation.services import active_codes
from kernel.db import ReadyQuery, Slot
from kernel.errors import NotVisible
from kernel.files.errors import FileMissing
from kernel.files.models import Blob, StoredFile
from kernel.files.storage import BytesMissing, byte_store, key_for
from kernel.viewer import Viewer

_by_uid = ReadyQuery(lambda: StoredFile.objects.select_related("blob").filter(uid=Slot(0)))


def file_for(viewer: Viewer, uid: UUID | str) -> StoredFile:
    """The file, if the viewer may open it; `NotVisible` otherwise, which never says why."""
    file = _by_uid.first(uid)
    if file is None or not visible_files(viewer, [file]):
        raise NotVisible()
    return file


def visible_files(viewer: Viewer, files: Collection[StoredFile]) -> set[int]:
    """Ids of those files that the viewer may open: his own uploads, and what an active module that
    uses a file says. A file that no module has taken up is seen by its uploader alone."""
    ids = {file.pk for file in files}
    if viewer.is_system:
        return ids
    seen = {
        file.pk
        for file in files
        if viewer.user_id is not None and file.uploaded_by == viewer.user_id
    }
    active = active_codes()
    for module in registry.modules():
        if module.code not in active:
            continue
        for guard in module.file_guards:
            if waiting := ids - seen:
                seen |= registry.load(guard.provider)(viewer, waiting) & waiting
    return seen


def own_file_with(viewer: Viewer, sha256: str) -> StoredFile | None:
    """A file of this content, or kept of it without its traces, that the viewer handed in before."""
    if viewer.user_id is None or len(sha256) != 64:
        return None
    return (
        StoredFile.objects.select_related("blob")
        .filter(
            Q(blob__sha256=sha256) | Q(came_sha256=sha256),
            blob__discarded_at=None,
            uploaded_by=viewer.user_id,
        )
        .first()
    )


def verify(file: StoredFile) -> bool:
    """Whether the bytes are still those that were handed in. Refuses `FileMissing` when they are gone."""
    try:
        return _hash(file.sha256) == file.sha256
    except BytesMissing as error:
        raise FileMissing(name=file.name) from error


def damaged_files(*, prefix: str = "") -> Iterator[Blob]:
    """Contents whose bytes are gone or changed; `prefix` takes those whose hash begins so, to
    spread the work over many nights."""
    standing = Blob.objects.filter(sha256__startswith=prefix, discarded_at=None)
    for blob in standing.order_by("pk").iterator():
        try:
            sound = _hash(blob.sha256) == blob.sha256
        except (BytesMissing, OSError):
            sound = False
        if not sound:
            yield blob


def _hash(sha256: str) -> str:
    digest = hashlib.sha256()
    with byte_store().open(key_for(sha256)) as content:
        while chunk := content.read(1 << 18):
            digest.update(chunk)
    return digest.hexdigest()
