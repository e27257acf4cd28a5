"""Everything of one town goes out, is read without us, and comes back equal; or nothing of it comes."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from django.db import IntegrityError, connection, transaction

from kernel.audit.sealing import verify
from kernel.files.models import StoredFile
from kernel.profile.selectors import profile
from kernel.profile.services import save_profile
from kernel.tenancy import TEMPLATE, as_owner, use, use_shared
from tenants.models import Municipality, Stage
from tenants.portability import backups, keys, restoring
from tenants.portability.errors import (
    ExportDamaged,
    ExportIsNewer,
    KeyStands,
    NoKey,
    NotAKey,
    NotAnExport,
    PlaceTaken,
    RowsDiffer,
    ShapeDiffers,
    SignatureBroken,
    WrongKey,
)
from tenants.portability.exporting import export_municipality
from tenants.portability.layout import MANIFEST, SIGNATURE, TableEntry, is_known_name
from tenants.portability.models import Copy
from tenants.portability.packages import opened_export
from tenants.portability.restoring import restore_export
from tenants.portability.tests.conftest import PAPER, PAPER_NAME, SYSTEM
from tenants.provisioning import HostTaken, SchemaTaken


def _restore(place: Path, schema: str = "rafah_two", host: str = "rafah-two.test") -> None:
    with opened_export(place) as opened:
        restore_export(opened, schema=schema, hosts=[host], by=SYSTEM)


def _exists(schema: str) -> bool:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        there = cursor.fetchone() is not None
    return there or Municipality.objects.filter(schema_name=schema).exists()


def _sign_again(place: Path, described: dict[str, object]) -> None:
    text = json.dumps(described, ensure_ascii=False, indent=1) + "\n"
    (place / MANIFEST).write_text(text)
    (place / SIGNATURE).write_text(json.dumps(keys.sign(text.encode())))


def test_a_restored_town_exports_to_the_same_hashes(exported: Path, workbench: Path) -> None:
    _restore(exported)
    again = workbench / "again"
    export_municipality("rafah_two", again, in_the_clear=True)

    first = json.loads((exported / MANIFEST).read_text())
    second = json.loads((again / MANIFEST).read_text())
    hashes = {one["name"]: one["sha256"] for one in first["tables"]}
    changed = {one["name"] for one in second["tables"] if one["sha256"] != hashes[one["name"]]}
    # The address is its own, the change stands in the trail, and the trail was sealed.
    assert changed == {"profile_profile", "audit_entry", "audit_seal"}
    assert first["sequences"].keys() == second["sequences"].keys()


def test_what_comes_back_works_as_before(exported: Path) -> None:
    _restore(exported)

    with use("rafah_two"):
        kept = StoredFile.objects.get()
        assert kept.read() == PAPER
        assert verify().sound
        assert profile().public_base_url == "https://rafah-two.test"
        save_profile(by=SYSTEM, name_en="Rafah again")
        assert verify().sound
    with use_shared():
        assert Municipality.objects.get(schema_name="rafah_two").stage == Stage.SUSPENDED


def test_its_guards_stand(exported: Path) -> None:
    _restore(exported)

    with use("rafah_two"), connection.cursor() as cursor:
        with pytest.raises(Exception, match=r"without an actor|permission denied"):
            cursor.execute("UPDATE profile_profile SET name_en = 'x'")
        with pytest.raises(Exception, match=r"append-only|permission denied"):
            cursor.execute("DELETE FROM audit_entry")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(
                "INSERT INTO files_blob (sha256, size, media_type) SELECT sha256, size, media_type FROM files_blob"
            )


def test_new_rows_go_on_behind_the_old_ones(exported: Path) -> None:
    described = json.loads((exported / MANIFEST).read_text())
    _restore(exported)

    with as_owner(), use("rafah_two"), connection.cursor() as cursor:
        for name, (last, called) in described["sequences"].items():
            cursor.execute("SELECT last_value, is_called FROM " + f'"{name}"')
            now_last, now_called = cursor.fetchone()
            assert (now_last, now_called) >= (last, called), name


def test_every_table_of_the_town_is_in_it(exported: Path) -> None:
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [TEMPLATE])
        tables = {name for (name,) in cursor.fetchall()}
    assert {one.stem for one in (exported / "tables").iterdir()} == tables


def test_an_export_is_read_by_a_spreadsheet_and_a_hash(exported: Path) -> None:
    with (exported / "files.csv").open(newline="") as file:
        listed = list(csv.DictReader(file))
    assert [one["name"] for one in listed] == [PAPER_NAME]
    sha256 = listed[0]["sha256"]
    assert (exported / "files" / sha256[:2] / sha256).read_bytes() == PAPER
    with (exported / "tables" / "profile_profile.csv").open(newline="") as file:
        assert next(csv.DictReader(file))["name_ar"] == "خان يونس"
    readme = (exported / "README.txt").read_text()
    assert "psql -v town=" in readme and "نسخة كاملة" in readme


def test_a_sealed_export_opens_with_the_towns_key_only(rafah: str, workbench: Path) -> None:
    with pytest.raises(NoKey):
        export_municipality(rafah, workbench / "none.tar.gz.age")
    secret = keys.make_key(rafah)
    place = workbench / "sealed.tar.gz.age"
    export_municipality(rafah, place)

    assert "خان يونس".encode() not in place.read_bytes()
    with pytest.raises(WrongKey), opened_export(place, [keys.backup_identity()]):
        pass
    with opened_export(place, [keys.read_identity(f"# a remark\n{secret}\n")]) as opened:
        assert opened.is_ours
        assert opened.manifest.schema == rafah
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(public, ' ') FROM public.portability_key")
        assert secret not in cursor.fetchone()[0]


def test_a_damaged_sealed_export_is_refused(rafah: str, workbench: Path) -> None:
    secret = keys.make_key(rafah)
    place = workbench / "sealed.tar.gz.age"
    export_municipality(rafah, place)
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)

    with pytest.raises(WrongKey), opened_export(place, [keys.read_identity(secret)]):
        pass


def test_a_key_is_not_replaced_by_accident(rafah: str) -> None:
    keys.make_key(rafah)
    with pytest.raises(KeyStands):
        keys.make_key(rafah)
    keys.make_key(rafah, anew=True)
    with pytest.raises(NotAKey):
        keys.register_key(rafah, "ssh-ed25519 AAAA", anew=True)


def test_an_export_never_overwrites(rafah: str, workbench: Path) -> None:
    (workbench / "there").mkdir()
    with pytest.raises(PlaceTaken):
        export_municipality(rafah, workbench / "there", in_the_clear=True)


@pytest.mark.parametrize("name", ["tables/profile_profile.csv", "schema/3-rules.sql", "files.csv"])
def test_a_changed_file_is_named(exported: Path, name: str) -> None:
    (exported / name).write_text((exported / name).read_text() + "\n")
    with pytest.raises(ExportDamaged, match=name.replace(".", r"\.")):
        _restore(exported)
    assert not _exists("rafah_two")


def test_a_lost_or_flipped_paper_is_named(exported: Path) -> None:
    paper = next((exported / "files").glob("*/*"))
    paper.write_bytes(PAPER[:-1] + b"!")
    with pytest.raises(ExportDamaged):
        _restore(exported)
    shutil.rmtree(paper.parent)
    with pytest.raises(ExportDamaged):
        _restore(exported)


def test_a_changed_manifest_is_refused(exported: Path) -> None:
    manifest = exported / MANIFEST
    manifest.write_text(manifest.read_text().replace("خان يونس", "غزة"))
    with pytest.raises(SignatureBroken):
        _restore(exported)
    manifest.unlink()
    with pytest.raises(NotAnExport):
        _restore(exported)


def test_a_newer_export_is_refused_with_the_first_thing_unknown(exported: Path) -> None:
    described = json.loads((exported / MANIFEST).read_text())
    described["migrations"].append(["finance", "9999_of_next_year"])
    _sign_again(exported, described)

    with pytest.raises(ExportIsNewer, match=r"finance\.9999_of_next_year"):
        _restore(exported)
    assert not _exists("rafah_two")


def test_rows_that_came_in_otherwise_leave_nothing(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = restoring.copy_out

    def forgetful(*given: object) -> TableEntry:
        found = real(*given)  # type: ignore[arg-type]
        return (
            TableEntry(found.name, found.columns, found.rows, found.bytes, "0" * 64)
            if found.name == "identity_user"
            else found
        )

    monkeypatch.setattr(restoring, "copy_out", forgetful)
    with pytest.raises(RowsDiffer, match="identity_user"):
        _restore(exported)
    assert not _exists("rafah_two")


def test_a_restore_that_was_killed_is_cleared_by_the_next(
    exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> int:
        raise SystemExit("kill -9")

    with monkeypatch.context() as patched:
        patched.setattr(restoring, "prove_trail", killed)
        patched.setattr(restoring, "_undo", lambda *_: None)  # a killed process undoes nothing
        with pytest.raises(SystemExit):
            _restore(exported)
    assert _exists("rafah_two")

    _restore(exported)
    with use("rafah_two"):
        assert verify().sound


def test_a_name_or_host_that_is_taken_is_refused(exported: Path) -> None:
    with pytest.raises(SchemaTaken):
        _restore(exported, schema="rafah")
    with pytest.raises(HostTaken):
        _restore(exported, host="rafah.test")


def test_tables_that_drifted_from_their_release_are_not_exported(
    rafah: str, workbench: Path
) -> None:
    with as_owner(), use_shared(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rafah.holds_hold ADD COLUMN by_hand text")
    with pytest.raises(ShapeDiffers, match="holds_hold"):
        export_municipality(rafah, workbench / "drifted", in_the_clear=True)
    assert not (workbench / "drifted").exists()


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/passwd", "tables/../x.csv", "files/ab/cd", "tables/A.csv", "x"]
)
def test_a_hostile_name_is_never_unpacked(name: str) -> None:
    assert not is_known_name(name)


def test_a_backup_is_proved_by_restoring_it_and_leaves_nothing_aside(rafah: str) -> None:
    made = backups.back_up(rafah)
    assert backups.backup_age(rafah) is None

    with use_shared():
        proof = backups.prove(Copy.objects.get(schema=rafah, purpose="backup"))
    assert (proof.rows, proof.files) == (made.manifest.rows, 1)
    assert backups.backup_age(rafah) is not None
    assert not _exists(f"drill_{rafah}")
