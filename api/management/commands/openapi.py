"""`baladiyat openapi` writes the committed document; `--check` fails when the code has moved from it."""

from __future__ import annotations

import contextlib
import difflib
import io
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from api.document import COMMITTED, generate, generate_yaml


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        spoken = io.StringIO()
        with contextlib.redirect_stderr(spoken):
            made = generate_yaml()
            validate_schema(generate())  # type: ignore[no-untyped-call]
            GENERATOR_STATS.emit_summary()
        if "Warning" in spoken.getvalue() or "Error [" in spoken.getvalue():
            raise CommandError(f"The document has warnings:\n{spoken.getvalue()}")
        if not check:
            COMMITTED.parent.mkdir(exist_ok=True)
            COMMITTED.write_text(made, encoding="utf-8")
            self.stdout.write(f"{COMMITTED.name} written, {len(made.splitlines())} lines.")
            return
        kept = COMMITTED.read_text(encoding="utf-8") if COMMITTED.exists() else ""
        if kept != made:
            diff = "\n".join(
                difflib.unified_diff(
                    kept.splitlines(), made.splitlines(), "committed", "code", lineterm="", n=2
                )
            )
            raise CommandError(
                f"The interface has moved; look at it, then run `baladiyat openapi`.\n{diff[:6000]}"
            )
        self.stdout.write("The committed document is that of the code.")
