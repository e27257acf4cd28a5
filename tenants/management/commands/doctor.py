"""`baladiyat doctor [--json] [--language en]`: what this installation lacks, and what to mend. Changes nothing.

Ends with 0 when all is well, 1 with warnings only, 2 when something is bad.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from tenants.doctor import Finding, examine

_SIGNS = {"ok": "  ok  ", "warn": " WARN ", "bad": " BAD  "}


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a programme")
        parser.add_argument("--language", choices=["ar", "en"], default="ar")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            found = examine()
        if options["json"]:
            self.stdout.write(json.dumps([asdict(one) for one in found], ensure_ascii=False))
        else:
            for one in found:
                self._say(one)
        sys.exit(max(("ok", "warn", "bad").index(one.grade) for one in found))

    def _say(self, one: Finding) -> None:
        self.stdout.write(f"{_SIGNS[one.grade]} {one.code:22} {one.sentence}")
        if one.mend:
            self.stdout.write(f"{'':30}→ {one.mend}")
