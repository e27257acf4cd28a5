"""The files of backups, sealed one by one in a directory beside each: what the backup before holds is linked, not kept twice.

A shelf is whole by itself and may be copied away with its backup. Links are counted by the file system: removing an old
backup's shelf removes what no newer one holds. Names are keyed by the backup key, so that they tell nobody a hash.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import pyrage
from pyrage import x25519

from tenants.portability import keys
from tenants.portability.errors import ExportDamaged
from tenants.portability.layout import file_path

_INSIDE = "files/"


def shelf_of(place: Path) -> Path:
    """The directory that belongs to a backup."""
    return place.with_name(f"{place.name}.files")


@dataclass(frozen=True)
class Shelf:
    """A shelf that is being filled. `before` is another backup's, for the same readers or not: names tell."""

    place: Path
    before: Path | None
    recipients: Sequence[x25519.Recipient]
    key: bytes

    def add(self, name: str, content: BinaryIO) -> None:
        sealed = hmac.new(self.key, PurePosixPath(name).name.encode(), hashlib.sha256).hexdigest()
        target = self.place / sealed[:2] / sealed
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.before is not None:
            try:
                os.link(self.before / sealed[:2] / sealed, target)
                return
            except OSError:
                pass  # not there, or links are not to be had: written once more
        with target.open("wb") as out:
            target.chmod(0o600)
            pyrage.encrypt_io(content, out, list(self.recipients))
            out.flush()
            os.fsync(out.fileno())


@contextmanager
def filling(place: Path, publics: list[str], *, before: Path | None) -> Iterator[Shelf]:
    """The shelf of the backup at `place`: under its name when everything is in it, or not at all."""
    shelf = shelf_of(place)
    part = shelf.with_name(f".{shelf.name}.part-{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    # Whoever may read is part of the name: what was sealed for others is not taken for these.
    key = hashlib.sha256("\n".join([str(keys.backup_identity()), *sorted(publics)]).encode())
    try:
        yield Shelf(part, before, keys.recipients(publics), key.digest())
        part.rename(shelf)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(shelf, ignore_errors=True)
        raise


def take_down(place: Path, room: Path, identities: Sequence[x25519.Identity]) -> None:
    """Open what stands on the backup's shelf into the unpacked export, each under its hash. Refuses `ExportDamaged`."""
    for sealed in sorted(shelf_of(place).glob("*/*")):
        plain = room / "opened"
        try:
            with sealed.open("rb") as content, plain.open("wb") as out:
                pyrage.decrypt_io(content, out, list(identities))
        except (pyrage.DecryptError, OSError) as error:
            raise ExportDamaged(what=sealed.relative_to(place.parent)) from error
        with plain.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        target = room / file_path(sha256)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        plain.rename(target)


def discard(place: Path) -> None:
    """Remove a backup and its shelf; what newer ones hold, too, stays theirs."""
    place.unlink(missing_ok=True)
    shutil.rmtree(shelf_of(place), ignore_errors=True)


def own_size(place: Path) -> int:
    """Bytes on the shelf that no other backup holds."""
    found = (one.stat() for one in shelf_of(place).glob("*/*"))
    return sum(one.st_size for one in found if one.st_nlink == 1)
