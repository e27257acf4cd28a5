"""Nothing is deleted that is served, that no proved copy holds, or that was not waited for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from kernel.files.services import store_file
from kernel.files.storage import byte_store
from kernel.tenancy import use, use_shared
from kernel.viewer import Viewer
from tenants import deletion
from tenants.models import Municipality, Stage
from tenants.owner import owner
from tenants.portability.models import Copy, Purpose
from tenants.provisioning import Plan, create_municipality
from tenants.register import find
from tenants.roles import drop_role_of
from tenants.staging import NotArchived, NotSuspended, archive, suspend, take_back

BY = Viewer(user_id=7, name="مشغّل", permissions=frozenset({"hub.manage_fleet"}))
DAY = date(2026, 11, 22)


@pytest.fixture
def rafah(transactional_db: None) -> Iterator[str]:
    create_municipality(
        Plan(row=find("رفح"), schema="rafah", hosts=("rafah.test",)), by=Viewer.system("tests")
    )
    yield "rafah"
    with owner() as said:
        said.execute('DROP SCHEMA IF EXISTS "rafah" CASCADE')
    drop_role_of("rafah")
    with use_shared():
        Municipality.objects.filter(schema_name="rafah").delete()
        Copy.objects.filter(schema="rafah").delete()


def _proved_copy() -> None:
    now = timezone.now()
    with use_shared():
        Copy.objects.create(
            municipality=Municipality.objects.get(schema_name="rafah"),
            schema="rafah",
            purpose=Purpose.BACKUP,
            place="/nowhere",
            size=1,
            rows=1,
            files=0,
            release="x",
            made_at=now,
            made_in_ms=1,
            proved_at=now,
            proved_in_ms=1,
        )


def _archived() -> None:
    suspend("rafah", reason="دمج")
    archive("rafah", reason="دمج")


def test_whoever_is_served_is_suspended_first(rafah: str) -> None:
    with pytest.raises(NotSuspended):
        archive(rafah)
    with pytest.raises(NotArchived):
        deletion.ask_deletion(rafah, reason="دمج", by=BY)


def test_deleting_needs_a_copy_that_was_proved_since(rafah: str) -> None:
    _proved_copy()
    _archived()
    with pytest.raises(deletion.NoProvedCopy):
        deletion.ask_deletion(rafah, reason="دمج", by=BY)


def test_deleting_waits_and_asks_for_the_name(rafah: str) -> None:
    _archived()
    _proved_copy()
    with pytest.raises(deletion.NotAsked):
        deletion.delete(rafah, confirm="rafah", by=BY, today=DAY)
    asked = deletion.ask_deletion(rafah, reason="دمج", by=BY, today=DAY)
    assert asked.delete_after == DAY + deletion.WAITING
    with pytest.raises(deletion.NotYet):
        deletion.delete(rafah, confirm="rafah", by=BY, today=DAY + timedelta(days=29))
    with pytest.raises(deletion.NameDiffers):
        deletion.delete(rafah, confirm="nablus", by=BY, today=DAY + deletion.WAITING)


def test_taken_back_the_waiting_is_forgotten(rafah: str) -> None:
    _archived()
    _proved_copy()
    deletion.ask_deletion(rafah, reason="دمج", by=BY, today=DAY)
    taken = take_back(rafah)
    assert (taken.stage, taken.delete_after) == (Stage.SUSPENDED, None)


def test_after_the_waiting_nothing_of_it_is_left_but_the_list_of_copies(rafah: str) -> None:
    with use(rafah):
        store_file(b"paper of rafah", "paper.txt", by=Viewer.system("tests"))
    with use("nablus"):
        store_file(b"paper of nablus", "paper.txt", by=Viewer.system("tests"))
    _archived()
    _proved_copy()
    deletion.ask_deletion(rafah, reason="دمج", by=BY, today=DAY)
    deletion.delete(rafah, confirm="rafah", by=BY, today=DAY + deletion.WAITING)
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = 'rafah'")
        assert cursor.fetchone() is None
        assert not Municipality.objects.filter(schema_name="rafah").exists()
        assert Copy.objects.filter(schema="rafah").count() == 1
    assert [one.key for one in byte_store().keys("rafah")] == []
    assert len(list(byte_store().keys("nablus"))) >= 1


def test_an_operator_ends_a_municipality_by_commands_as_in_the_hub(rafah: str) -> None:
    def said(*arguments: str) -> str:
        heard = StringIO()
        call_command("municipality", *arguments, stdout=heard)
        return heard.getvalue()

    said("suspend", rafah, "--reason", "ضُمت إلى بلدية مجاورة")
    assert "onboarding" in said("resume", rafah)
    with pytest.raises(CommandError):
        said("archive", rafah)
    said("suspend", rafah)
    said("archive", rafah, "--reason", "ضُمت إلى بلدية مجاورة")
    said("take-back", rafah)
    said("archive", rafah)
    _proved_copy()
    assert rafah in said("ask-deletion", rafah)
    with pytest.raises(CommandError):
        said("delete", rafah, "--confirm", "rafa")
    with pytest.raises(CommandError):
        said("delete", rafah, "--confirm", rafah)
    with use_shared():
        Municipality.objects.filter(schema_name=rafah).update(delete_after=timezone.localdate())
    assert "deleted" in said("delete", rafah, "--confirm", rafah)
    with use_shared():
        assert not Municipality.objects.filter(schema_name=rafah).exists()
