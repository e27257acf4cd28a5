"""`baladiyat key issue --town khanyounis --account amal --name "School portal" --scope frontdesk:read`; also list, withdraw."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from api.keys import issue_key, keys_of, known_scopes, withdraw_key
from api.models import ApiKey
from kernel.identity.models import User
from kernel.tenancy import use, use_shared
from kernel.viewer import Viewer
from tenants.models import Municipality


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        issue = actions.add_parser("issue", help="make a key and print it, once")
        issue.add_argument("--account", required=True, help="the user whose rights the key has")
        issue.add_argument("--name", required=True, help="which programme it is for")
        issue.add_argument(
            "--scope", required=True, action="append", dest="scopes", choices=known_scopes()
        )
        issue.add_argument("--until", type=date.fromisoformat, help="last day, as 2027-12-31")
        listed = actions.add_parser("list", help="the keys of a municipality")
        withdraw = actions.add_parser("withdraw", help="a key opens nothing from now on")
        withdraw.add_argument("prefix", help="the beginning of the key, as `list` prints it")
        withdraw.add_argument("--reason", required=True)
        for one in (issue, listed, withdraw):
            one.add_argument("--town", required=True, help="the municipality's short name")

    def handle(self, *args: Any, action: str, town: str, **options: Any) -> None:
        with use_shared():
            if not Municipality.objects.filter(schema_name=town).exists():
                raise CommandError(f"There is no municipality with the short name {town!r}.")
        with use(town):
            getattr(self, f"_{action}")(**options)

    def _issue(
        self, *, account: str, name: str, scopes: list[str], until: date | None, **_: Any
    ) -> None:
        user = User.objects.filter(username=account, is_active=True).first()
        if user is None:
            raise CommandError(f"There is no open account called {account!r}.")
        _key, text = issue_key(
            account=user, name=name, scopes=scopes, expires_on=until, by=self._by()
        )
        self.stdout.write(text)
        self.stderr.write("This is the only time that the key is shown.")

    def _list(self, **_: Any) -> None:
        for key in keys_of(self._by()).reverse():
            state = "withdrawn" if key.revoked_at else f"until {key.expires_on or 'withdrawn'}"
            self.stdout.write(
                f"{key.prefix}…  {key.account.username:12} {state:18} {' '.join(key.scopes)}  {key.name}"
            )

    def _withdraw(self, *, prefix: str, reason: str, **_: Any) -> None:
        found = list(ApiKey.objects.filter(prefix__startswith=prefix, revoked_at=None))
        if len(found) != 1:
            raise CommandError(f"{len(found)} keys that are good begin with {prefix!r}.")
        withdraw_key(found[0], by=self._by(), reason=reason)
        self.stdout.write(f"{found[0].prefix}… opens nothing any more.")

    def _by(self) -> Viewer:
        return Viewer.system("baladiyat key", channel="command")
