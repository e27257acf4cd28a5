"""A release over the fleet: canaries first, then the others side by side, with a rule when to stop.

What has been done is kept in the register, so that a run which was killed is taken up where it stood.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import psycopg
import structlog
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refusal
from kernel.tenancy import HUB, TEMPLATE, use_shared
from tenants.models import Municipality, Rollout, RolloutState, Stage, Turn, TurnState
from tenants.owner import owner
from tenants.release import Newest, Progress
from tenants.roles import grant_municipality
from tenants.states import catalogues, differences, newest, states
from tenants.upgrade.contents import bring, foreseen, having_all, in_words, lacking
from tenants.upgrade.rendering import Plan, plan_from
from tenants.upgrade.running import LOCK_TIMEOUT_MS, MOST_TRIES, PAUSE, run_plan

log = structlog.get_logger(__name__)
_LOCK = 7402028


class ReleaseRuns(Refusal):
    code = "release_runs"
    sentence = _("A release is running already; wait until it has ended.")


class NoSuchCanary(Refusal):
    code = "no_such_canary"
    sentence = _("There is no municipality with the short name “%(schema)s” to begin with.")


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """How the release is to be run. `stop_after` failures no further municipality is begun."""

    canaries: Sequence[str] = ()
    parallel: int = 4
    stop_after: int = 3
    dry_run: bool = False
    asked_by: str = ""
    lock_timeout_ms: int = LOCK_TIMEOUT_MS
    most_tries: int = MOST_TRIES
    pause: float = PAUSE


@dataclass
class Outcome:
    """What came of it. `plans` by the state in which municipalities were; `behind` by schema; `lacking` have the newest
    tables and not what the release has to plant; `brought` is what was planted where (foreseen, in a dry run)."""

    target: str
    fleet: int = 0
    behind: dict[str, str] = field(default_factory=dict)
    plans: dict[str, Plan] = field(default_factory=dict)
    lacking: list[str] = field(default_factory=list)
    brought: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    stopped: bool = False

    @property
    def holds(self) -> bool:
        return not (self.failed or self.refused or self.stopped)


def roll_out(
    wishes: Wishes,
    *,
    progress: Progress = lambda line: None,
    count: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Bring every municipality to the template's state. Refuses `ReleaseRuns`, `NoSuchCanary`.

    One question tells who is behind; nobody behind, nothing done. A municipality whose tables are not those of its
    release is refused and named; a failure stops only what has not begun.
    """
    with alone(), ExitStack() as left:
        release = None if wishes.dry_run else left.enter_context(Newest())
        target = release.fingerprint if release else newest()
        fleet = _fleet()
        unknown = [one for one in wishes.canaries if one not in fleet]
        if unknown:
            raise NoSuchCanary(schema=unknown[0])
        now = states(list(fleet))
        behind = {name: now.get(name, "") for name in fleet if now.get(name) != target}
        there = [name for name in fleet if name not in behind]
        outcome = Outcome(target, len(fleet), behind, lacking=lacking(there))
        if not wishes.dry_run:
            _note_those_there(target, there)
        if not behind and not outcome.lacking:
            if release:
                release.kept()
            _close_left_open()
            return outcome
        for state in sorted(set(behind.values()) - {""}):
            towns = [name for name, at in behind.items() if at == state]
            progress(f"plan from {state[:12]} for {len(towns)}")
            outcome.plans[state] = plan_from(state, towns, prove=not wishes.dry_run)
        _refuse(outcome, progress)
        if release:
            release.kept()
        if wishes.dry_run:
            told = {name: foreseen(name) for name in outcome.lacking}
            outcome.brought = {name: what for name, what in told.items() if what}
        else:
            _Run(wishes, outcome, fleet, progress, count).go()
        return outcome


@contextmanager
def alone() -> Iterator[None]:
    """One release at a time in a database, whoever asked."""
    with owner() as held:
        if not held.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone()[0]:  # type: ignore[index]
            raise ReleaseRuns()
        yield


def _fleet() -> dict[str, Municipality]:
    with use_shared():
        # Only what every release of the register has: a dry run comes before its own tables do.
        towns = (
            Municipality.objects.only("schema_name", "stage")
            .exclude(schema_name=HUB)
            .exclude(stage=Stage.PROVISIONING)
        )
        return {one.schema_name: one for one in towns.order_by("schema_name")}


def _note_those_there(target: str, there: Sequence[str]) -> None:
    with use_shared():
        Municipality.objects.filter(schema_name__in=there).exclude(release=target).update(
            release=target
        )


def _close_left_open() -> None:
    """Accounts of runs that were killed after their last municipality."""
    with use_shared():
        Rollout.objects.filter(state=RolloutState.RUNNING).update(
            state=RolloutState.DONE, finished_at=timezone.now()
        )


def _refuse(outcome: Outcome, progress: Progress) -> None:
    """Before anything is touched: whoever's tables are not those of his release is named and left alone.

    A municipality in which an earlier run was killed between two steps is in a state of its own, with its own plan.
    """
    for plan in outcome.plans.values():
        outcome.refused |= plan.drifted
    outcome.refused |= {
        name: "no table of migrations" for name, state in outcome.behind.items() if not state
    }
    for name, why in sorted(outcome.refused.items()):
        progress(f"{name}: REFUSED, its tables are not those of its release: {why}")


def _queue(names: Sequence[str]) -> SimpleQueue[str]:
    queue: SimpleQueue[str] = SimpleQueue()
    for name in names:
        queue.put(name)
    return queue


class _Line(ExitStack):
    """The owner's connection of one hand; another when the database has cut it."""

    _said: psycopg.Connection | None = None

    def said(self) -> psycopg.Connection:
        if self._said is None or self._said.closed:
            self._said = self.enter_context(owner())
        return self._said


class _Run:
    """One run over those who are behind."""

    def __init__(
        self,
        wishes: Wishes,
        outcome: Outcome,
        fleet: dict[str, Municipality],
        progress: Progress,
        count: Callable[[int, int], None],
    ) -> None:
        self.wishes, self.outcome, self.fleet = wishes, outcome, fleet
        self.progress, self.count = progress, count
        self.lock = threading.Lock()
        self.have_all = set(having_all(list(outcome.behind)))
        self.rollout = self._open()

    def go(self) -> None:
        ready = [name for name in self._asked() if name not in self.outcome.refused]
        canaries = [name for name in self.wishes.canaries if name in ready]
        self._hand(_queue(canaries))
        if self.outcome.failed:
            self.outcome.stopped = True
        else:
            rest = [name for name in ready if name not in canaries]
            left, most = _queue(rest), max(1, self.wishes.parallel)
            with ThreadPoolExecutor(max_workers=most) as hands:
                list(hands.map(self._in_a_thread, [left] * most))
        moved = [name for name in ready if name in self.outcome.behind]
        self._prove([name for name in moved if name not in self.outcome.failed])
        self._close()

    def _asked(self) -> list[str]:
        """Those whose turn comes: first new tables, then what stands in them."""
        return [*self.outcome.behind, *self.outcome.lacking]

    def _in_a_thread(self, left: SimpleQueue[str]) -> None:
        try:
            self._hand(left)
        finally:
            connection.close()

    def _hand(self, left: SimpleQueue[str]) -> None:
        """One after another until none is left or the release stops; all by one connection as long as it lives."""
        with _Line() as line:
            while not left.empty() and not self.outcome.stopped:
                try:
                    name = left.get_nowait()
                except Empty:
                    return
                self._one(name, line)

    def _one(self, name: str, line: _Line) -> None:
        began = time.monotonic()
        self._turn(name, state=TurnState.RUNNING)
        tries = 1
        try:
            if name in self.outcome.behind:
                tries = self._move(name, line.said())
                if self.outcome.plans[self.outcome.behind[name]].makes_objects:
                    self._grant(name)
            brought = {} if name in self.have_all else bring(name, release=self.outcome.target)
        except Exception as error:  # one municipality's failure never stops another's work
            self._failed(name, error)
            return
        took = round((time.monotonic() - began) * 1000)
        with use_shared():
            Municipality.objects.filter(schema_name=name).update(release=self.outcome.target)
        self._turn(
            name,
            state=TurnState.DONE,
            tries=tries,
            took_ms=took,
            error="",
            brought=brought,
            finished_at=timezone.now(),
        )
        with self.lock:
            self.outcome.done += 1
            self.count(self.outcome.done, len(self._asked()))
            self.progress(f"{name}: done in {took} ms" + (f", {tries} tries" if tries > 1 else ""))
            if brought:
                self.outcome.brought[name] = brought
                self.progress(f"{name}: {in_words(brought)}")

    def _move(self, name: str, said: psycopg.Connection) -> int:
        return run_plan(
            self.outcome.plans[self.outcome.behind[name]],
            name,
            said=said,
            tried=lambda tries: self._waits(name, tries),
            lock_timeout_ms=self.wishes.lock_timeout_ms,
            most_tries=self.wishes.most_tries,
            pause=self.wishes.pause,
        )

    def _grant(self, name: str) -> None:
        """New tables are the municipality's too."""
        with use_shared(), transaction.atomic():
            grant_municipality(name)

    def _waits(self, name: str, tries: int) -> None:
        self._turn(name, tries=tries)
        self.progress(f"{name}: somebody holds a table, try {tries}")

    def _failed(self, name: str, error: BaseException) -> None:
        text = " ".join(str(error).split())[:500] or type(error).__name__
        log.error("release.failed", tenant=name, error=text)
        self._turn(name, state=TurnState.FAILED, error=text, finished_at=timezone.now())
        with self.lock:
            self.outcome.failed[name] = text
            self.progress(f"{name}: FAILED: {text}")
            if len(self.outcome.failed) >= self.wishes.stop_after:
                self.outcome.stopped = True

    def _turn(self, name: str, **changes: object) -> None:
        with use_shared():
            Turn.objects.filter(rollout=self.rollout, municipality=self.fleet[name]).update(
                **changes
            )

    def _prove(self, moved: Sequence[str]) -> None:
        """What is in each of them now is what is in the template."""
        turned = self._done_of(moved)
        really = catalogues(turned)
        plan = next(iter(self.outcome.plans.values()), None)
        for name in turned:
            if plan is not None and really.get(name) != plan.after:
                with owner() as said:
                    why = "; ".join(differences(name, TEMPLATE, of=said))
                self._failed(name, RuntimeError(f"differs from the template: {why}"))
                self.outcome.done -= 1

    def _done_of(self, names: Sequence[str]) -> list[str]:
        with use_shared():
            done = Turn.objects.filter(
                rollout=self.rollout, municipality__schema_name__in=names, state=TurnState.DONE
            )
            return sorted(done.values_list("municipality__schema_name", flat=True))

    def _open(self) -> Rollout:
        steps = sorted({str(step) for plan in self.outcome.plans.values() for step in plan.steps})
        with use_shared():
            left = Rollout.objects.filter(state=RolloutState.RUNNING).order_by("-id").first()
            if left is not None and left.target != self.outcome.target:
                Rollout.objects.filter(state=RolloutState.RUNNING).update(
                    state=RolloutState.STOPPED, finished_at=timezone.now()
                )
                left = None
            if left is None:
                left = Rollout.objects.create(
                    target=self.outcome.target, steps=steps, asked_by=self.wishes.asked_by
                )
            Turn.objects.bulk_create(
                [self._new_turn(left, name) for name in self._asked()],
                update_conflicts=True,
                unique_fields=["rollout", "municipality"],
                update_fields=["state", "error"],
            )
        return left

    def _new_turn(self, rollout: Rollout, name: str) -> Turn:
        why = self.outcome.refused.get(name, "")
        return Turn(
            rollout=rollout,
            municipality=self.fleet[name],
            state=TurnState.REFUSED if why else TurnState.WAITING,
            is_canary=name in self.wishes.canaries,
            error=why[:500],
        )

    def _close(self) -> None:
        with use_shared():
            Rollout.objects.filter(pk=self.rollout.pk).update(
                state=RolloutState.STOPPED if self.outcome.stopped else RolloutState.DONE,
                finished_at=timezone.now(),
                note="; ".join(sorted(self.outcome.failed | self.outcome.refused))[:500],
            )
