"""Who may open which page: every view has a guard, and every guard bites."""

from collections.abc import Iterator
from html import unescape

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from frontend.pages import Guard
from kernel import registry
from kernel.activation.services import switch
from kernel.viewer import Viewer

UNGUARDED = {"home"}  # chooses between two guarded pages


def views(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, object]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from views(one.url_patterns)
        elif getattr(one.callback, "__module__", "").startswith("frontend"):
            yield one.callback.__name__, one.callback


def test_every_page_of_ours_has_a_guard() -> None:
    for urlconf in ("config.urls_municipality", "config.urls_hub"):
        for name, view in views(get_resolver(urlconf).url_patterns):
            if name not in UNGUARDED or getattr(view, "guard", None) is not None:
                inner = getattr(view, "guard", None)
                assert isinstance(inner, Guard) or name in UNGUARDED, name


def test_guards_name_permissions_that_exist() -> None:
    known = registry.permissions()
    for _name, view in views(get_resolver("config.urls_municipality").url_patterns):
        guard = getattr(view, "guard", None)
        if guard and guard.permission:
            assert guard.permission in known, guard


PAGES = [
    ("/people/", "parties.read"),
    ("/people/new", "parties.register"),
    ("/places/", "parties.read"),
    ("/places/land/new", "places.manage"),
    ("/settings/modules", "activation.switch"),
    ("/settings/profile", "profile.manage"),
    ("/settings/holidays", "calendar.manage"),
    ("/settings/policies", "policies.set"),
    ("/settings/staff", "identity.manage"),
    ("/settings/sections", "organisation.manage"),
    ("/settings/roles", "organisation.manage"),
    ("/settings/delegations", "organisation.manage"),
    ("/settings/outbox", "notifications.read_outbox"),
    ("/settings/audit", "audit.read"),
    ("/settings/numbers", "profile.manage"),
    ("/find?q=نور", None),
    ("/find/palette?q=نور", None),
    ("/notifications/", None),
    ("/notifications/pulse", None),
    ("/jobs/", None),
    ("/me/", None),
]


@pytest.mark.parametrize(("path", "permission"), PAGES)
@pytest.mark.parametrize("username", ["amal", "karim", "hadi"])
def test_a_page_opens_to_its_permission_and_to_no_other(
    path: str,
    permission: str | None,
    username: str,
    client_for: object,
    request: pytest.FixtureRequest,
) -> None:
    viewer: Viewer = request.getfixturevalue(username)
    answer = client_for(username).get(path)  # type: ignore[operator]
    assert answer.status_code == (200 if permission is None or viewer.may(permission) else 403)
    if answer.status_code == 403:
        assert str(registry.permissions()[permission].title) in unescape(answer.content.decode())


@pytest.mark.parametrize(("path", "permission"), PAGES)
def test_a_visitor_is_asked_to_log_in(
    path: str, permission: str | None, client_for: object
) -> None:
    answer = client_for().get(path)  # type: ignore[operator]
    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/?next=")


def test_a_script_whose_session_ended_is_told_so(client_for: object) -> None:
    answer = client_for().get("/notifications/pulse", HTTP_HX_REQUEST="true")  # type: ignore[operator]
    assert answer.status_code == 401


def test_pages_of_staff_are_not_kept_by_the_browser(client_for: object) -> None:
    answer = client_for("amal").get("/people/")  # type: ignore[operator]
    assert "no-store" in answer["Cache-Control"]


def test_the_settings_are_hidden_from_who_may_set_nothing(client_for: object) -> None:
    client: Client = client_for("amal")  # type: ignore[operator]
    assert "/settings/" not in client.get("/").content.decode()
    assert client.get("/settings/").status_code == 403


def test_a_module_that_is_off_is_not_in_the_menu(client_for: object, hadi: Viewer) -> None:
    client: Client = client_for("amal")  # type: ignore[operator]
    page = client.get("/").content.decode()
    needed = {code for module in registry.modules() for code in module.depends_on}
    shown = [
        one
        for one in registry.modules()
        if one.optional and f'href="/{one.code}/' in page and one.code not in needed
    ]
    if not shown:
        pytest.skip("no optional module is in the clerk's menu")
    module = shown[0]
    switch(module.code, on=False, by=hadi)
    assert f'href="/{module.code}/' not in client.get("/").content.decode()
    assert client.get(f"/{module.code}/").status_code == 404


def test_the_administrator_switches_modules_in_the_browser(
    client_for: object, hadi: Viewer
) -> None:
    client: Client = client_for("hadi")  # type: ignore[operator]
    optional = [one for one in registry.modules() if one.optional and one.house != "hub"]
    if not optional:
        pytest.skip("no optional module is installed")
    module = next(
        one
        for one in optional
        if not any(one.code in other.depends_on for other in registry.modules())
    )
    page = client.post(
        f"/settings/modules/{module.code}", {"on": "0"}, follow=True
    ).content.decode()
    assert "circle-off" in page
