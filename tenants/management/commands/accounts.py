"""`baladiyat accounts --demo`: the demonstration's addresses and accounts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from kernel.tenancy import use_shared
from tenants.demo.staff import PASSWORD, STAFF
from tenants.models import Municipality


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--demo", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT not in (80, 443) else ""
        with use_shared():
            towns = list(
                Municipality.objects.prefetch_related("domains").order_by("kind", "created_at")
            )
        for town in towns:
            for host in town.domains.all():
                self.stdout.write(f"  http://{host.domain}{port}/  {town.name_ar}  {town.name_en}")
        self.stdout.write(f"\n  Password of every demonstration account: {PASSWORD}")
        self.stdout.write("  In a municipality:")
        for seat in STAFF:
            self.stdout.write(f"    {seat.username:12} {seat.says}")
        self.stdout.write("  In the hub (localhost):")
        self.stdout.write("    operator     makes and suspends municipalities")
        self.stdout.write("    coordinator  reads the programme's figures")
        self.stdout.flush()
