"""`baladiyat municipality create --from-register "رفح" --host rafah.localhost`; also list, suspend, resume, archive, delete."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import registry
from kernel.errors import InvalidInput, Refusal
from kernel.tenancy import use_shared
from kernel.viewer import Viewer
from tenants.deletion import ask_deletion, delete
from tenants.models import Municipality
from tenants.portability import actions as portability
from tenants.provisioning import Administrator, Plan, create_municipality, schema_from_host
from tenants.register import find
from tenants.spares import keep_spares
from tenants.staging import archive, resume, suspend, take_back


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a municipality from the register")
        create.add_argument(
            "--from-register", required=True, dest="name", help="Arabic or English name"
        )
        create.add_argument("--host", required=True, action="append", dest="hosts")
        create.add_argument("--schema", default="")
        create.add_argument(
            "--demo", action="store_true", help="with synthetic people and dues, marked as such"
        )
        create.add_argument(
            "--without", action="append", default=[], help="a module to leave switched off"
        )
        create.add_argument("--pack", default="proposed", help="policy pack: proposed or careful")
        create.add_argument(
            "--administrator", default="", help="name in Arabic of who enters first"
        )
        create.add_argument(
            "--region", default="", choices=["", "WB", "GS"], help="the register's unless told"
        )
        create.add_argument(
            "--dialect", default="", choices=["", "gaza", "west_bank"], help="likewise"
        )
        create.add_argument("--username", default="administrator")
        create.add_argument("--email", default="", help="the invitation is mailed there")
        actions.add_parser("list", help="the municipalities of this installation")
        spares = actions.add_parser("spares", help="tables kept ready for new municipalities")
        spares.add_argument(
            "--keep", type=int, default=settings.SPARE_SCHEMAS, help="how many; SPARE_SCHEMAS"
        )
        for verb, what, reasoned in (
            ("suspend", "stop serving; what is written stays", True),
            ("resume", "serve again, in the stage of before", False),
            ("archive", "close a suspended one for good, keeping everything", True),
            ("take-back", "from the archive to suspended", False),
            ("ask-deletion", "begin the waiting time of an archived one", True),
        ):
            one = actions.add_parser(verb, help=what)
            one.add_argument("schema")
            if reasoned:
                one.add_argument("--reason", default="")
        last = actions.add_parser("delete", help="after the waiting time, with a proved copy")
        last.add_argument("schema")
        last.add_argument("--confirm", required=True, help="the short name once more")
        portability.declare(actions)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        try:
            if action in portability.VERBS:
                portability.VERBS[action](self.stdout.write, **options)
            else:
                getattr(self, "_" + action.replace("-", "_"))(**options)
        except InvalidInput as refusal:
            raise CommandError(
                "; ".join(one for many in refusal.errors.values() for one in many)
            ) from refusal
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _create(
        self,
        *,
        name: str,
        hosts: list[str],
        schema: str,
        demo: bool,
        without: list[str],
        pack: str,
        administrator: str,
        username: str,
        email: str,
        region: str,
        dialect: str,
        **_: Any,
    ) -> None:
        started = time.monotonic()
        modules = None
        if without:
            modules = frozenset(m.code for m in registry.modules() if m.optional) - frozenset(
                without
            )
        plan = Plan(
            row=find(name),
            schema=schema or schema_from_host(hosts[0]),
            hosts=tuple(hosts),
            is_demo=demo,
            modules=modules,
            pack=pack,
            region=region,
            dialect=dialect,
            administrator=Administrator(username=username, name_ar=administrator, email=email)
            if administrator
            else None,
        )
        made = create_municipality(
            plan,
            by=Viewer.system("baladiyat municipality create", channel="command"),
            progress=lambda step: self.stdout.write(f"  {step}"),
            invited=lambda link: self.stdout.write(
                f"  the administrator's link, good once: {link}"
            ),
        )
        if demo:
            from tenants.demo.towns import people_town  # noqa: PLC0415

            people_town(made.schema_name, progress=lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write(
            f"{made.name_ar} ({made.schema_name}) is served at {hosts[0]}; {time.monotonic() - started:.2f} s."
        )

    def _list(self, **_: Any) -> None:
        with use_shared():
            for one in Municipality.objects.prefetch_related("domains").order_by("schema_name"):
                hosts = ", ".join(host.domain for host in one.domains.all())
                self.stdout.write(f"{one.schema_name:20} {one.stage:12} {one.name_ar}  {hosts}")

    def _spares(self, *, keep: int, **_: Any) -> None:
        found = keep_spares(keep, progress=lambda line: self.stdout.write(f"  {line}"))
        self.stdout.write(f"{found.ready} ready.")

    def _suspend(self, *, schema: str, reason: str, **_: Any) -> None:
        suspend(schema, reason=reason)

    def _resume(self, *, schema: str, **_: Any) -> None:
        self.stdout.write(f"{schema} is served again: {resume(schema).stage}.")

    def _archive(self, *, schema: str, reason: str, **_: Any) -> None:
        archive(schema, reason=reason)

    def _take_back(self, *, schema: str, **_: Any) -> None:
        take_back(schema)

    def _ask_deletion(self, *, schema: str, reason: str, **_: Any) -> None:
        asked = ask_deletion(schema, reason=reason, by=_operator("ask-deletion"))
        self.stdout.write(f"{schema} may be deleted from {asked.delete_after} on.")

    def _delete(self, *, schema: str, confirm: str, **_: Any) -> None:
        delete(schema, confirm=confirm, by=_operator("delete"))
        self.stdout.write(f"{schema} is deleted; its proved copy is kept.")


def _operator(action: str) -> Viewer:
    """Whoever may run commands here manages the fleet."""
    return Viewer.system(f"baladiyat municipality {action}", channel="command")
