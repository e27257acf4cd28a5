"""What the books say after the faults, beside what the cashiers were told. Runs inside the product."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter

from measure.product import begin, tell
from measure.stage import TOWN

PATIENCE = 90


def main() -> None:
    """Reads the cashiers' journal from standard input; prints one line of JSON for each check."""
    begin("reconcile")
    from kernel.tenancy import use

    told = [json.loads(line) for line in sys.stdin]
    with use(TOWN):
        _receipts(told)
        _numbers()
        _ledger()
        _events()
        _trail()


def _check(promise: str, holds: bool, found: str) -> None:
    sys.stdout.write(json.dumps({"promise": promise, "holds": holds, "found": found}) + "\n")
    sys.stdout.flush()


def _receipts(told: list[dict]) -> None:
    from modules.finance.models import Receipt

    found: dict[str, list[str]] = {}
    for uid, key in Receipt.objects.values_list("uid", "note"):
        found.setdefault(key, []).append(str(uid))
    asked = {line["key"] for line in told if line["what"] == "asked"}
    acknowledged: dict[str, set[str]] = {}
    for line in told:
        if line["what"] == "acknowledged":
            acknowledged.setdefault(line["key"], set()).add(line["uid"])
    lost = [key for key, uids in acknowledged.items() if not uids <= set(found.get(key, ()))]
    doubled = [key for key, uids in found.items() if len(uids) > 1]
    changing = [key for key, uids in acknowledged.items() if len(uids) > 1]
    unasked = [key for key in found if key not in asked]
    replays = sum(line["what"] == "acknowledged" for line in told) - len(acknowledged)
    _check(
        "every acknowledged receipt is there", not lost, f"{len(acknowledged)}, {len(lost)} lost"
    )
    _check("no receipt is there twice", not doubled, f"{len(found)} keys, {len(doubled)} doubled")
    _check("the same form again gives the same receipt", not changing,
           f"{replays} repetitions, {len(changing)} with another answer")  # fmt: skip
    _check("no receipt that nobody asked for", not unasked, f"{len(unasked)}")
    unsure = len(asked) - len(acknowledged)
    there = sum(key in found for key in asked - set(acknowledged))
    _check("without an answer: once or not at all", not doubled,
           f"{unsure} given up, {there} of them are there")  # fmt: skip


def _numbers() -> None:
    from modules.finance.models import Receipt

    books: dict[tuple[int, int], list[int]] = {}
    for box, year, number in Receipt.objects.values_list("box_id", "year", "number"):
        books.setdefault((box, year), []).append(number)
    wrong = [book for book, numbers in books.items()
             if sorted(numbers) != list(range(1, len(numbers) + 1))]  # fmt: skip
    _check("numbers without a gap", not wrong, f"{len(books)} books, {len(wrong)} with gaps")


def _ledger() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(debit) - sum(credit), 0), coalesce(sum(base_debit) -"
            " sum(base_credit), 0) FROM finance_line"
        )
        apart, base_apart = cursor.fetchone()
        cursor.execute(
            "SELECT (SELECT coalesce(sum(amount), 0) FROM finance_receipt),"
            " (SELECT coalesce(sum(debit), 0) FROM finance_line line JOIN finance_cashbox box"
            " ON box.account_id = line.account_id)"
        )
        receipts, in_boxes = cursor.fetchone()
    _check("debit equals credit", apart == 0 and base_apart == 0, f"{apart} apart")
    _check("the boxes hold what the receipts say", receipts == in_boxes, f"{receipts}, {in_boxes}")


def _events() -> None:
    """The worker was killed, too: what it was about to tell must be told, once for each handler."""
    from kernel.events.models import Delivery, OutboxEvent
    from modules.finance.models import Receipt

    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        waiting = OutboxEvent.objects.filter(relayed_at=None).count()
        waiting += Delivery.objects.filter(done_at=None).count()
        if not waiting:
            break
        time.sleep(1)
    tell(f"{waiting} deliveries waiting")
    posted = Counter(
        payload["receipt_uid"]
        for payload in OutboxEvent.objects.filter(name="finance.ReceiptPosted").values_list(
            "payload", flat=True
        )
    )
    receipts = {str(uid) for uid in Receipt.objects.values_list("uid", flat=True)}
    _check("one event for each receipt", set(posted) == receipts and set(posted.values()) <= {1},
           f"{sum(posted.values())} events")  # fmt: skip
    _check("every event was delivered", waiting == 0, f"{waiting} waiting after {PATIENCE} s")


def _trail() -> None:
    """The trail is sealed to its end, walked, and walked again with one entry altered, which it must name.

    An entry settles half a minute after it was written: a run shorter than that would find nothing to walk.
    """
    from django.db.models import Max

    from kernel.audit.models import AuditEntry, AuditSeal
    from kernel.audit.sealing import seal, verify

    last = AuditEntry.objects.aggregate(Max("id"))["id__max"] or 0
    deadline = time.monotonic() + PATIENCE
    sealed = 0
    while sealed < last and time.monotonic() < deadline:
        seal()
        sealed = AuditSeal.objects.aggregate(Max("last_entry"))["last_entry__max"] or 0
        time.sleep(1)
    there = AuditEntry.objects.filter(id__lte=last).count()
    verdict = verify()
    _check("the trail is sealed to its last entry", 0 < last <= sealed, f"{there} entries")
    _check(
        "the trail is unbroken",
        verdict.sound and verdict.entries >= there,
        f"{verdict.entries} entries in {verdict.seals} seals {verdict.first_bad}",
    )
    named = _altered(last)
    _check("an entry that was altered is named", bool(named), named or "it was not")


def _altered(entry: int) -> str:
    """What `verify` says of the trail with one entry altered past every guard; the alteration is taken back."""
    from django.db import connection, transaction

    from kernel.audit.sealing import verify
    from kernel.tenancy import as_owner, use

    with as_owner(), use(TOWN), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER ALL")
        cursor.execute("UPDATE audit_entry SET actor_name = 'nobody' WHERE id = %s", [entry])
        said = verify().first_bad
        transaction.set_rollback(True)
    return said


if __name__ == "__main__":
    main()
