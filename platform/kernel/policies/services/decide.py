"""Record what was decided, and let a case pass against it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from moneyed import Money

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Refusal
from kernel.events.services import emit
from kernel.policies.errors import AuthorityMissing, OverrideExpired, OwnDecision, ReasonMissing
from kernel.policies.events import DecisionOverridden
from kernel.policies.kinds import checked
from kernel.policies.models import Decision, Override
from kernel.policies.selectors import PolicyAnswer, policy_key, value
from kernel.policies.sheet import sheet
from kernel.viewer import Viewer

NOBODY_OVERRIDES_OWN = "policies.nobody_overrides_own"


def record_decision(
    point: str,
    *,
    subject: str,
    outcome: str,
    inputs: Mapping[str, Any],
    answers: Iterable[PolicyAnswer],
    reasons: Iterable[Any] = (),
    basis_date: date,
    by: Viewer,
) -> Decision:
    """Keep a decision with all that it was taken from, in the caller's transaction; it is never changed.

    `inputs` are values (no floats, no objects); `reasons` are sentences, refusals, or {"code", "sentence", …}.
    """
    decision = decision_row(
        point,
        subject=subject,
        outcome=outcome,
        inputs=inputs,
        answers=answers,
        reasons=reasons,
        basis_date=basis_date,
        by=by,
    )
    decision.save(force_insert=True)
    return decision


def decision_row(
    point: str,
    *,
    subject: str,
    outcome: str,
    inputs: Mapping[str, Any],
    answers: Iterable[PolicyAnswer],
    reasons: Iterable[Any] = (),
    basis_date: date,
    by: Viewer,
) -> Decision:
    """The same, not written yet: for a service that writes several in one go."""
    return Decision(
        point=point,
        subject=subject,
        outcome=outcome,
        inputs=canonical(inputs),
        answers=[_kept(answer) for answer in answers],
        reasons=[_reason(one) for one in reasons],
        basis_date=basis_date,
        release=sheet.get().release,
        decided_by=by.user_id,
        decided_by_name=by.name,
        request_id=by.request_id,
    )


def override_decision(
    decision: Decision, *, authority: str, reason: str, expires_on: date, by: Viewer
) -> Override:
    """Let the decision's subject pass its point until a day, by authority and for a reason (policy GOV-05).

    Needs `policies.override`. Refuses `AuthorityMissing`, `ReasonMissing`, `OverrideExpired`, and `OwnDecision`
    where the municipality's policy says that nobody overrides their own decision (the default).
    """
    by.require("policies.override")
    if not authority.strip():
        raise AuthorityMissing()
    if not reason.strip():
        raise ReasonMissing()
    if expires_on < today():
        raise OverrideExpired()
    own = by.user_id is not None and by.user_id == decision.decided_by
    if own and value(NOBODY_OVERRIDES_OWN, on=today()).value:
        raise OwnDecision()
    with recorded(by=by, reason=reason):
        override = Override.objects.create(
            decision=decision,
            point=decision.point,
            subject=decision.subject,
            authority=authority.strip(),
            reason=reason.strip(),
            expires_on=expires_on,
            overridden_by=by.user_id,
            overridden_by_name=by.name,
        )
        emit(
            DecisionOverridden(
                override_uid=str(override.uid),
                point=decision.point,
                subject=decision.subject,
                expires_on=expires_on,
            ),
            by=by,
        )
    return override


def canonical(told: Any) -> Any:
    """Inputs as JSON that reads the same for ever. A float is a fault in our code, never converted."""
    if told is None or isinstance(told, str | bool | int):
        return told
    if isinstance(told, Promise | UUID):
        return str(told)
    if isinstance(told, Decimal):
        return format(told, "f")
    if isinstance(told, Money):
        return {"amount": format(told.amount, "f"), "currency": told.currency.code}
    if isinstance(told, datetime | date):
        return told.isoformat()
    if isinstance(told, Mapping):
        return {str(name): canonical(one) for name, one in told.items()}
    if isinstance(told, frozenset | set):
        return sorted(canonical(one) for one in told)
    if isinstance(told, list | tuple):
        return [canonical(one) for one in told]
    raise TypeError(f"{type(told).__name__} cannot be kept with a decision")


def _kept(answer: PolicyAnswer) -> dict[str, Any]:
    return {
        "key": answer.key,
        "value": checked(policy_key(answer.key), answer.value),
        "version_id": answer.version_id,
        "scope": answer.scope,
        "article": answer.article,
        "on": answer.on.isoformat(),
        "suspended": answer.suspended,
    }


def _reason(one: Any) -> Any:
    if isinstance(one, Refusal):
        return {"code": one.code, "sentence": str(one), "facts": canonical(one.facts)}
    return canonical(one)
