"""Over random routes and random acts a request never stands where it cannot stand, and always comes to an end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.calendar.models import Holiday
from kernel.calendar.selectors import today
from kernel.calendar.services import declare_holiday, withdraw_holiday
from kernel.errors import Refusal
from kernel.organisation.selectors import section_by_code
from kernel.parties.models import Party
from kernel.parties.services import merge_parties
from kernel.viewer import Viewer
from modules.frontdesk.applying import fee_amount
from modules.frontdesk.constants import DeficiencyKind, State, StepState
from modules.frontdesk.definitions import read_definition
from modules.frontdesk.models import Pause, Request, RequestStep
from modules.frontdesk.progress import state_of
from modules.frontdesk.services import (
    DeficiencyInput,
    ask_beside,
    complete_step,
    decide_request,
    drop_beside,
    external_answered,
    move_deadlines,
    resubmit,
    return_to_citizen,
    send_back,
    submit_request,
    take_step,
    undo_last,
    wait_external,
    withdraw_request,
)
from modules.frontdesk.services.catalogue import add_services
from modules.frontdesk.services.deadlines import promised_date
from modules.frontdesk.services.draft import Persons, open_draft
from modules.frontdesk.services.recording import facts_of
from modules.frontdesk.tests.factories import citizen

SECTIONS = ("front_desk", "legal", "planning", "mayor_office")
CONDITIONS = ("", "urgent", "!urgent", "size > 10", "s1_0.outcome == 'favourable'", "has(size)")
ACTS = (
    "take", "complete", "complete", "complete", "decide", "return", "resubmit", "outside", "answered", "back",
    "beside", "drop", "undo", "withdraw", "holiday", "opened_again", "merge", "new_year",
)  # fmt: skip


@st.composite
def routes(draw: Any) -> list[dict[str, Any]]:
    """One to four stages of one to three steps, some on a condition; perhaps a decision; a delivery at the end."""
    stages = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        steps = [
            {
                "code": f"s{number}_{place}",
                "title": {"ar": "إجراء"},
                "kind": "technical_check",
                "section": draw(st.sampled_from(SECTIONS)),
                "days": draw(st.integers(0, 5)),
                "done_if": draw(st.sampled_from(CONDITIONS if number > 1 else CONDITIONS[:4])),
            }
            for place in range(draw(st.integers(1, 3)))
        ]
        stages.append({"steps": steps})
    if draw(st.booleans()):
        decide = {
            "code": "decide", "title": {"ar": "قرار"}, "kind": "decision", "section": "mayor_office", "decides": True,
        }  # fmt: skip
        stages.append({"steps": [decide]})
    end = {"code": "end", "title": {"ar": "تبليغ"}, "kind": "delivery", "section": "front_desk"}
    return [*stages, {"steps": [end]}]


class _Undone(Exception):
    """Takes one example's rows back."""


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    route=routes(),
    urgent=st.booleans(),
    size=st.sampled_from(["", "5", "50"]),
    acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), min_size=4, max_size=14),
)
def test_whatever_is_done_the_request_stands_where_its_facts_say(
    town: str,
    system: Viewer,
    nour: Any,
    sunday: Any,
    route: Any,
    urgent: bool,
    size: str,
    acts: Any,
) -> None:
    design = read_definition(
        {
            "title": {"ar": "خدمة"},
            "days": 10,
            "route": route,
            "fields": [
                {"code": "urgent", "kind": "bool", "label": {"ar": "مستعجل"}},
                {"code": "size", "kind": "number", "label": {"ar": "حجم"}},
            ],
        }
    )
    with pytest.raises(_Undone), transaction.atomic():
        add_services([("ZZ-001", design, True)], by=system)
        made = open_draft(
            "ZZ-001",
            persons=Persons(applicant=nour),
            answers={"urgent": urgent, "size": size},
            by=system,
        )
        assert submit_request(made.uid, by=system).accepted
        _check(made)
        for act, which in acts:
            if which == 5:
                sunday.shift(timedelta(days=1))
            try:
                with transaction.atomic():
                    if act in _TIMES:
                        _TIMES[act](which, made, sunday, system)
                    else:
                        _do(act, which, made, system)
            except Refusal:
                pass
            _check(made)
        _finish(made, system)
        raise _Undone


def _close(which: int, made: Request, sunday: Any, by: Viewer) -> None:
    first = today() + timedelta(days=1 + 2 * which)
    declare_holiday(first_day=first, last_day=first + timedelta(days=1), name_ar="عطلة", by=by)
    move_deadlines(first_day=first, last_day=first + timedelta(days=1), by=by)


def _open_again(which: int, made: Request, sunday: Any, by: Viewer) -> None:
    closed = Holiday.objects.filter(withdrawn_at=None, first_day__gt=today()).order_by("id").last()
    if closed is not None:
        withdraw_holiday(closed.uid, reason="أُلغيت", by=by)
        move_deadlines(first_day=closed.first_day, last_day=closed.last_day, by=by)


def _merge(which: int, made: Request, sunday: Any, by: Viewer) -> None:
    """The applicant's record turns out to be a double: from now on it speaks through another."""
    applicant = Party.objects.get(pk=Request.objects.get(pk=made.pk).applicant_id)
    if applicant.alias_of_id is None:
        kept = citizen(by=by, id_number="", given_name="نورا")
        merge_parties(keep=kept.uid, alias=applicant.uid, reason="مكرر", by=by)


_TIMES: dict[str, Callable[..., None]] = {
    "holiday": _close,
    "opened_again": _open_again,
    "merge": _merge,
    "new_year": lambda which, made, sunday, by: sunday.shift(timedelta(days=9 + which)),
}


def _do(act: str, which: int, made: Request, by: Viewer) -> None:
    steps = list(RequestStep.objects.filter(request=made, state=StepState.OPEN).order_by("id"))
    if not steps:
        return
    step = steps[which % len(steps)]
    doing: dict[str, Callable[[], Any]] = {
        "take": lambda: take_step(made.uid, step.uid, by=by),
        "complete": lambda: complete_step(
            made.uid, step.uid, outcome="favourable" if which % 2 else "unfavourable",
            answers={"opinion": "لا مانع"} if step.is_added else {}, by=by,
        ),
        "decide": lambda: decide_request(
            made.uid, step.uid, decision="approved" if which % 2 else "rejected", reason="نص",
            reason_code="" if which % 2 else "law", by=by,
        ),
        "return": lambda: return_to_citizen(
            made.uid, step.uid, deficiencies=[DeficiencyInput(DeficiencyKind.CLARIFICATION, note="وضّح")], by=by
        ),
        "resubmit": lambda: resubmit(
            made.uid,
            mended=[
                one.uid
                for pause in Pause.objects.filter(request=made, ended_at=None)
                for one in pause.deficiencies.all()
            ],
            by=by,
        ),
        "outside": lambda: wait_external(made.uid, step.uid, body="جهة", by=by),
        "answered": lambda: external_answered(made.uid, step.uid, answer="لا مانع", by=by),
        "back": lambda: send_back(made.uid, step.uid, to_code="s1_0", reason="إعادة", by=by),
        "beside": lambda: ask_beside(
            made.uid, step.uid, section=section_by_code(SECTIONS[which % 4]), days=1, reason="رأي", by=by
        ),
        "drop": lambda: drop_beside(made.uid, step.uid, reason="لا حاجة", by=by),
        "undo": lambda: undo_last(made.uid, by=by),
        "withdraw": lambda: withdraw_request(made.uid, reason="سحب", by=by) if which == 0 else None,
    }  # fmt: skip
    doing[act]()


def _check(made: Request) -> None:
    """What always holds, whatever was done."""
    request = Request.objects.get(pk=made.pk)
    steps = list(RequestStep.objects.filter(request=request))
    by_state: dict[str, list[RequestStep]] = {}
    for one in steps:
        by_state.setdefault(one.state, []).append(one)
    opened = by_state.get(StepState.OPEN, [])
    assert len({one.stage for one in opened}) <= 1, "two stages are open at once"
    assert len({(one.code, one.round) for one in steps}) == len(steps)
    if opened:
        assert all(one.stage >= opened[0].stage for one in by_state.get(StepState.PLANNED, []))
    if request.is_closed:
        assert not opened
        assert request.closed_at is not None
    else:
        assert opened, "nobody has anything to do, and it is not finished"
    assert request.state == state_of(facts_of(request, steps))
    assert request.number == made.number or made.number is None
    assert (
        request.promised_on is None
        or request.submitted_on is None
        or (request.promised_on >= request.submitted_on)
    )
    waiting = Pause.objects.filter(request=request, ended_at=None)
    if not request.is_closed and not waiting.exists():
        assert request.promised_on == promised_date(request), "the promised date is not its clock's"
        for one in opened:
            assert one.due_on is not None
    assert not Pause.objects.filter(request=request, ended_on__lt=F("started_on")).exists()


def _finish(made: Request, by: Viewer) -> None:
    """From wherever it stands, doing what is left ends it."""
    for _turn in range(60):
        request = Request.objects.get(pk=made.pk)
        if request.is_closed:
            assert request.state in (State.COMPLETED, State.CANCELLED)
            return
        for act, which in (("resubmit", 1), ("answered", 1), ("complete", 1), ("decide", 1)):
            try:
                with transaction.atomic():
                    _do(act, which, made, by)
            except Refusal:
                continue
        _check(made)
    raise AssertionError("the route never ends")


def _fee(**fee: Any) -> Any:
    return read_definition(
        {
            "title": {"ar": "خ"},
            "days": 1,
            "fields": [
                {"code": "units", "kind": "number", "label": {"ar": "وحدات"}},
                {"code": "use", "kind": "choice", "label": {"ar": "استعمال"},
                 "choices": [{"code": "a", "label": {"ar": "أ"}}, {"code": "b", "label": {"ar": "ب"}}]},
            ],
            "fees": [{"code": "f", "title": {"ar": "رسم"}, "when": "at_intake", **fee}],
            "route": [{"steps": [{"code": "end", "title": {"ar": "ت"}, "kind": "delivery", "section": "front_desk"}]}],
        }
    )  # fmt: skip


BANDS = {
    "kind": "bands",
    "of": "units",
    "bands": [{"upto": "100", "amount": "50"}, {"upto": "", "amount": "50", "rate": "1.5"}],
}
TABLE = {
    "kind": "table",
    "of": "use",
    "cells": [{"answer": "a", "amount": "20"}, {"answer": "b", "amount": "0"}],
}


@pytest.mark.parametrize(
    ("fee", "facts", "amount"),
    [
        (BANDS, {"units": Decimal(0)}, "50"),
        (BANDS, {"units": Decimal(100)}, "50"),
        (BANDS, {"units": Decimal("100.01")}, "50.015"),
        (BANDS, {"units": Decimal(120)}, "80"),
        (BANDS, {"units": None}, None),
        (BANDS, {"units": Decimal(-1)}, None),
        ({**BANDS, "most": "70"}, {"units": Decimal(120)}, "70"),
        ({**BANDS, "least": "60"}, {"units": Decimal(1)}, "60"),
        (TABLE, {"use": "a"}, "20"),
        (TABLE, {"use": "b"}, "0"),
        (TABLE, {"use": ""}, None),
        ({**TABLE, "charged_if": "units > 5"}, {"use": "a", "units": Decimal(1)}, "0"),
        ({**TABLE, "charged_if": "units > 5"}, {"use": "a", "units": None}, None),
    ],
)
def test_a_fee_is_the_readmes_or_nobodys_guess(fee: Any, facts: Any, amount: str | None) -> None:
    design = _fee(**fee)
    found = fee_amount(design.fees[0], design, facts)
    assert found == (None if amount is None else Decimal(amount))
