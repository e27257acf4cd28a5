"""R9: the disk of the files, of a table, then of the database's journal runs full and is given room again."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from measure.faults.account import Account
from measure.faults.programmes import Answer, Programme, ask
from measure.faults.r05_back_in_time import embedded
from measure.stage import HOST, TOWN, Stage

if TYPE_CHECKING:
    from machine.postgres import Postgres
    from machine.supervisor import Child

PROMISE = "a full disk of the files, of a table or of the journal is told by a sentence and leaves no half record and no gap; with room again the service goes on by itself"
PIECE = 100_000
LEFT = 256 * 1024
SEGMENT, MESSAGE = 16 << 20, 256 << 10
AWAY, BACK = 6.0, 60.0  # seconds
LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي0123456789 "


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How small the disks are."""
    parser.add_argument("--disk", type=int, default=1, help="r9: megabytes for the files (1)")
    parser.add_argument("--opened", type=int, default=400, help="r9: requests at most (400)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Small disks in memory; needs the right to mount."""
    draw = random.Random(wishes.seed)
    try:
        with _disk(made.scratch / "small-files", wishes.disk * 1024) as files:
            made.env["STORAGE_URL"] = f"file://{files}"
            client = ask(made, "keys", TOWN, count=1)[0]
            made.serve(workers=1)
            programme = Programme(HOST, made.port, client["key"])
            _files(made, programme, files, draw, account)
            _database(made, programme, client, wishes, account)
            _journal(made, programme, client, wishes, account)
    except PermissionError as error:
        account.leave_out(f"a small disk cannot be mounted here: {error}")


def _files(
    made: Stage, programme: Programme, files: Path, draw: random.Random, account: Account
) -> None:
    kept, refused = 0, Answer(0, "", "", 0)
    while refused.status in {0, 201} and kept < 200:
        refused = programme.upload(f"ورقة {kept}.txt", _paper(draw))
        kept += refused.status == 201
    account.fault(f"the disk of the files is full after {kept} files")
    account.check("an upload is refused with a sentence", _is_sentence(refused, "file_not_kept"),
                  f"{refused.status} {refused.code}")  # fmt: skip
    before = ask(made, "stored", TOWN)
    account.check("each record has its bytes, and nothing half is left",
                  not before["damaged"] and not before["lonely"] and not list(files.rglob(".coming-*")),
                  f"{before['files']} files, {before['damaged']} damaged, {before['lonely']} contents without a name")  # fmt: skip
    account.check("what needs no room is served", programme.get("/api/v1/requests").status == 200)
    _mount("-o", f"remount,size={8 * 1024}k", str(files))
    again = programme.upload("ورقة.txt", _paper(draw))
    account.check("with room again the next upload is kept", again.status == 201,
                  f"{again.status} {again.code}")  # fmt: skip


def _database(
    made: Stage, programme: Programme, client: dict, wishes: argparse.Namespace, account: Account
) -> None:
    """The table of the trail, into which every writing writes, is moved to the small disk."""
    server = embedded(made)
    with _disk(made.scratch / "small-data", 8 * 1024) as small:
        if server.user:
            shutil.chown(small, server.user)
        server.psql(f"CREATE TABLESPACE small LOCATION '{small}'")
        server.psql(f"ALTER TABLE {TOWN}.audit_entry SET TABLESPACE small")
        ballast = small / "ballast"
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(small).free - LEFT)))
        opened, refused = 0, Answer(0, "", "", 0)
        before = ask(made, "stored", TOWN)["requests"]
        for _ in range(wishes.opened):
            refused = programme.post("/api/v1/requests", client["body"])
            if refused.status != 201:
                break
            opened += 1
        account.fault(f"the disk of the trail's table is full after {opened} requests")
        account.check("a request is refused with a sentence", _is_sentence(refused, "unavailable"),
                      f"{refused.status} {refused.code}")  # fmt: skip
        found = ask(made, "stored", TOWN)
        account.check("what was acknowledged is there with its trail, the refused one is not",
                      found["requests"] - before == opened and not found["untrailed"],
                      f"{found['requests'] - before} there, {found['untrailed']} without trail")  # fmt: skip
        account.check("reading goes on", programme.get("/api/v1/requests").status == 200)
        ballast.unlink()
        again = programme.post("/api/v1/requests", client["body"])
        account.check("with room again the next request is opened", again.status == 201,
                      f"{again.status} {again.code}")  # fmt: skip
        numbers = ask(made, "requests", TOWN)
        account.check("no number was given twice", not numbers["doubled"], f"{numbers['numbers']}")
        server.psql(f"ALTER TABLE {TOWN}.audit_entry SET TABLESPACE pg_default")
        server.psql("DROP TABLESPACE small")


def _journal(
    made: Stage, programme: Programme, client: dict, wishes: argparse.Namespace, account: Account
) -> None:
    """The journal (WAL) has a small disk of its own and may throw nothing away: as when a replica or the archive is away."""
    server = embedded(made)
    postgres = next(one for one in made.supervisor.children if one.name == "postgres")
    with _disk(made.scratch / "small-journal", 1024 * 1024) as small:
        _move_journal(made, server, postgres, small)
        server.psql("SELECT pg_create_physical_replication_slot('held', true)")
        before = ask(made, "stored", TOWN)["requests"]
        _fill(server, small)
        opened, refused = 0, Answer(0, "", "", 0)
        for _ in range(wishes.opened * 4):
            refused = programme.post("/api/v1/requests", client["body"])
            if refused.status != 201:
                break
            opened += 1
        account.fault(
            f"the disk of the journal is full after {opened} requests; the database stops itself"
        )
        answers = {refused.status: refused}
        until = time.monotonic() + AWAY
        while time.monotonic() < until:
            made.supervisor.look()  # begins it again and again, in vain
            answer = programme.post("/api/v1/requests", client["body"])
            answers.setdefault(answer.status, answer)
            opened += answer.status == 201
            time.sleep(0.3)
        account.check("whatever is asked meanwhile is refused with a sentence, or opened",
                      503 in answers and all(status == 201 or _is_sentence(one, "unavailable")
                      for status, one in answers.items()),
                      ", ".join(f"{status} {one.code}" for status, one in answers.items()))  # fmt: skip
        account.check("the process lives meanwhile", programme.get("/livez").status == 200)
        _mount("-o", f"remount,size={2 * 1024 * 1024}k", str(small))
        began, again = time.monotonic(), refused
        while again.status != 201 and time.monotonic() < began + BACK:
            made.supervisor.look()
            again = programme.post("/api/v1/requests", client["body"])
            time.sleep(0.1)
        account.check(f"with room again it serves by itself within {BACK:.0f} s", again.status == 201,
                      f"{again.status} {again.code} after {time.monotonic() - began:.1f} s, begun {postgres.restarts} times")  # fmt: skip
        opened += again.status == 201
        found, numbers = ask(made, "stored", TOWN), ask(made, "requests", TOWN)
        account.check("what was acknowledged is there with its trail, and at most one besides",
                      opened <= found["requests"] - before <= opened + 1 and not found["untrailed"],
                      f"{opened} acknowledged, {found['requests'] - before} there, {found['untrailed']} without trail")  # fmt: skip
        account.check("numbers have no gap and none was given twice",
                      not numbers["doubled"] and not numbers["gaps"],
                      f"{numbers['numbers']}, {numbers['gaps']} missing")  # fmt: skip
        server.psql("SELECT pg_drop_replication_slot('held')")
        _stop(postgres)  # before its disk goes
    account.leave_out(
        "the catalogues' own disk (the data directory as a whole): a table's and the journal's were filled"
    )


def _move_journal(made: Stage, server: Postgres, postgres: Child, small: Path) -> None:
    """pg_wal, made as small as it goes, is moved to the disk; as much of the disk is taken as leaves two segments."""
    for said in ("max_wal_size = '64MB'", "min_wal_size = '32MB'"):
        server.psql(f"ALTER SYSTEM SET {said}")
    server.psql("SELECT pg_reload_conf()")
    until = time.monotonic() + 30
    while (
        int(server.psql("SELECT sum(size) FROM pg_ls_waldir()")) > 8 * SEGMENT
        and time.monotonic() < until
    ):
        server.psql("SELECT pg_switch_wal()")
        server.psql("CHECKPOINT")
        time.sleep(0.5)
    _stop(postgres)
    journal = server.data / "pg_wal"
    subprocess.run(["cp", "-a", f"{journal}/.", small], check=True)
    shutil.copystat(journal, small)
    if server.user:
        shutil.chown(small, server.user)
    shutil.rmtree(journal)
    journal.symlink_to(small)
    usage = shutil.disk_usage(small)
    _mount("-o", f"remount,size={(usage.used + 2 * SEGMENT + SEGMENT // 2) // 1024}k", str(small))
    until = time.monotonic() + 60
    while postgres.has_ended() and time.monotonic() < until:
        made.supervisor.look()
        time.sleep(0.1)
    server.wait_until_ready(postgres)


def _fill(server: Postgres, small: Path) -> None:
    """Until no other segment fits and the last one is all but full. What is left is for the requests."""
    while True:
        offset, ahead = server.psql(
            "SELECT (pg_walfile_name_offset(pg_current_wal_insert_lsn())).file_offset || ' ' || "
            "(SELECT count(*) FROM pg_ls_waldir() WHERE name ~ '^[0-9A-F]{24}$'"
            " AND name > pg_walfile_name(pg_current_wal_insert_lsn()))"
        ).split()
        if (
            not int(ahead)
            and shutil.disk_usage(small).free < SEGMENT
            and SEGMENT - int(offset) < 2 * MESSAGE
        ):
            return
        size = max(MESSAGE, (SEGMENT - int(offset)) // 2)
        server.psql(f"SELECT pg_logical_emit_message(true, 'fill', repeat('x', {size}))")


def _stop(postgres: Child) -> None:
    postgres.send("SIGINT")
    until = time.monotonic() + 60
    while not postgres.has_ended() and time.monotonic() < until:
        time.sleep(0.1)


def _is_sentence(answer: Answer, code: str) -> bool:
    return answer.status in {503, 507} and answer.code == code


def _paper(draw: random.Random) -> bytes:
    return "".join(draw.choices(LETTERS, k=PIECE)).encode()


@contextmanager
def _disk(place: Path, kilobytes: int) -> Iterator[Path]:
    """A disk in memory, gone afterwards. Refuses with PermissionError."""
    place.mkdir()
    if os.geteuid():
        raise PermissionError("only root may mount")
    _mount("-t", "tmpfs", "-o", f"size={kilobytes}k,mode=0755", "tmpfs", str(place))
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=False, capture_output=True)


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], check=False, capture_output=True, text=True)
    if done.returncode:
        raise PermissionError(done.stderr.strip() or "mount failed")
