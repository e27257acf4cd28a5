"""A visitor of both twins: one thread with one connection, now here, now there, with faults on the way."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from queue import Empty, Queue
from typing import Any

from celery.signals import before_task_publish
from django.conf import settings
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test import Client

from config.celery import app
from kernel.identity.models import User
from kernel.organisation.selectors import viewer_for
from kernel.tenancy import HUB, use
from kernel.viewer import Viewer
from tests.canary.sightings import LogWitness, Sightings
from tests.canary.twins import Town, Twins


@dataclass(frozen=True)
class Answer:
    """What came back, read to its end."""

    status: int
    kind: str
    body: bytes


Message = tuple[str, list[Any], dict[str, Any]]


class InjectedFault(Exception):
    """Thrown where nobody expects it."""


def _throws(execute: Callable[..., Any], *asked: Any) -> Any:
    raise InjectedFault("thrown in the middle")


def _aborts(execute: Callable[..., Any], *asked: Any) -> Any:
    """The transaction is broken from here on."""
    with connection.connection.cursor() as raw:
        raw.execute("SELECT 1 / 0")


def _closes(execute: Callable[..., Any], *asked: Any) -> Any:
    connection.connection.close()
    return execute(*asked)


def _rolls_back(execute: Callable[..., Any], *asked: Any) -> Any:
    """A savepoint is set and undone before the query runs."""
    if connection.in_atomic_block:
        undone = transaction.savepoint()
        transaction.savepoint_rollback(undone)
    else:
        with transaction.atomic():
            transaction.set_rollback(True)
    return execute(*asked)


FAULTS = (_throws, _aborts, _closes, _rolls_back)
HARMLESS = frozenset({_rolls_back})
HUB_HOST = "hub.test"


class Visitor:
    """Does acts in either town. `faults`: what share of its visits meets one."""

    def __init__(
        self,
        twins: Twins,
        sightings: Sightings,
        logs: LogWitness,
        *,
        queues: dict[str, Queue[Message]],
        today: date,
        seed: int = 0,
        faults: float = 0.0,
    ) -> None:
        self.twins, self.sightings, self.logs = twins, sightings, logs
        self.queues, self.today = queues, today
        self.chance = random.Random(seed)
        self.faults = faults
        self.answered: Counter[str] = Counter()
        self.statuses: dict[str, set[int]] = {}
        self._clients: dict[tuple[str, str], Client] = {}
        self.doing = ""

    # --- Ways in ---------------------------------------------------------------------------------

    def client(self, town: Town | None, who: str) -> Client:
        """A browser with Mighty signed in, a programme with a key, or anybody; without a town, at the hub."""
        if town is None:
            return self._client_of_hub(who)
        if (town.schema, who) not in self._clients:
            extra = (
                {"HTTP_AUTHORIZATION": f"Bearer {self.twins.keys[town.schema]}"}
                if who == "programme"
                else {}
            )
            made = Client(raise_request_exception=False, HTTP_HOST=town.host, **extra)
            if who == "browser":
                with use(town.schema):
                    made.force_login(User.objects.get(username="mighty"))
            if who != "programme":
                made.cookies.load(self.twins.proofs[town.schema])
            self._clients[town.schema, who] = made
        return self._clients[town.schema, who]

    def _client_of_hub(self, who: str) -> Client:
        """The operator, the coordinator, the collector of numbers, or anybody."""
        if (HUB, who) not in self._clients:
            extra = (
                {"HTTP_AUTHORIZATION": f"Bearer {settings.METRICS_TOKEN}"}
                if who == "collector"
                else {}
            )
            made = Client(raise_request_exception=False, HTTP_HOST=HUB_HOST, **extra)
            if who in {"operator", "coordinator"}:
                with use(HUB):
                    made.force_login(User.objects.get(username=who))
            self._clients[HUB, who] = made
        return self._clients[HUB, who]

    def asks(
        self,
        town: Town | None,
        method: str,
        address: str,
        *,
        who: str,
        faulty: bool = True,
        **told: Any,
    ) -> Answer:
        """One request; the answer is looked at. Without a fault of ours nothing may break."""
        client = self.client(town, who)
        with self.serving(town), self._met_by_a_fault(faulty) as fault:
            answer = getattr(client, method)(address, **told)
        where = f"{who} {method} {address} of {town.schema if town else HUB}"
        if answer.status_code >= 500 and (fault is None or fault in HARMLESS):
            self.sightings.tell(f"{where} answers {answer.status_code}: {_why(answer)}")
        if fault is None:
            self.statuses.setdefault(self.doing, set()).add(answer.status_code)
        self.answered[f"{answer.status_code // 100}xx"] += 1
        body = self.sightings.look_at_answer(answer, of=town, where=where)
        return Answer(answer.status_code, answer.get("Content-Type", ""), body)

    @contextmanager
    def inside(self, town: Town) -> Iterator[Viewer]:
        """The town entered without a request, with Mighty's rights."""
        with self.serving(town), use(town.schema):
            yield viewer_for(
                User.objects.get(username="mighty"), channel="task", request_id="canary-inside"
            )

    def works(self, task: str, args: list[Any], kwargs: dict[str, Any], town: Town | None) -> None:
        """What a worker does with a message; what the task returns is looked at too."""
        result = app.tasks[task].apply(args=args, kwargs=kwargs)
        self.answered[result.state] += 1
        if result.state == "FAILURE" and isinstance(result.result, DatabaseError):
            self.sightings.tell(f"task {task}: {result.result!r}")
        self.sightings.look(f"{result.result!r}".encode(), of=town, where=f"task {task}")

    def works_off(self, town: Town) -> None:
        """The town's waiting messages are worked off as a worker would: entered by what the message says."""
        try:
            while True:
                task, args, kwargs = self.queues[town.schema].get_nowait()
                with self.serving(town):
                    self.works(task, args, kwargs, town)
        except Empty:
            return

    def looks(self, text: str, town: Town, where: str) -> None:
        self.answered["looked"] += 1
        self.sightings.look(text.encode(), of=town, where=f"{where} of {town.schema}")

    @contextmanager
    def serving(self, town: Town | None) -> Iterator[None]:
        """What is logged from here on is logged for that town."""
        before = getattr(self.logs.driving, "town", None)
        self.logs.driving.town = town
        try:
            yield
        finally:
            self.logs.driving.town = before

    # --- Faults ----------------------------------------------------------------------------------

    @contextmanager
    def _met_by_a_fault(self, may: bool = True) -> Iterator[Callable[..., Any] | None]:
        if self.chance.random() >= self.faults or not may:
            yield None
            return
        fault = self.chance.choice(FAULTS)
        left = self.chance.randrange(1, 12)

        def wrapper(execute: Callable[..., Any], *asked: Any) -> Any:
            nonlocal left
            left -= 1
            return fault(execute, *asked) if left == 0 else execute(*asked)

        with ExitStack() as stack:
            if self.chance.random() < 0.5:  # left behind by whatever ran in this thread before
                stack.enter_context(use(self.chance.choice(list(self.twins)).schema))
            stack.enter_context(connection.execute_wrapper(wrapper))
            yield fault
        if connection.connection is not None and connection.connection.closed:
            connection.close()


def _why(answer: Any) -> str:
    error = getattr(answer, "exc_info", None)
    return repr(error[1])[:300] if error else answer.content[:200].decode("utf-8", "replace")


@contextmanager
def messages_caught(
    twins: Twins, sightings: Sightings, logs: LogWitness
) -> Iterator[dict[str, Queue[Message]]]:
    """Messages to workers as they leave, looked at, and kept by schema to be worked off."""
    queues: dict[str, Queue[Message]] = {town.schema: Queue() for town in twins}

    def catch(sender: str, body: Any, **_: Any) -> None:
        args, kwargs, _embedded = json.loads(json.dumps(body, default=str))
        town = twins.of(str(kwargs.get("schema")))
        driven = getattr(logs.driving, "town", None)
        text = json.dumps([args, kwargs], ensure_ascii=False).encode()
        sightings.look(text, of=town, where=f"message {sender}")
        if driven is not None and town is not driven:
            sightings.tell(
                f"message {sender} for {kwargs.get('schema')!r} was sent while {driven.schema} was served"
            )
        if town is not None:
            queues[town.schema].put((sender, list(args), dict(kwargs)))

    before_task_publish.connect(catch, weak=False)
    try:
        yield queues
    finally:
        before_task_publish.disconnect(catch)
