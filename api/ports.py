"""The edge's answer to the face: the integrators' keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from api.keys import issue_key, keys_of, known_scopes, withdraw_key
from api.models import ApiKey
from kernel.calendar.selectors import local_date, today
from kernel.errors import NotVisible
from kernel.identity.models import User
from kernel.ports.keys import KeyLine
from kernel.viewer import Viewer


class Keys:
    """Answers `kernel.ports.keys.KeyPort`."""

    def scopes(self) -> tuple[str, ...]:
        return known_scopes()

    def keys(self, viewer: Viewer) -> tuple[KeyLine, ...]:
        on = today()
        lines = [_line(key, on=on) for key in keys_of(viewer)]
        return tuple(sorted(lines, key=lambda line: not line.is_good))

    def issue(
        self,
        *,
        account: User,
        name: str,
        scopes: Sequence[str],
        expires_on: date | None,
        by: Viewer,
    ) -> str:
        _key, text = issue_key(
            account=account, name=name, scopes=list(scopes), expires_on=expires_on, by=by
        )
        return text

    def withdraw(self, uid: UUID, *, reason: str, by: Viewer) -> None:
        found = keys_of(by).filter(uid=uid).first()
        if found is None:
            raise NotVisible()
        withdraw_key(found, by=by, reason=reason)


def _line(key: ApiKey, *, on: date) -> KeyLine:
    return KeyLine(
        uid=key.uid,
        name=key.name,
        prefix=key.prefix,
        account_name=key.account.full_name,
        scopes=tuple(key.scopes),
        made_on=local_date(key.created_at),
        expires_on=key.expires_on,
        is_withdrawn=key.revoked_at is not None,
        is_expired=key.expires_on is not None and key.expires_on < on,
    )
