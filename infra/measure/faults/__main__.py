"""infra/faults [--only r3]: breaks things on servers of its own and says which promises held."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from machine.report import Trouble, complain, say, seconds

from measure.faults.account import Account
from measure.stage import stage


def promises() -> dict[str, ModuleType]:
    """Every promise by its short name: r1, r3, ..., in their order."""
    files = sorted(Path(__file__).parent.glob("r[0-9][0-9]_*.py"))
    return {
        f"r{int(file.stem[1:3])}": importlib.import_module(f"measure.faults.{file.stem}")
        for file in files
    }


def main(arguments: Sequence[str]) -> int:
    """Runs the promises and prints promise, faults, checks, result. 0 when every promise held."""
    known = promises()
    wishes = _parse(arguments, known)
    began = time.monotonic()
    accounts: list[Account] = []
    try:
        for name in wishes.only or known:
            accounts.append(_run(name, known[name], wishes))
    except KeyboardInterrupt:
        complain("\nStopped.")
        return 130
    broken = [one.number for one in accounts if not one.holds]
    say(
        f"\n{len(accounts) - len(broken)} promises held"
        + (f", BROKEN: {', '.join(broken)}" if broken else "")
        + f"; {seconds(time.monotonic() - began)}; again with: infra/faults --seed {wishes.seed}"
        + "".join(f" --only {one}" for one in wishes.only or ())
    )
    return 1 if broken else 0


def _parse(arguments: Sequence[str], known: dict[str, ModuleType]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="infra/faults",
        description="Breaks things on servers of its own, on loopback, and checks what was promised.",
        epilog="\n".join(f"{name:4} {one.PROMISE}" for name, one in known.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--only", action="append", choices=list(known), help="may be repeated")
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    for one in known.values():
        getattr(one, "add_arguments", lambda parser: None)(parser)
    return parser.parse_args(arguments)


def _run(name: str, one: ModuleType, wishes: argparse.Namespace) -> Account:
    account = Account(name.upper(), one.PROMISE)
    account.begin()
    try:
        with stage(wishes.seed) as made:
            one.run(made, wishes, account)
    except Trouble as trouble:
        complain(f"\n{trouble}")
        account.check("it could be tried", holds=False, found=str(trouble).splitlines()[0])
    account.end()
    return account


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
