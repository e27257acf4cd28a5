"""What keeps copies of municipalities declares. Lives in the hub only."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import JobKind, Module, Schedule

MODULE = Module(
    code="portability",
    title=_("Copies of municipalities"),
    optional=False,
    house="hub",
    jobs=(
        JobKind(
            code="portability.back_up",
            title=_("Back a municipality up"),
            runner="tenants.portability.backups.run_backup",
        ),
        JobKind(
            code="portability.prove",
            title=_("Prove the newest backup by restoring it"),
            runner="tenants.portability.backups.run_drill",
        ),
    ),
    schedules=(Schedule(task="portability.keep_copies", every_seconds=600),),
)
