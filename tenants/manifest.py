"""What the hub declares: the fleet for operators, the figures for the programme. Lives in the hub only."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import JobKind, MenuItem, Module, Permission, RoleTemplate, Schedule

MODULE = Module(
    code="hub",
    title=_("Hub"),
    optional=False,
    house="hub",
    permissions=(
        Permission(
            code="hub.read_fleet",
            title=_("See the fleet"),
            sentence=_(
                "May see which municipalities there are, their addresses, state and release."
            ),
        ),
        Permission(
            code="hub.manage_fleet",
            title=_("Make and suspend municipalities"),
            sentence=_("May make municipalities, suspend them and serve them again."),
        ),
        Permission(
            code="hub.read_programme",
            title=_("See the programme's figures"),
            sentence=_("May see the figures that municipalities publish; never a citizen's file."),
        ),
    ),
    roles=(
        RoleTemplate(
            code="operator",
            title_ar="مشغّل المنصة",
            title_en="Platform operator",
            permissions=(
                "hub.read_fleet",
                "hub.manage_fleet",
                "hub.read_programme",
                "identity.manage",
                "organisation.manage",
                "audit.read",
                "notifications.read_outbox",
            ),
        ),
        RoleTemplate(
            code="coordinator",
            title_ar="منسق البرنامج",
            title_en="Programme coordinator",
            permissions=("hub.read_programme",),
        ),
    ),
    menu=(
        MenuItem(
            code="fleet",
            title=_("Municipalities"),
            url_name="hub:fleet",
            icon="building-community",
            permission="hub.read_fleet",
            group="work",
            order=10,
        ),
        MenuItem(
            code="release",
            title=_("Releases"),
            url_name="hub:release",
            icon="refresh",
            permission="hub.read_fleet",
            group="work",
            order=20,
        ),
        MenuItem(
            code="programme",
            title=_("Programme figures"),
            url_name="hub:programme",
            icon="chart-bar",
            permission="hub.read_programme",
            group="reports",
            order=20,
        ),
    ),
    jobs=(
        JobKind(code="hub.create", title=_("Making a municipality"), runner="tenants.making.run"),
        JobKind(
            code="hub.release",
            title=_("Releasing to the municipalities"),
            runner="tenants.upgrade.job.run",
        ),
        JobKind(
            code="hub.delete", title=_("Deleting a municipality"), runner="tenants.deletion.run"
        ),
    ),
    schedules=(
        Schedule(task="hub.gather_figures", every_seconds=3600),
        Schedule(task="hub.end_visits", every_seconds=60),
        Schedule(task="hub.keep_spares", every_seconds=60),
    ),
)
