"""Where bytes are kept: a directory of this machine, or a bucket. One municipality, one prefix.

A key is `<schema>/<first two of the hash>/<hash>`: nothing of a person's name ever becomes a path.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.files.base import File
from django.utils.module_loading import import_string

from kernel.tenancy import VALID_SCHEMA, current_schema


class BytesMissing(LookupError):
    """The store has nothing under this key, or less than was put there."""


@dataclass(frozen=True)
class Kept:
    """One object in the store, as the sweep sees it."""

    key: str
    size: int
    at: datetime


class ByteStore(Protocol):
    """What every store promises: `put` returns when the bytes would survive a power cut; a second
    `put` of the same key only makes it young again; `delete` of nothing is no fault."""

    def put(self, key: str, content: BinaryIO, size: int) -> None: ...

    def open(self, key: str) -> BinaryIO: ...

    def exists(self, key: str) -> bool: ...

    def delete(self, key: str) -> None: ...

    def keys(self, prefix: str) -> Iterator[Kept]: ...


def key_for(sha256: str) -> str:
    """The key of a content in the active municipality."""
    schema = current_schema()
    if not VALID_SCHEMA.match(schema) or len(sha256) != 64 or not sha256.isalnum():
        raise ValueError("not a key of the store")
    return f"{schema}/{sha256[:2]}/{sha256}"


class DirectoryStore:
    """Files in a directory, written beside their place, synced, then renamed into it."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, content: BinaryIO, size: int) -> None:
        place = self._root / key
        if place.is_file() and place.stat().st_size == size:
            os.utime(place)
            return
        self._make_folder(place.parent)
        handle, temporary = tempfile.mkstemp(prefix=".coming-", dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as out:
                content.seek(0)
                shutil.copyfileobj(content, out, 1 << 18)
                out.flush()
                os.fsync(out.fileno())
            os.replace(temporary, place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(place.parent)

    def open(self, key: str) -> BinaryIO:
        try:
            return (self._root / key).open("rb")
        except FileNotFoundError:
            raise BytesMissing(key) from None

    def exists(self, key: str) -> bool:
        return (self._root / key).is_file()

    def delete(self, key: str) -> None:
        (self._root / key).unlink(missing_ok=True)

    def keys(self, prefix: str) -> Iterator[Kept]:
        for place in sorted((self._root / prefix).rglob("*")):
            if place.is_file():
                seen = place.stat()
                at = datetime.fromtimestamp(seen.st_mtime, tz=UTC)
                yield Kept(place.relative_to(self._root).as_posix(), seen.st_size, at)

    def _make_folder(self, folder: Path) -> None:
        """A new folder survives a power cut only when its parent was synced too."""
        missing = []
        while not folder.is_dir():
            missing.append(folder)
            folder = folder.parent
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
            _sync_folder(each.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class ObjectStore:
    """A bucket, spoken to through Django's storage API (S3 and its relatives)."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def put(self, key: str, content: BinaryIO, size: int) -> None:
        content.seek(0)
        saved = self._storage.save(key, File(content, name=key))
        if saved != key:  # another writer was first with the same content
            self._storage.delete(saved)

    def open(self, key: str) -> BinaryIO:
        try:
            return cast(BinaryIO, self._storage.open(key, "rb"))
        except FileNotFoundError:
            raise BytesMissing(key) from None

    def exists(self, key: str) -> bool:
        return bool(self._storage.exists(key))

    def delete(self, key: str) -> None:
        self._storage.delete(key)

    def keys(self, prefix: str) -> Iterator[Kept]:
        folders, files = self._listing(prefix)
        for name in sorted(files):
            key = f"{prefix}/{name}"
            yield Kept(key, self._storage.size(key), self._storage.get_modified_time(key))
        for folder in sorted(folders):
            yield from self.keys(f"{prefix}/{folder}")

    def _listing(self, prefix: str) -> tuple[list[str], list[str]]:
        try:
            return cast(tuple[list[str], list[str]], self._storage.listdir(prefix))
        except FileNotFoundError:
            return [], []


def byte_store() -> ByteStore:
    """The store that STORAGE_URL names: `file:///var/lib/baladiyat/files` or
    `s3://bucket/prefix?endpoint=https://...&region=...` (keys from AWS_ACCESS_KEY_ID and
    AWS_SECRET_ACCESS_KEY)."""
    return store_at(settings.STORAGE_URL)


@lru_cache(maxsize=8)
def store_at(url: str) -> ByteStore:
    """The store behind an address like STORAGE_URL; for a move, another installation's."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return DirectoryStore(Path(unquote(parts.path)))
    options = {name: values[0] for name, values in parse_qs(parts.query).items()}
    storage = import_string("storages.backends.s3.S3Storage")(
        bucket_name=parts.netloc,
        location=parts.path.strip("/"),
        endpoint_url=options.get("endpoint"),
        region_name=options.get("region"),
        addressing_style=options.get("addressing", "path"),
        default_acl=None,
        querystring_auth=True,
        file_overwrite=True,
    )
    return ObjectStore(storage)
