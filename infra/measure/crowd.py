"""Makes municipalities for a run of the faults. Runs inside the product."""

from __future__ import annotations

import time

from measure.product import begin, tell


def main() -> None:
    """`--first N --towns M`: M municipalities, numbered from N. `--settled 1` waits until they are on the disk."""
    wishes = begin("crowd", towns=10, first=0, settled=0)
    from kernel.viewer import Viewer
    from tenants.provisioning import Plan, create_municipality
    from tenants.register import rows

    register = rows()
    for number in range(wishes.first, wishes.first + wishes.towns):
        plan = Plan(
            row=register[number % len(register)],
            schema=f"crowd_{number:03}",
            hosts=(f"crowd{number}.localhost",),
        )
        create_municipality(plan, by=Viewer.system("infra/faults"))
    tell(f"{wishes.towns} municipalities made")
    if wishes.settled:
        tell(f"a checkpoint was made {_settle():.0f} s later")


def _settle() -> float:
    """Waits for the checkpoint after which nothing of them is left to be done again. Gives the seconds."""
    from django.db import connection

    from kernel.tenancy import use_shared

    began = time.monotonic()
    with use_shared(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_wal_lsn()")
        (here,) = cursor.fetchone()
        while time.monotonic() - began < 300:
            cursor.execute("SELECT redo_lsn >= %s::pg_lsn FROM pg_control_checkpoint()", [here])
            if cursor.fetchone()[0]:
                break
            time.sleep(1)
    return time.monotonic() - began


if __name__ == "__main__":
    main()
