"""Bring an installation to this release: register, hub, template; with --demo the three showcase towns."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from tenants.release import current_release, ensure_hub, prepare_database
from tenants.upgrade import upgrade_all


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true", help="make the showcase municipalities")

    def handle(self, *args: Any, demo: bool = False, **options: Any) -> None:
        started = time.monotonic()
        self.stdout.write("Bringing the database to this release …")
        prepare_database(progress=lambda step: self.stdout.write(f"  {step}"))
        release = current_release()
        self.stdout.write(
            f"  release {release.fingerprint[:12]}: {release.tables} tables, {release.indexes} indexes a municipality"
        )
        ensure_hub(settings.HUB_HOST)
        upgrade_all(progress=lambda line: self.stdout.write(f"  {line}"))
        if demo:
            from tenants.demo.towns import make_showcase  # noqa: PLC0415  demo people are not loaded on servers

            make_showcase(progress=lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write(f"Ready in {time.monotonic() - started:.1f} s.")
