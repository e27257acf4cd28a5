"""What is known of the backups of a town. Runs inside the product: python -m measure.faults.drills age TOWN."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any


def main() -> None:
    """Prints JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("act", choices=["age"])
    parser.add_argument("town")
    parser.add_argument("--seed", type=int, default=1)
    wishes = parser.parse_args()
    import django

    django.setup()
    sys.stdout.write(json.dumps(age(wishes.town)) + "\n")


def age(town: str) -> dict[str, Any]:
    """The age that is published, of which copy, and the newest copy's fault."""
    from django.db import connection

    from kernel.tenancy import use_shared
    from tenants.portability.backups import backup_age, latest_verified_export, newest_backup

    proved, newest, old = latest_verified_export(town), newest_backup(town), backup_age(town)
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'drill%'")
        (aside,) = cursor.fetchone()
    return {
        "age": old.total_seconds() if old else None,
        "made_at": proved.made_at.isoformat() if proved else "",
        "proved_in_ms": proved.proved_in_ms if proved else None,
        "fault": newest.fault if newest else "",
        "aside": aside,
    }


if __name__ == "__main__":
    main()
