"""Programmes with keys in two towns, and what stands in the tables afterwards. Runs inside the product.

python -m measure.faults.doors keys|requests|poison|stored TOWN
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from typing import Any

PATIENCE = 90


def main() -> None:
    """Prints JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("act", choices=["keys", "requests", "poison", "stored"])
    parser.add_argument("town")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--wait", type=int, default=0)
    wishes = parser.parse_args()
    import django

    django.setup()
    sys.stdout.write(json.dumps(globals()[wishes.act](wishes), ensure_ascii=False) + "\n")


def keys(wishes: argparse.Namespace) -> list[dict[str, Any]]:
    """That many programmes with a key, and the request that each of them may open again and again."""
    from kernel.tenancy import use
    from kernel.testing.people import seat_person
    from measure.faults.tills import seat
    from measure.works.requests import _integrator

    seat(argparse.Namespace(town=wishes.town, count=0))
    with use(wishes.town):
        clerk = seat_person(
            username="integrator", name_ar="برنامج التكامل", name_en="Integrator",
            role="service_clerk", section="front_desk",
        )  # fmt: skip
        return [_integrator(clerk, number) for number in range(wishes.count)]


def requests(wishes: argparse.Namespace) -> dict[str, Any]:
    """Requests, their numbers and their events; `--wait 1` until every event was delivered."""
    from kernel.events.models import Delivery, OutboxEvent
    from kernel.tenancy import use
    from modules.frontdesk.models import Request

    with use(wishes.town):
        deadline = time.monotonic() + PATIENCE
        while True:
            unplanned = OutboxEvent.objects.filter(relayed_at=None).count()
            open_ones = Delivery.objects.filter(done_at=None, parked_at=None).count()
            if not (wishes.wait and unplanned + open_ones) or time.monotonic() > deadline:
                break
            time.sleep(1)
        told = Counter(
            Delivery.objects.filter(event__name="frontdesk.RequestSubmitted")
            .exclude(done_at=None)
            .values_list("event__payload__request_uid", "handler")
        )
        uids = {str(uid) for uid in Request.objects.values_list("uid", flat=True)}
        numbers = sorted(Request.objects.values_list("number", flat=True))
        series: dict[int, set[int]] = {}
        for year, given in Request.objects.values_list("number_year", "number_seq"):
            series.setdefault(year, set()).add(given)
        return {
            "uids": sorted(uids),
            "unplanned": unplanned,
            "open": open_ones,
            "told": len({uid for uid, _handler in told} & uids),
            "told_twice": sum(times > 1 for times in told.values()),
            "numbers": len(numbers),
            "doubled": len(numbers) - len(set(numbers)),
            "gaps": sum(max(given) - len(given) for given in series.values()),
        }


def poison(wishes: argparse.Namespace) -> dict[str, Any]:
    """An event that no handler can digest, before good ones; its pauses are skipped by hand."""
    from django.utils import timezone

    from kernel.events.models import Delivery, OutboxEvent
    from kernel.events.services import MOST_TRIES, deliver_due, relay
    from kernel.tenancy import use

    with use(wishes.town):
        bad = OutboxEvent.objects.create(
            name="frontdesk.RequestSubmitted", payload={}, occurred_at=timezone.now()
        )
        relay()
        for _ in range(MOST_TRIES):
            Delivery.objects.filter(event=bad, done_at=None).update(next_try_at=timezone.now())
            deliver_due()
        mine = list(Delivery.objects.filter(event=bad))
        after = deliver_due()
        return {
            "deliveries": len(mine),
            "parked": sum(one.parked_at is not None for one in mine),
            "tries": max((one.tries for one in mine), default=0),
            "error": mine[0].last_error[:80] if mine else "",
            "tried_again": after,
        }


def stored(wishes: argparse.Namespace) -> dict[str, Any]:
    """Records of files, and those whose bytes are not there; requests and their trail."""
    from kernel.audit.models import AuditEntry
    from kernel.files.models import Blob, StoredFile
    from kernel.files.selectors import verify
    from kernel.tenancy import use
    from modules.frontdesk.models import Request

    with use(wishes.town):
        files = list(StoredFile.objects.select_related("blob"))
        return {
            "files": len(files),
            "damaged": sum(not verify(one) for one in files),
            "lonely": Blob.objects.filter(files=None).count(),
            "requests": Request.objects.count(),
            "untrailed": Request.objects.count()
            - AuditEntry.objects.filter(table_name="frontdesk_request")
            .values("row_id")
            .distinct()
            .count(),
        }


if __name__ == "__main__":
    main()
