"""Makes municipalities for a run of the faults. Runs inside the product."""

from __future__ import annotations

from measure.product import begin, tell


def main() -> None:
    """`--first N --towns M`: M municipalities, numbered from N."""
    wishes = begin("crowd", towns=10, first=0)
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


if __name__ == "__main__":
    main()
