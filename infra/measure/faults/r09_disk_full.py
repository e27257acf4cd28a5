"""R9: the disk of the files, then the disk of the database, runs full and is given room again."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measure.faults.account import Account
from measure.faults.programmes import Answer, Programme, ask
from measure.faults.r05_back_in_time import embedded
from measure.stage import HOST, TOWN, Stage

PROMISE = "a full disk is told by a sentence and leaves no half record; with room again the service goes on by itself"
PIECE = 100_000
LEFT = 256 * 1024
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
