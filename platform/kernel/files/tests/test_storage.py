"""Both stores keep the same promises; the bucket is an in-memory double of the storage API."""

from __future__ import annotations

import io
import os
from contextvars import Context
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.files.services import store_file, sweep_orphans, verify
from kernel.files.storage import (
    BytesMissing,
    ByteStore,
    DirectoryStore,
    ObjectStore,
    byte_store,
    key_for,
)
from kernel.files.tests import samples
from kernel.tenancy import NoTenant, use
from kernel.viewer import Viewer

KEY = "ramallah/ab/" + "ab" * 32


@pytest.fixture(params=["directory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ByteStore:
    return (
        DirectoryStore(tmp_path / "kept")
        if request.param == "directory"
        else ObjectStore(InMemoryStorage())
    )


def put(store: ByteStore, key: str = KEY, content: bytes = b"bytes") -> None:
    store.put(key, io.BytesIO(content), len(content))


def test_what_was_put_is_read_back(store: ByteStore) -> None:
    put(store)
    assert store.exists(KEY)
    with store.open(KEY) as content:
        assert content.read() == b"bytes"


def test_putting_twice_keeps_one(store: ByteStore) -> None:
    put(store)
    put(store)
    assert [kept.key for kept in store.keys("ramallah")] == [KEY]


def test_what_is_not_there_is_missing(store: ByteStore) -> None:
    assert not store.exists(KEY)
    with pytest.raises(BytesMissing):
        store.open(KEY)
    store.delete(KEY)  # no fault
    assert list(store.keys("ramallah")) == []


def test_deleted_bytes_are_gone(store: ByteStore) -> None:
    put(store)
    store.delete(KEY)
    assert not store.exists(KEY)


def test_a_listing_stays_inside_its_municipality(store: ByteStore) -> None:
    put(store)
    put(store, KEY.replace("ramallah", "nablus"))
    (kept,) = store.keys("nablus")
    assert kept.key.startswith("nablus/")
    assert kept.size == 5
    assert kept.at.tzinfo is not None
    assert abs(datetime.now(UTC) - kept.at) < timedelta(minutes=1)


def test_a_write_that_breaks_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise OSError("the scanner went away")

    store = DirectoryStore(tmp_path)
    with pytest.raises(OSError, match="scanner"):
        store.put(KEY, Broken(b"x"), 1)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_bytes_are_synced_before_they_get_their_name_and_the_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, os.replace

    def seen_fsync(descriptor: int) -> None:
        kind = "folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file"
        steps.append(kind)
        fsync(descriptor)

    def seen_replace(old: str, new: Path) -> None:
        steps.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", seen_fsync)
    monkeypatch.setattr(os, "replace", seen_replace)
    put(DirectoryStore(tmp_path))

    assert steps[-3:] == ["file", "rename", "folder"]


def test_a_key_belongs_to_the_active_municipality(town: str, other_town: str) -> None:
    assert key_for("ab" * 32) == KEY.replace("ramallah", town)
    with use(other_town):
        assert key_for("ab" * 32) == KEY.replace("ramallah", "nablus")
    with pytest.raises(ValueError, match="key"):
        key_for("../" + "a" * 61)


def test_without_a_municipality_there_is_no_key() -> None:
    with pytest.raises(NoTenant):
        Context().run(key_for, "ab" * 32)


def test_orphans_of_a_rolled_back_upload_are_swept_when_old(amal: Viewer) -> None:
    kept = store_file(samples.PDF, "عقد.pdf", amal)
    with pytest.raises(ZeroDivisionError), recorded(by=amal):
        lost = store_file(samples.picture(), "صورة.png", amal)
        raise ZeroDivisionError

    assert sweep_orphans().objects == 0  # young: its transaction may still run
    swept = sweep_orphans(now=timezone.now() + timedelta(days=2))

    assert (swept.objects, swept.size) == (1, lost.size)
    assert verify(kept)
    assert not byte_store().exists(key_for(lost.sha256))
