"""Backups of one municipality share their files; each is whole by itself, and an old one takes nothing along."""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.utils import timezone
from PIL import Image

from kernel.files.services import store_file
from kernel.tenancy import use, use_shared
from tenants.portability import backups, keys
from tenants.portability.errors import ExportDamaged
from tenants.portability.models import Copy
from tenants.portability.packages import opened_export
from tenants.portability.shelf import shelf_of
from tenants.portability.tests.conftest import PAPER, SYSTEM


def _copies() -> list[Copy]:
    with use_shared():
        return list(Copy.objects.filter(schema="rafah", purpose="backup").order_by("made_at"))


def _shelf(copy: Copy) -> dict[str, int]:
    """Name -> inode of what stands on it."""
    return {one.name: one.stat().st_ino for one in shelf_of(Path(copy.place)).glob("*/*")}


def _another_paper() -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "orange").save(out, "PNG")
    with use("rafah"):
        store_file(out.getvalue(), "second.png", SYSTEM)


def test_the_next_backup_writes_only_what_is_new(rafah: str) -> None:
    first = backups.back_up(rafah)
    _another_paper()
    second = backups.back_up(rafah)

    before, after = (_shelf(one) for one in _copies())
    assert (len(before), len(after)) == (1, 2)
    assert before.items() <= after.items()
    assert (first.manifest.files["count"], second.manifest.files["count"]) == (1, 2)
    for copy in _copies():
        proof = backups.prove(copy)
        assert proof.files == copy.files


def test_removing_an_old_backup_leaves_the_newer_one_whole(rafah: str) -> None:
    backups.back_up(rafah)
    backups.back_up(rafah)
    with use_shared():
        old = _copies()[0]
        Copy.objects.filter(pk=old.pk).update(made_at=timezone.now() - timedelta(days=40))
    assert backups.remove_old() == 1
    assert not shelf_of(Path(old.place)).exists()
    newest = _copies()[-1]
    assert backups.prove(newest).files == 1
    (left,) = shelf_of(Path(newest.place)).glob("*/*")
    assert left.stat().st_nlink == 1


def test_a_flipped_bit_on_the_shelf_is_found_and_not_handed_on(rafah: str) -> None:
    backups.back_up(rafah)
    (rotten,) = _copies()
    (sealed,) = shelf_of(Path(rotten.place)).glob("*/*")
    content = bytearray(sealed.read_bytes())
    content[-1] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(ExportDamaged):
        backups.prove(rotten)

    backups.back_up(rafah)
    assert backups.prove(_copies()[-1]).files == 1


def test_a_lost_or_exchanged_file_is_found(rafah: str) -> None:
    backups.back_up(rafah)
    copy = _copies()[0]
    (sealed,) = shelf_of(Path(copy.place)).glob("*/*")
    other = sealed.read_bytes()
    sealed.unlink()
    with pytest.raises(ExportDamaged):
        backups.prove(copy)

    with use("rafah"):
        assert other != PAPER  # nothing lies in the clear
    with sealed.open("wb") as out:
        stranger = keys.recipients([str(keys.backup_identity().to_public())])
        pyrage.encrypt_io(io.BytesIO(b"another paper"), out, stranger)
    with pytest.raises(ExportDamaged):
        backups.prove(copy)


def test_what_was_sealed_for_others_is_sealed_anew(rafah: str) -> None:
    backups.back_up(rafah)
    secret = keys.make_key(rafah)
    backups.back_up(rafah)
    before, after = (_shelf(one) for one in _copies())
    assert not before.keys() & after.keys()
    with opened_export(Path(_copies()[-1].place), [keys.read_identity(secret)]) as opened:
        assert opened.manifest.files["count"] == 1


def test_a_backup_that_fails_leaves_no_shelf(rafah: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("tenants.portability.exporting.sequences_of", full)
    with pytest.raises(OSError, match="space"):
        backups.back_up(rafah)
    room = Path(backups.settings.BACKUP_DIR) / rafah
    assert not [one for one in room.rglob("*") if one.is_file() or one.name.endswith(".files")]
