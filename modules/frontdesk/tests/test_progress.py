"""The state of a request follows from its facts: over random routes it never stands where it cannot stand."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from modules.frontdesk.constants import PauseKind, State, StepKind, StepState
from modules.frontdesk.progress import Facts, StepFacts, is_finished, stage_to_open, state_of

KINDS = [StepKind.TECHNICAL_CHECK, StepKind.LEGAL_CHECK, StepKind.FEE_COLLECTION, StepKind.DELIVERY]
ROUTES = st.lists(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3), min_size=1, max_size=6)


def _route(stages: list[list[str]]) -> list[StepFacts]:
    return [
        StepFacts(f"s{stage}_{n}", stage, kind, StepState.PLANNED)
        for stage, kinds in enumerate(stages, start=1)
        for n, kind in enumerate(kinds)
    ]


def _change(steps: list[StepFacts], code: str, state: str) -> list[StepFacts]:
    return [
        StepFacts(one.code, one.stage, one.kind, state) if one.code == code else one
        for one in steps
    ]


@settings(deadline=None)
@given(ROUTES, st.randoms())
def test_every_route_ends_however_its_steps_are_taken(
    stages: list[list[str]], random: object
) -> None:
    steps, turns = _route(stages), 0
    while not is_finished(steps):
        stage = stage_to_open(steps)
        if stage is not None:
            assert not any(one.state == StepState.OPEN for one in steps)
            for one in [step for step in steps if step.stage == stage]:
                steps = _change(steps, one.code, StepState.OPEN)
        still_open = [one for one in steps if one.state == StepState.OPEN]
        assert still_open
        assert len({one.stage for one in still_open}) == 1
        chosen = random.choice(still_open)  # type: ignore[attr-defined]
        steps = _change(steps, chosen.code, StepState.DONE)
        state = state_of(Facts(submitted=True, steps=tuple(steps)))
        assert state == (State.COMPLETED if is_finished(steps) else State.IN_PROGRESS)
        turns += 1
    assert turns == len(steps)


@given(ROUTES)
def test_a_stage_never_opens_before_the_one_in_front_is_done(stages: list[list[str]]) -> None:
    steps = _route(stages)
    for one in [step for step in steps if step.stage == 1]:
        steps = _change(steps, one.code, StepState.OPEN)
    assert stage_to_open(steps) is None


def test_who_is_waited_for_is_told_before_what_is_done() -> None:
    steps = (StepFacts("a", 1, StepKind.LEGAL_CHECK, StepState.OPEN),)
    paused = frozenset({PauseKind.CITIZEN.value})
    assert state_of(Facts(submitted=True, steps=steps)) == State.SUBMITTED
    assert state_of(Facts(submitted=True, steps=steps, open_pauses=paused)) == State.WAITING_CITIZEN
    assert (
        state_of(Facts(submitted=True, steps=steps, open_pauses=paused, papers_missing=True))
        == State.MISSING_ITEMS
    )
    assert (
        state_of(Facts(submitted=True, steps=steps, externally_paused=frozenset({"a"})))
        == State.WAITING_EXTERNAL
    )
    assert state_of(Facts(submitted=True, steps=steps, decision="approved")) == State.APPROVED
    assert state_of(Facts(submitted=True, steps=steps, withdrawn=True)) == State.CANCELLED
    assert state_of(Facts(submitted=False)) == State.DRAFT


def test_money_is_waited_for_only_when_nothing_else_is_open() -> None:
    paying = frozenset({PauseKind.PAYMENT.value})
    fee = StepFacts("fee", 2, StepKind.FEE_COLLECTION, StepState.OPEN)
    beside = StepFacts("check", 2, StepKind.TECHNICAL_CHECK, StepState.OPEN)
    assert (
        state_of(Facts(submitted=True, steps=(fee,), open_pauses=paying)) == State.WAITING_PAYMENT
    )
    assert (
        state_of(Facts(submitted=True, steps=(fee, beside), open_pauses=paying)) == State.SUBMITTED
    )


def test_an_outside_body_holds_one_section_while_the_other_goes_on() -> None:
    steps = (
        StepFacts("a", 1, StepKind.LEGAL_CHECK, StepState.OPEN, taken=True),
        StepFacts("b", 1, StepKind.TECHNICAL_CHECK, StepState.OPEN),
    )
    assert (
        state_of(Facts(submitted=True, steps=steps, externally_paused=frozenset({"a"})))
        == State.IN_PROGRESS
    )
