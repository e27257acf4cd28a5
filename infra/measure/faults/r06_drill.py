"""R6: the newest backup is restored aside, and its age is published; a bad one is found out."""

from __future__ import annotations

import argparse
import json
import subprocess
from pathlib import Path

from machine.places import BIN, ROOT
from machine.report import Trouble

from measure.faults.account import Account
from measure.faults.programmes import ask
from measure.faults.r05_back_in_time import tell
from measure.stage import TOWN, Stage

PROMISE = "a backup counts when it was restored and compared; the age of the newest such is published, and who has none is named"
DRILLS = "measure.faults.drills"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much there is to restore."""
    parser.add_argument("--kept", type=int, default=60, help="r6: receipts in the backup (60)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """Two backups; one is bent on the disk, one is gone from it."""
    for name, place in (("BACKUP_DIR", "backups"), ("EXPORT_SCRATCH", "exports")):
        made.env[name] = str(made.scratch / place)
    made.env["BACKUP_IDENTITY_FILE"] = str(made.scratch / "identity")
    seats = tell(made, "seat", TOWN)
    tell(made, "post", TOWN, count=wishes.kept, seats=seats)
    account.check("a municipality without a backup is named", _named(made), "baladiyat doctor")
    made.baladiyat("municipality", "backup", TOWN)
    account.check("a backup that was not proved does not count", _named(made))
    said = made.baladiyat("municipality", "prove", TOWN).strip().splitlines()[-1]
    found = ask(made, "age", TOWN, work=DRILLS)
    account.check("the drill restored and compared it", "compared" in said, said)
    account.check("its age is published", found["age"] is not None and not _named(made),
                  f"{found['age']:.0f} s old, proved in {found['proved_in_ms']} ms")  # fmt: skip
    account.check("nothing of the drill stays", not found["aside"], f"{found['aside']} schemas")

    tell(made, "post", TOWN, count=2, seats=seats)
    made.baladiyat("municipality", "backup", TOWN)
    bent = max((made.scratch / "backups").rglob("*.age"), key=lambda one: one.name)
    whole = bent.read_bytes()
    _bend(bent)
    account.fault("one bit of the newest backup flipped on the disk")
    _refused(made, account, "the drill refuses it")
    later = ask(made, "age", TOWN, work=DRILLS)
    account.check("the published age is still the older one's",
                  later["made_at"] == found["made_at"] and later["age"] > found["age"],
                  f"{later['age']:.0f} s; fault noted: {later['fault'][:60]}")  # fmt: skip
    account.check("nothing of the failed drill stays", not later["aside"])
    bent.unlink()
    account.fault("the newest backup removed from the disk")
    _refused(made, account, "the drill says that it is gone")
    bent.write_bytes(whole)
    made.baladiyat("municipality", "prove", TOWN)
    mended = ask(made, "age", TOWN, work=DRILLS)
    account.check("the whole one proved again counts", mended["made_at"] > found["made_at"] and not mended["fault"],
                  f"{mended['age']:.0f} s old")  # fmt: skip


def _bend(place: Path) -> None:
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 4
    place.write_bytes(content)


def _refused(made: Stage, account: Account, what: str) -> None:
    try:
        made.baladiyat("municipality", "prove", TOWN)
        account.check(what, False, "it was proved")
    except Trouble as trouble:
        lines = str(trouble).strip().splitlines()
        account.check(what, "Traceback" not in str(trouble), lines[-1][:140])


def _named(made: Stage) -> bool:
    """Whether the doctor misses a proved backup of the town."""
    done = subprocess.run(
        [BIN / "baladiyat", "doctor", "--json"], env=made.env, cwd=ROOT, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    (found,) = [one for one in json.loads(done.stdout) if one["code"] == "backups"]
    return found["grade"] != "ok" and TOWN in found["sentence"]
