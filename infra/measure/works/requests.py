"""Open a request over the API at 1, 4, 8 and 16 clients, against the time of its SQL alone."""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import threading
import time
from typing import Any

from machine.report import Trouble

from measure.stage import HOST, TOWN, Stage
from measure.table import Row, percentile, rows_in

CLIENTS = (1, 4, 8, 16)
SERVICE = "FD-001"
ANSWERS = {"subject": "إنارة شارع 41", "details": "الشارع معتم منذ شهر."}
IN_PROCESS = 60


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Person, paper, gates, number, trail and outbox in one transaction, as an integrator asks for it."""
    output = stage.inside("measure.works.requests")
    told = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
    if not stage.port:
        stage.serve()
    rows = rows_in(output)
    _load(stage, told["clients"][:4], 2.0)  # warm up
    for count in CLIENTS:
        took, errors, length = _load(stage, told["clients"][:count], wishes.seconds)
        if not took:
            raise Trouble(f"No request was opened by {count} clients: {errors[:1]}")
        rate, high = len(took) / length, percentile(took, 0.95) * 1000
        at_goal = count == 8
        rows.append(
            Row(
                work=f"open a request, {count} clients",
                figure=rate,
                unit=f"a second, p95 {high:.0f} ms, {len(errors)} errors",
                against="Open Zaak 1.30 at 8 clients, a second" if at_goal else "",
                comparison=21.7 if at_goal else None,
                ratio=rate / 21.7 if at_goal else None,
                goal=">= 100 a second, p95 <= 150 ms" if at_goal else "no errors",
                holds=not errors and (not at_goal or (rate >= 100 and high <= 150)),
            )
        )
    return rows


def _load(
    stage: Stage, clients: list[dict[str, Any]], seconds: float
) -> tuple[list[float], list[str], float]:
    """Each client asks again as soon as it is answered. Bounded in time; loopback only."""
    took: list[float] = []
    errors: list[str] = []
    began = time.perf_counter()
    threads = [
        threading.Thread(
            target=_client, args=(stage.port, one, began + seconds, took, errors), daemon=True
        )
        for one in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=seconds + 60)
    return took, errors, time.perf_counter() - began


def _client(
    port: int, client: dict[str, Any], until: float, took: list[float], errors: list[str]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = json.dumps(client["body"]).encode()
    number = 0
    while time.perf_counter() < until:
        number += 1
        headers = {
            "Host": f"{HOST}:{port}",
            "Authorization": f"Bearer {client['key']}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"{until:.6f}-{number}",
        }
        began = time.perf_counter()
        try:
            connection.request("POST", "/api/v1/requests", body=body, headers=headers)
            response = connection.getresponse()
            answer = response.read()
        except (OSError, http.client.HTTPException) as error:
            errors.append(repr(error))
            connection.close()
            continue
        if response.status == 201:
            took.append(time.perf_counter() - began)
        else:
            errors.append(f"{response.status} {answer[:300]!r}")
            time.sleep(0.05)
    connection.close()


def main() -> None:
    """Runs inside the product: keys, citizens and papers; and one request taken apart."""
    from measure.product import begin

    begin("requests")
    from kernel.tenancy import use
    from kernel.testing.people import seat_person
    from measure.cashiers import ensure_town

    ensure_town()
    with use(TOWN):
        clerk = seat_person(
            username="integrator", name_ar="برنامج التكامل", name_en="Integrator",
            role="service_clerk", section="front_desk",
        )  # fmt: skip
        clients = [_integrator(clerk, number) for number in range(max(CLIENTS))]
        _take_apart(clients[0])
    sys.stdout.write(json.dumps({"clients": clients}, ensure_ascii=False) + "\n")


def _integrator(clerk: Any, number: int) -> dict[str, Any]:
    """A key, a citizen, a paper, and the body of the request that is sent again and again."""
    from api.keys import issue_key
    from kernel.files.services import store_file
    from kernel.organisation.selectors import viewer_for
    from kernel.parties.services import register_person
    from kernel.viewer import Viewer

    by = Viewer.system("infra/bench")
    _, key = issue_key(
        account=clerk,
        name=f"bench {number}",
        scopes=["frontdesk:read", "frontdesk:write", "files:write"],
        by=by,
    )
    citizen = register_person(
        given_name="نور", father_name="خليل", grandfather_name="محمد", family_name="الأسطل",
        known_as=f"مواطن {number}", phones=["0599123456"], by=by,
    )  # fmt: skip
    paper = store_file(_picture(number), "هوية.png", viewer_for(clerk))
    body = {
        "service": SERVICE,
        "applicant": str(citizen.uid),
        "answers": ANSWERS,
        "papers": [{"requirement": "identity_card", "file": str(paper.uid)}],
    }
    return {"key": key, "body": body}


def _picture(shade: int) -> bytes:
    import io

    from PIL import Image

    held = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, 100)).save(held, "PNG")
    return held.getvalue()


def _take_apart(client: dict[str, Any]) -> None:
    """One client in this process: the whole time beside the time spent waiting for SQL."""
    from django.db import connection
    from django.test import Client

    from measure.table import Row, emit

    person = Client(HTTP_HOST=HOST, HTTP_AUTHORIZATION=f"Bearer {client['key']}")
    whole, in_sql, statements = [], [], []
    for _ in range(IN_PROCESS):
        spent: list[float] = []

        def timed(execute: Any, *arguments: Any, spent: list[float] = spent) -> Any:
            began = time.perf_counter()
            try:
                return execute(*arguments)
            finally:
                spent.append(time.perf_counter() - began)

        began = time.perf_counter()
        with connection.execute_wrapper(timed):
            answer = person.post(
                "/api/v1/requests", client["body"], content_type="application/json"
            )
        whole.append(time.perf_counter() - began)
        if answer.status_code != 201:
            raise SystemExit(f"{answer.status_code} {answer.content[:500]!r}")
        in_sql.append(sum(spent))
        statements.append(len(spent))
    all_of_it, sql = statistics.median(whole) * 1000, statistics.median(in_sql) * 1000
    emit(
        Row(
            work="open a request, in process",
            figure=all_of_it,
            unit=f"ms, {statistics.median(statements):.0f} statements",
            against="its SQL by psycopg, ms",
            comparison=sql,
            ratio=all_of_it / sql,
            goal="<= 4x",
            holds=all_of_it / sql <= 4,
        )
    )


if __name__ == "__main__":
    main()
