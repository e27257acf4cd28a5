"""Adopt, end, withdraw and suspend the values of the manual. History is never rewritten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.events.services import emit
from kernel.policies.errors import (
    PolicyArticleUnknown,
    PolicyEndsBeforeItStarts,
    PolicyHistoryClosed,
    PolicyValueEnded,
    PolicyValueOverlaps,
    PolicyValueStarted,
    ReasonMissing,
    SuspensionOverlaps,
)
from kernel.policies.events import PolicyChanged
from kernel.policies.kinds import checked
from kernel.policies.models import ManualTitle, PolicySuspension, PolicyValue
from kernel.policies.selectors import policy_key, policy_value_for
from kernel.policies.sheet import sheet
from kernel.viewer import Viewer

ONE_DAY = timedelta(days=1)


def set_value(
    key: str,
    value: Any,
    *,
    starts_on: date,
    ends_on: date | None = None,
    scope: str = "",
    article: str = "",
    resolution: str = "",
    reason: str = "",
    by: Viewer,
) -> PolicyValue:
    """Adopt a value from a day (to a last day, if given). A future value starts by itself.

    An open-ended value in force before `starts_on` ends the day before, when the new one is open-ended too: that
    is an amendment. Every other overlap is refused (`PolicyValueOverlaps`), and so is an amendment that would reach
    back before today (`PolicyHistoryClosed`), a wrong value (`PolicyValueInvalid`, `PolicyValueOutOfBounds`), an
    unknown title (`PolicyArticleUnknown`) and an end before the start.
    """
    by.require("policies.set")
    declared = policy_key(key, scope=scope)
    kept = checked(declared, value)
    days = _days(starts_on, ends_on)
    if article and not ManualTitle.objects.filter(code=article).exists():
        raise PolicyArticleUnknown(article=article)
    with recorded(by=by, reason=reason):
        if ends_on is None:
            _end_the_former(key, scope, starts_on)
        try:
            with transaction.atomic():
                adopted = PolicyValue.objects.create(
                    key=key,
                    scope=scope,
                    value=kept,
                    valid_during=days,
                    article=article or declared.article,
                    resolution=resolution,
                    adopted_by=by.user_id,
                    adopted_by_name=by.name,
                )
        except IntegrityError:
            raise _overlap(key, scope, days) from None
        _tell(key, scope, starts_on, by)
    return adopted


def end_value(uid: UUID, *, ends_on: date, reason: str, by: Viewer) -> PolicyValue:
    """Let a value end with that day (today at the earliest); then the default answers, or what comes next.

    Refuses `PolicyHistoryClosed`, `PolicyValueEnded` and `PolicyEndsBeforeItStarts`.
    """
    by.require("policies.set")
    with recorded(by=by, reason=reason):
        adopted = PolicyValue.objects.select_for_update().get(id=policy_value_for(by, uid).pk)
        days, after = adopted.valid_during, ends_on + ONE_DAY
        if ends_on < today():
            raise PolicyHistoryClosed(today=today())
        if adopted.withdrawn_at or (days.upper is not None and days.upper <= after):
            raise PolicyValueEnded()
        if ends_on < days.lower:
            raise PolicyEndsBeforeItStarts()
        adopted.valid_during = DateRange(days.lower, after)
        adopted.save(update_fields=["valid_during"])
        _tell(adopted.key, adopted.scope, after, by)
    return adopted


def withdraw_value(uid: UUID, *, reason: str, by: Viewer) -> PolicyValue:
    """Take back a value that has not started yet; what it would have replaced is not prolonged by itself.

    Refuses `PolicyValueStarted` and `PolicyValueEnded`.
    """
    by.require("policies.set")
    with recorded(by=by, reason=reason):
        adopted = PolicyValue.objects.select_for_update().get(id=policy_value_for(by, uid).pk)
        if adopted.withdrawn_at is not None:
            raise PolicyValueEnded()
        if adopted.valid_during.lower <= today():
            raise PolicyValueStarted(starts_on=adopted.valid_during.lower)
        adopted.withdrawn_at = timezone.now()
        adopted.save(update_fields=["withdrawn_at"])
        _tell(adopted.key, adopted.scope, adopted.valid_during.lower, by)
    return adopted


def suspend_policy(
    key: str,
    *,
    starts_on: date,
    ends_on: date,
    scope: str = "",
    reason: str,
    resolution: str = "",
    by: Viewer,
) -> PolicySuspension:
    """Do not apply a policy from a day to a last day, though it stays adopted. The end is always stated.

    Refuses `ReasonMissing`, `PolicyEndsBeforeItStarts` and `SuspensionOverlaps`.
    """
    by.require("policies.set")
    policy_key(key, scope=scope)
    if not reason.strip():
        raise ReasonMissing()
    days = _days(starts_on, ends_on)
    with recorded(by=by, reason=reason):
        try:
            with transaction.atomic():
                suspension = PolicySuspension.objects.create(
                    key=key,
                    scope=scope,
                    during=days,
                    reason=reason.strip(),
                    resolution=resolution,
                    suspended_by=by.user_id,
                    suspended_by_name=by.name,
                )
        except IntegrityError:
            raise SuspensionOverlaps() from None
        _tell(key, scope, starts_on, by)
    return suspension


def _days(starts_on: date, ends_on: date | None) -> DateRange:
    if ends_on is not None and ends_on < starts_on:
        raise PolicyEndsBeforeItStarts()
    return DateRange(starts_on, None if ends_on is None else ends_on + ONE_DAY)


def _end_the_former(key: str, scope: str, starts_on: date) -> None:
    former = (
        PolicyValue.objects.select_for_update()
        .filter(key=key, scope=scope, withdrawn_at=None)
        .filter(valid_during__contains=starts_on, valid_during__upper_inf=True)
        .first()
    )
    if former is None or former.valid_during.lower == starts_on:
        return
    if starts_on < today():
        raise PolicyHistoryClosed(today=today())
    former.valid_during = DateRange(former.valid_during.lower, starts_on)
    former.save(update_fields=["valid_during"])


def _overlap(key: str, scope: str, days: DateRange) -> PolicyValueOverlaps:
    other = PolicyValue.objects.filter(
        key=key, scope=scope, withdrawn_at=None, valid_during__overlap=days
    ).first()
    if other is None:  # the other writer rolled back between our try and this look
        return PolicyValueOverlaps(first_day="…", last_day="…")
    span = other.valid_during
    last = "…" if span.upper is None else span.upper - ONE_DAY
    return PolicyValueOverlaps(first_day=span.lower, last_day=last)


def _tell(key: str, scope: str, from_day: date, by: Viewer) -> None:
    sheet.changed()
    emit(PolicyChanged(key=key, scope=scope, from_day=from_day), by=by)
