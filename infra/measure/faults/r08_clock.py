"""R8: the product's clock jumps about, apart from the database's."""

from __future__ import annotations

import argparse
import json

from measure.faults.account import Account
from measure.faults.programmes import ask
from measure.faults.tills import NEIGHBOUR
from measure.stage import TOWN, Stage

PROMISE = "whatever the clock does, numbers follow their sequence, days are the municipality's own, and keys and sign-ins end when they should"
CLOCKS = "measure.faults.clocks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often the clock jumps."""
    parser.add_argument("--rounds", type=int, default=2, help="r8: rounds of jumps (2)")


def run(made: Stage, wishes: argparse.Namespace, account: Account) -> None:
    """One town in Gaza's zone, one in Hebron's."""
    account.fault("the clock is shifted inside the process; the database keeps its own")
    for town in (TOWN, NEIGHBOUR):
        ask(made, "keys", town, count=1)
        found = ask(made, "jump", town, work=CLOCKS, rounds=wishes.rounds)
        account.fault(f"{found['zone']}: {found['faults']}")
        for check in found["checks"]:
            account.check(f"{found['zone']}: {check['promise']}", check["holds"],
                          json.dumps(check["found"], ensure_ascii=False).strip('"'))  # fmt: skip
