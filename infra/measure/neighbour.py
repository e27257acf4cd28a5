"""Reads in one municipality again and again while others are made beside it. Runs inside the product."""

from __future__ import annotations

import json
import sys
import threading
import time

from measure.product import begin

PAUSE = 0.01
TABLES = ("frontdesk_service", "organisation_section", "organisation_role", "finance_account")


def main() -> None:
    """`--town N`: until its input is closed; then writes [moment, milliseconds] of each look."""
    wishes = begin("neighbour", town=0)
    from django.db import connection

    from kernel.tenancy import use

    over = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    took: list[tuple[float, float]] = []
    sys.stdout.write("reading\n")
    sys.stdout.flush()
    while not over.wait(PAUSE):
        began = time.perf_counter()
        with use(f"bench_{wishes.town}"), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"SELECT * FROM {table} ORDER BY id LIMIT 20")
                cursor.fetchall()
        took.append((time.time(), (time.perf_counter() - began) * 1000))
    sys.stdout.write(json.dumps(took) + "\n")


if __name__ == "__main__":
    main()
