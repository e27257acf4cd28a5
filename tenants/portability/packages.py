"""Where an export is written to, and how one is opened: a directory, or one file encrypted with age.

Both appear whole under their name or not at all, and nothing is ever overwritten.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import pyrage
from django.conf import settings
from pyrage import x25519

from tenants.portability.errors import (
    ExportDamaged,
    LayoutUnknown,
    NotAnExport,
    PlaceTaken,
    SignatureBroken,
    WrongKey,
)
from tenants.portability.keys import is_ours, is_signed, recipients
from tenants.portability.layout import (
    FILES,
    LAYOUT,
    MANIFEST,
    README,
    SIGNATURE,
    Manifest,
    is_known_name,
    read_manifest,
    table_path,
)
from tenants.portability.shelf import Shelf, filling, shelf_of, take_down

_CHUNK = 1 << 18


class Package(Protocol):
    """What an export is written into, file by file."""

    def add(self, name: str, content: BinaryIO, size: int) -> None: ...


@contextmanager
def directory_package(place: Path) -> Iterator[Package]:
    """A directory anybody can look into."""
    _refuse_taken(place)
    part = place.with_name(f".{place.name}.part-{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        yield _Directory(part)
        os.sync()
        part.rename(place)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


@dataclass
class _Directory:
    root: Path

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        place = self.root / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with place.open("wb") as out:
            shutil.copyfileobj(content, out, _CHUNK)


@contextmanager
def sealed_package(place: Path, readers: Sequence[x25519.Recipient]) -> Iterator[Package]:
    """One `.tar.gz.age` file that only the recipients open. Nothing of it lies in the clear on the way."""
    _refuse_taken(place)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}.part-{os.getpid()}")
    try:
        with (
            part.open("wb") as out,
            _encrypting(out, readers) as plain,
            gzip.GzipFile(fileobj=plain, mode="wb", compresslevel=1, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            part.chmod(0o600)
            yield _Tar(tar)
        _sync(part)
        os.link(part, place)  # refuses, unlike a rename, when somebody was first
    except FileExistsError:
        raise PlaceTaken(place=place) from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def shelved_package(
    place: Path, publics: list[str], *, before: Path | None = None
) -> Iterator[Package]:
    """One sealed file, and beside it a shelf of files that shares with the backup before."""
    with (
        sealed_package(place, recipients(publics)) as sealed,
        filling(place, publics, before=before and shelf_of(before)) as shelf,
    ):
        yield _Shelved(sealed, shelf)


@dataclass
class _Shelved:
    sealed: Package
    shelf: Shelf

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        if name.startswith("files/"):
            self.shelf.add(name, content)
        else:
            self.sealed.add(name, content, size)


@dataclass
class _Tar:
    tar: tarfile.TarFile

    def add(self, name: str, content: BinaryIO, size: int) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = size, 0o600
        self.tar.addfile(entry, content)


@contextmanager
def _encrypting(out: BinaryIO, readers: Sequence[x25519.Recipient]) -> Iterator[BinaryIO]:
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def encrypt() -> None:
        with os.fdopen(reading, "rb", buffering=_CHUNK) as plain:
            try:
                pyrage.encrypt_io(plain, out, list(readers))
            except BaseException as error:
                failed.append(error)

    thread = threading.Thread(target=encrypt, name="age")
    thread.start()
    try:
        with os.fdopen(writing, "wb", buffering=_CHUNK) as plain:
            yield plain
    finally:
        thread.join()
    if failed:
        raise failed[0]


def _refuse_taken(place: Path) -> None:
    if place.exists():
        raise PlaceTaken(place=place)


def _sync(place: Path) -> None:
    for one in (place, place.parent):
        descriptor = os.open(one, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@dataclass(frozen=True)
class Opened:
    """An export that was read and found to be what its manifest says."""

    root: Path
    manifest: Manifest
    is_ours: bool

    def table(self, name: str) -> BinaryIO:
        return (self.root / table_path(name)).open("rb")

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def file(self, sha256: str) -> Path:
        return self.root / "files" / sha256[:2] / sha256


@contextmanager
def opened_export(place: Path, identities: Sequence[x25519.Identity] = ()) -> Iterator[Opened]:
    """Decrypt, unpack and check. Refuses `NotAnExport`, `WrongKey`, `SignatureBroken`, `LayoutUnknown`,
    `ExportDamaged`; what was unpacked is removed afterwards."""
    if place.is_dir():
        yield _checked(place)
        return
    if not place.is_file():
        raise NotAnExport(place=place, why="there is nothing")
    scratch = Path(settings.EXPORT_SCRATCH)
    scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="opened-", dir=scratch) as room:
        _unpack(place, Path(room), identities)
        take_down(place, Path(room), identities)
        yield _checked(Path(room))


def _unpack(place: Path, room: Path, identities: Sequence[x25519.Identity]) -> None:
    reading, writing = os.pipe()
    failed: list[BaseException] = []

    def decrypt() -> None:
        with place.open("rb") as sealed, os.fdopen(writing, "wb", buffering=_CHUNK) as plain:
            try:
                pyrage.decrypt_io(sealed, plain, list(identities))
            except BaseException as error:
                failed.append(error)

    thread = threading.Thread(target=decrypt, name="age")
    thread.start()
    try:
        with os.fdopen(reading, "rb", buffering=_CHUNK) as plain:
            _untar(plain, room, place)
            while plain.read(_CHUNK):
                pass
    except (tarfile.TarError, EOFError, OSError) as error:
        thread.join()
        if failed:
            raise WrongKey(place=place) from failed[0]
        raise NotAnExport(place=place, why=str(error)) from error
    finally:
        thread.join()
    if failed:
        raise WrongKey(place=place) from failed[0]


def _untar(plain: BinaryIO, room: Path, place: Path) -> None:
    with tarfile.open(fileobj=plain, mode="r|gz") as tar:
        for entry in tar:
            if not entry.isfile() or not is_known_name(entry.name):
                raise NotAnExport(place=place, why=entry.name[:80])
            content = cast(BinaryIO, tar.extractfile(entry))
            _Directory(room).add(entry.name, content, entry.size)


def _checked(root: Path) -> Opened:
    try:
        content = (root / MANIFEST).read_bytes()
        signature = json.loads((root / SIGNATURE).read_text())
        described: dict[str, Any] = json.loads(content)
        layout = int(described["layout"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotAnExport(place=root, why=f"its {MANIFEST} cannot be read") from error
    if layout > LAYOUT:
        raise LayoutUnknown(layout=layout, known=LAYOUT)
    if not is_signed(content, signature):
        raise SignatureBroken()
    try:
        manifest = read_manifest(described)
    except (KeyError, TypeError) as error:
        raise NotAnExport(place=root, why=f"its {MANIFEST} lacks {error}") from error
    _check_hashes(root, manifest)
    return Opened(root, manifest, is_ours(signature))


def _check_hashes(root: Path, manifest: Manifest) -> None:
    promised = {table_path(one.name): one.sha256 for one in manifest.tables} | manifest.texts
    promised[FILES] = manifest.files["sha256"]
    for name, sha256 in promised.items():
        if not is_known_name(name) or _hash(root / name) != sha256:
            raise ExportDamaged(what=name)
    listed = _listed(root)
    found = 0
    for place in (root / "files").rglob("*") if (root / "files").is_dir() else ():
        if place.is_file():
            found += 1
            if _hash(place) != place.name or place.name not in listed:
                raise ExportDamaged(what=place.relative_to(root))
    if found != manifest.files["count"]:
        raise ExportDamaged(what=FILES)


def _listed(root: Path) -> set[str]:
    with (root / FILES).open(encoding="utf-8", newline="") as lines:
        return {row["sha256"] for row in csv.DictReader(lines)}


def _hash(place: Path) -> str:
    try:
        with place.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def add_text(package: Package, name: str, text: str) -> str:
    """Write a small text and give its SHA-256."""
    content = text.encode()
    package.add(name, io.BytesIO(content), len(content))
    return hashlib.sha256(content).hexdigest()


__all__ = [
    "README",
    "Opened",
    "Package",
    "add_text",
    "directory_package",
    "opened_export",
    "sealed_package",
    "shelved_package",
]
