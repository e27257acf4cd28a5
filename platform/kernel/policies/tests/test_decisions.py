from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import Conflict, NotPermitted
from kernel.events.models import OutboxEvent
from kernel.money import money
from kernel.policies.errors import AuthorityMissing, OverrideExpired, OwnDecision, ReasonMissing
from kernel.policies.models import Decision
from kernel.policies.selectors import decisions_on, explain, value
from kernel.policies.services import override_decision, override_for, record_decision, set_value
from kernel.policies.services.decide import NOBODY_OVERRIDES_OWN, canonical
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")

POINT, SUBJECT = "desk.submit", "request:0198"


def _refuse_for_dues(by: Viewer) -> Decision:
    return record_decision(
        POINT,
        subject=SUBJECT,
        outcome="refuse",
        inputs={"balance": money(350, "ILS"), "party": 7, "on": date(2026, 11, 22)},
        answers=[value("test.threshold", on=today()), value("test.validity_days", on=today())],
        reasons=[Conflict(), "على المواطن ذمم"],
        basis_date=today(),
        by=by,
    )


def _except(decision: Decision, *, by: Viewer, **more: Any) -> Any:
    told = {
        "authority": "رئيس البلدية",
        "reason": "حالة إنسانية",
        "expires_on": today() + timedelta(days=3),
    }
    return override_decision(decision, **(told | more), by=by)


def test_a_decision_is_explained_from_what_was_known_then(amal: Viewer, hadi: Viewer) -> None:
    adopted = set_value(
        "test.threshold", "200 ILS", starts_on=today(), resolution="7/2026", by=hadi
    )
    decision = _refuse_for_dues(amal)
    set_value("test.threshold", "900 ILS", starts_on=today() + timedelta(days=1), by=hadi)
    told = explain(Decision.objects.get(id=decision.pk))
    threshold, validity = told.answers
    assert (threshold.title, threshold.adopted, threshold.resolution) == (
        "Dues that block",
        True,
        "7/2026",
    )
    assert "200.00" in threshold.shown
    assert threshold.article_title
    assert (validity.adopted, validity.shown) == (False, "30")
    assert told.inputs == {
        "balance": {"amount": "350.00", "currency": "ILS"},
        "party": 7,
        "on": "2026-11-22",
    }
    assert told.reasons[1] == "على المواطن ذمم"
    assert decision.answers[0]["version_id"] == adopted.pk
    assert len(decision.release) == 64


def test_two_decisions_under_the_same_manual_have_the_same_release(
    amal: Viewer, hadi: Viewer
) -> None:
    one, two = _refuse_for_dues(amal), _refuse_for_dues(amal)
    set_value("test.threshold", "200 ILS", starts_on=today(), by=hadi)
    assert one.release == two.release != _refuse_for_dues(amal).release
    assert decisions_on(amal, SUBJECT, point=POINT).count() == 3


def test_a_decision_is_never_changed(amal: Viewer, system: Viewer) -> None:
    decision = _refuse_for_dues(amal)
    row = Decision.objects.filter(id=decision.pk)
    for change in (lambda: row.update(outcome="allow"), row.delete):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            recorded(by=system),
        ):
            change()


def test_somebody_with_authority_lets_a_case_pass_for_a_time(amal: Viewer, salma: Viewer) -> None:
    decision, salma = _refuse_for_dues(amal), salma.with_permissions("policies.override")
    override = _except(decision, by=salma)
    assert override_for(SUBJECT, point=POINT, on=today() + timedelta(days=3)) == override
    assert override_for(SUBJECT, point=POINT, on=today() + timedelta(days=4)) is None
    assert override_for("request:other", point=POINT, on=today()) is None
    assert OutboxEvent.objects.latest("id").name == "policies.DecisionOverridden"
    assert explain(decision).overrides == (override,)


def test_nobody_overrides_their_own_decision_unless_the_manual_says_so(
    salma: Viewer, hadi: Viewer
) -> None:
    salma = salma.with_permissions("policies.override")
    decision = _refuse_for_dues(salma)
    with pytest.raises(OwnDecision):
        _except(decision, by=salma)
    set_value(NOBODY_OVERRIDES_OWN, False, starts_on=today(), by=hadi)
    assert _except(decision, by=salma)


def test_an_exception_needs_right_authority_reason_and_a_coming_end(
    amal: Viewer, salma: Viewer
) -> None:
    decision, may = _refuse_for_dues(amal), salma.with_permissions("policies.override")
    clerk = Viewer(user_id=amal.user_id, name=amal.name)
    for refusal, told in (
        (NotPermitted, {"by": clerk}),
        (AuthorityMissing, {"authority": " ", "by": may}),
        (ReasonMissing, {"reason": "", "by": may}),
        (OverrideExpired, {"expires_on": today() - timedelta(days=1), "by": may}),
    ):
        with pytest.raises(refusal):
            _except(decision, **told)


@pytest.mark.parametrize("told", [0.5, {"a": [1.0]}, object()])
def test_floats_and_objects_are_not_kept_with_a_decision(told: Any) -> None:
    with pytest.raises(TypeError):
        canonical(told)


def test_inputs_read_the_same_for_ever() -> None:
    told = {"b": Decimal("1.50"), "a": {3, 1}, "d": (date(2026, 1, 1), None, True)}
    assert canonical(told) == {"b": "1.50", "a": [1, 3], "d": ["2026-01-01", None, True]}
