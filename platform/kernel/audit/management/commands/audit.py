"""`baladiyat audit verify --town khanyounis`: walk the sealed trail and name the first bad entry."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.audit.sealing import seal, verify
from kernel.tenancy import use


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["verify", "seal"])
        parser.add_argument("--town", required=True, help="the municipality's schema")

    def handle(self, *args: Any, action: str, town: str, **options: Any) -> None:
        with use(town):
            if action == "seal":
                self.stdout.write(f"{seal()} entries sealed.")
                return
            verdict = verify()
        if not verdict.sound:
            raise CommandError(f"The trail of {town} is not sound: {verdict.first_bad}.")
        self.stdout.write(
            f"The trail of {town} is sound: {verdict.entries} entries in {verdict.seals} seals, head {verdict.head[:16]}."
        )
