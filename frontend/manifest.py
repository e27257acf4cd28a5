"""The face as a built-in part: the menu of the kernel's own pages."""

from django.utils.translation import gettext_lazy as _

from kernel.manifest import MenuItem, Module, Panel, Schedule, SearchSource

MODULE = Module(
    code="frontend",
    title=_("The desk"),
    optional=False,
    house="both",
    menu=(
        MenuItem(
            code="home", title=_("Home"), url_name="home:home", icon="home", group="start", order=1
        ),
        MenuItem(
            code="people",
            title=_("Persons"),
            url_name="people:list",
            icon="users",
            permission="parties.read",
            group="people",
            order=10,
        ),
        MenuItem(
            code="places",
            title=_("Parcels and premises"),
            url_name="places:list",
            icon="map-2",
            permission="parties.read",
            group="people",
            order=20,
        ),
        MenuItem(
            code="jobs",
            title=_("Long jobs"),
            url_name="jobs:list",
            icon="progress",
            group="records",
            order=900,
        ),
        MenuItem(
            code="office",
            title=_("Settings"),
            url_name="office:home",
            icon="settings",
            group="settings",
            order=900,
        ),
    ),
    panels=(
        Panel(
            code="property",
            title=_("Property"),
            subject="party",
            provider="frontend.people.panels.property_held",
            permission="parties.read",
            order=300,
        ),
        Panel(
            code="papers",
            title=_("Papers issued"),
            subject="party",
            provider="frontend.people.panels.papers",
            permission="parties.read",
            order=800,
        ),
        Panel(
            code="messages",
            title=_("Messages"),
            subject="party",
            provider="frontend.people.panels.messages",
            permission="parties.read",
            order=900,
        ),
    ),
    search_sources=(
        SearchSource(provider="frontend.find.sources.parties", permission="parties.read"),
        SearchSource(provider="frontend.find.sources.places", permission="parties.read"),
    ),
    schedules=(Schedule(task="frontend.forget_old_drafts", every_seconds=3600),),
)
