"""Receipts in a named town, and what its tables say. Runs inside the product, for the promises about one of several towns.

python -m measure.faults.tills seat|post|tables TOWN
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import asdict

NEIGHBOUR, NEIGHBOUR_HOST = "neighbour", "neighbour.localhost"


def main() -> None:
    """Prints JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("act", choices=["seat", "post", "tables", "receipts", "papers"])
    parser.add_argument("town")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2)
    parser.add_argument("--seats", default="[]")
    parser.add_argument("--list", default="")
    wishes = parser.parse_args()
    import django

    django.setup()
    sys.stdout.write(json.dumps(globals()[wishes.act](wishes)) + "\n")


def seat(wishes: argparse.Namespace) -> list[dict]:
    """The town, made when it is missing, with cashiers at open boxes."""
    from kernel.tenancy import use, use_shared
    from kernel.viewer import Viewer
    from measure.cashiers import _seat, ensure_town
    from tenants.models import Municipality
    from tenants.provisioning import Plan, create_municipality
    from tenants.register import find

    system = Viewer.system("infra/faults")
    if wishes.town == NEIGHBOUR:
        with use_shared():
            there = Municipality.objects.filter(schema_name=NEIGHBOUR).exists()
        if not there:
            create_municipality(
                Plan(row=find("نابلس"), schema=NEIGHBOUR, hosts=(NEIGHBOUR_HOST,)), by=system
            )
    else:
        ensure_town()
    with use(wishes.town):
        return [asdict(_seat(number, system)) for number in range(1, wishes.count + 1)]


def post(wishes: argparse.Namespace) -> dict:
    """That many receipts, by the cashiers in turn."""
    from django.contrib.auth import get_user_model

    from kernel.money import money
    from kernel.organisation.selectors import viewer_for
    from kernel.tenancy import use
    from modules.finance.constants import Method
    from modules.finance.services.receiving import Payment, Tender, receive

    seats = json.loads(wishes.seats)
    numbers = []
    with use(wishes.town):
        for number in range(wishes.count):
            one = seats[number % len(seats)]
            user = get_user_model().objects.get(pk=one["user_id"])
            payment = Payment(
                party_id=one["party_id"],
                payer_name="سامي الأسطل",
                tenders=(Tender(method=Method.CASH, amount=money("10.00", "ILS")),),
                charge_ids=(one["charge_id"],),
            )
            numbers.append(receive(payment, by=viewer_for(user)).number)
    return {"posted": wishes.count, "numbers": numbers}


def receipts(wishes: argparse.Namespace) -> dict:
    """How many receipts there are, and the highest number."""
    from django.db.models import Max

    from kernel.tenancy import use
    from modules.finance.models import Receipt

    with use(wishes.town):
        found = Receipt.objects.aggregate(last=Max("number"))
        return {"count": Receipt.objects.count(), "last": found["last"] or 0}


def papers(wishes: argparse.Namespace) -> dict:
    """The rows of each sheet of an accountant's list."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(wishes.list)
    summary = {
        row[1]: int(row[2])
        for row in book.get_sheet_by_index(0).to_python()[1:]
        if row[2:] and row[2] != ""
    }
    rows = {name: len(book.get_sheet_by_name(name).to_python()) - 1 for name in book.sheet_names}
    return {"summary": summary, "rows": rows}


def tables(wishes: argparse.Namespace) -> dict:
    """SHA-256 of each table's rows; the trail's seals and the sessions come and go by themselves."""
    from tenants.portability.database import copy_out, direct, snapshot, tables_of

    with direct() as own, snapshot(own) as cursor:
        found = {
            one.name: copy_out(cursor, wishes.town, one, len).sha256
            for one in tables_of(cursor, wishes.town)
        }
    whole = hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()
    return {"tables": found, "whole": whole}


if __name__ == "__main__":
    main()
