"""`baladiyat release [--dry-run] [--canary khanyounis] [--parallel N]`: bring every municipality to this release."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import Refusal
from tenants.release import prepare_database
from tenants.upgrade.contents import in_words
from tenants.upgrade.rollout import Outcome, Wishes, roll_out


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument(
            "--canary", action="append", default=[], help="short name; goes first; may be repeated"
        )
        parser.add_argument("--parallel", type=int, default=4, help="municipalities at once (4)")
        parser.add_argument(
            "--stop-after", type=int, default=3, help="begin no more after so many failures (3)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        wishes = Wishes(
            canaries=tuple(options["canary"]),
            parallel=options["parallel"],
            stop_after=options["stop_after"],
            dry_run=options["dry_run"],
            asked_by="baladiyat release",
        )
        try:
            if not wishes.dry_run:
                prepare_database(progress=self._say)
            outcome = roll_out(wishes, progress=self._say)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self._tell(outcome, dry_run=wishes.dry_run)
        self.stdout.write(f"{time.monotonic() - began:.2f} s.")
        if not outcome.holds:
            raise CommandError("The release is not complete; run the same command again.")

    def _say(self, line: str) -> None:
        self.stdout.write(f"  {line}")
        self.stdout.flush()

    def _tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        self.stdout.write(
            f"Release {outcome.target[:12]}: {outcome.fleet} municipalities, {len(outcome.behind)} behind."
        )
        for state, plan in outcome.plans.items():
            self.stdout.write(f"From {state[:12]}:")
            for step in plan.steps:
                self.stdout.write(f"  {step}{'  (Python, by Django)' if step.by_django else ''}")
                if dry_run and step.text:
                    self.stdout.write("    " + step.text.replace("\n", "\n    "))
        if outcome.lacking:
            self.stdout.write(
                f"{len(outcome.lacking)} lack what this release plants (rights, roles, seeds)."
            )
        for name, brought in sorted(outcome.brought.items()) if dry_run else ():
            self.stdout.write(f"  {name}: {in_words(brought)}")
        if not dry_run:
            self.stdout.write(
                f"{outcome.done} done, {len(outcome.failed)} failed, {len(outcome.refused)} refused"
                + (", stopped" if outcome.stopped else "")
                + "."
            )
