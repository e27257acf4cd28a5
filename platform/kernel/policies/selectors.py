"""Ask the manual: what is the value of this key on this date in this scope? And: why was this decided?

Modules ask by `value(...)` only; nobody reads the tables. An answer is about a date; "now" is never implied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from kernel import registry
from kernel.errors import NotVisible
from kernel.manifest import PolicyKey
from kernel.policies import kinds
from kernel.policies.errors import UnknownPolicyKey
from kernel.policies.models import Decision, ManualTitle, Override, PolicyValue
from kernel.policies.sheet import sheet
from kernel.viewer import Viewer


@dataclass(frozen=True)
class PolicyAnswer:
    """The value in force on the asked date. `version_id` is None when the manifest's default answered.

    `suspended`: the policy stays adopted but is not applied on that date; the point that asks decides what that
    means for it (a gate lets pass).
    """

    key: str
    value: Any
    version_id: int | None
    article: str
    on: date
    scope: str = ""
    suspended: bool = False


def value(key: str, *, on: date, scope: str = "") -> PolicyAnswer:
    """The key's value on that date: the scope's own value, else the municipality's, else the default.

    `on` is the date the key's law points at (its `basis_date`): of application, assessment, event, due or decision.
    Raises `UnknownPolicyKey` for a key that no manifest declares, or a scope where the key has none.
    """
    declared = policy_key(key, scope=scope)
    known = sheet.get()
    suspended = known.is_suspended(key, "", on) or (
        bool(scope) and known.is_suspended(key, scope, on)
    )
    for place in dict.fromkeys((scope, "")):
        span = known.value_on(key, place, on)
        if span is not None:
            return PolicyAnswer(
                key, span.value, span.id, span.article or declared.article, on, place, suspended
            )
    return PolicyAnswer(key, _default(key), None, declared.article, on, "", suspended)


def policy_key(key: str, *, scope: str = "") -> PolicyKey:
    """The declaration of the key. Raises `UnknownPolicyKey`."""
    declared = registry.policy_keys().get(key)
    if declared is None:
        raise UnknownPolicyKey(f"no manifest declares the policy key {key!r}")
    if scope and not declared.scopes:
        raise UnknownPolicyKey(f"the policy key {key!r} has no scopes, but was asked for {scope!r}")
    return declared


def values_of(viewer: Viewer, key: str) -> QuerySet[PolicyValue]:
    """Everything ever adopted for a key, newest first: past, present and scheduled. Policies are public."""
    policy_key(key)
    return PolicyValue.objects.filter(key=key).order_by("-valid_during", "scope")


def policy_value_for(viewer: Viewer, uid: UUID) -> PolicyValue:
    """The adopted value of that uid; `NotVisible` when there is none."""
    found = PolicyValue.objects.filter(uid=uid).first()
    if found is None:
        raise NotVisible()
    return found


@dataclass(frozen=True)
class PolicyLine:
    """One key on the sheet of policies: what it asks, what is in force, and what comes next."""

    key: PolicyKey
    answer: PolicyAnswer
    shown: str
    next_from: date | None


def policy_lines(viewer: Viewer, *, on: date) -> list[PolicyLine]:
    """Every declared key with the municipality's answer on a date, by code. One load, no query per key."""
    known = sheet.get()
    lines = []
    for code, key in sorted(registry.policy_keys().items()):
        answer = value(code, on=on)
        coming = [span.since for span in known.values.get((code, ""), ()) if span.since > on]
        lines.append(
            PolicyLine(key, answer, kinds.shown(key, answer.value), min(coming, default=None))
        )
    return lines


def manual_titles(viewer: Viewer) -> QuerySet[ManualTitle]:
    """The manual's titles in the order of its departments."""
    return ManualTitle.objects.order_by("position", "code")


def decisions_on(viewer: Viewer, subject: str, *, point: str = "") -> QuerySet[Decision]:
    """What was decided on a subject, newest first. Whoever may see the subject may see them: the caller checks."""
    decisions = Decision.objects.filter(subject=subject)
    if point:
        decisions = decisions.filter(point=point)
    return decisions.order_by("-id")


def override_for(subject: str, *, point: str, on: date) -> Override | None:
    """The exception under which the subject may pass the point on that day, if there is one."""
    valid = Override.objects.filter(subject=subject, point=point, expires_on__gte=on)
    return valid.order_by("-id").first()


@dataclass(frozen=True)
class ExplainedAnswer:
    """One policy value behind a decision, in words."""

    title: str
    shown: str
    adopted: bool
    since: date | None
    article: str
    article_title: str
    resolution: str
    suspended: bool


@dataclass(frozen=True)
class Explanation:
    """Why a decision was taken as it was, from what was stored with it; live data is never asked again."""

    decision: Decision
    answers: tuple[ExplainedAnswer, ...]
    reasons: tuple[str, ...]
    inputs: dict[str, Any]
    overrides: tuple[Override, ...]


def explain(decision: Decision) -> Explanation:
    """Tell years later what was judged, under which values of the manual, and with which result."""
    stored: list[dict[str, Any]] = decision.answers
    adopted = PolicyValue.objects.in_bulk(
        [one["version_id"] for one in stored if one["version_id"]]
    )
    articles = {one["article"] for one in stored if one["article"]}
    titles = {one.code: one.title for one in ManualTitle.objects.filter(code__in=articles)}
    return Explanation(
        decision=decision,
        answers=tuple(_explained(one, adopted, titles) for one in stored),
        reasons=_sentences(decision.reasons),
        inputs=decision.inputs,
        overrides=tuple(decision.overrides.order_by("id")),
    )


def _explained(
    stored: dict[str, Any], adopted: dict[int, PolicyValue], titles: dict[str, str]
) -> ExplainedAnswer:
    declared = registry.policy_keys().get(stored["key"])
    row = adopted.get(stored["version_id"] or 0)
    # A key that no module declares any more is shown as it was kept.
    title = str(declared.title) if declared else stored["key"]
    shown = (
        kinds.shown(declared, kinds.read(declared, stored["value"]))
        if declared
        else str(stored["value"])
    )
    return ExplainedAnswer(
        title=title,
        shown=shown,
        adopted=row is not None,
        since=row.valid_during.lower if row else None,
        article=stored["article"],
        article_title=titles.get(stored["article"], ""),
        resolution=row.resolution if row else gettext("default of the system"),
        suspended=stored["suspended"],
    )


def _sentences(reasons: Sequence[Any]) -> tuple[str, ...]:
    return tuple(one["sentence"] if isinstance(one, dict) else str(one) for one in reasons)


@cache
def _default(key: str) -> Any:
    return kinds.default_of(registry.policy_keys()[key])
