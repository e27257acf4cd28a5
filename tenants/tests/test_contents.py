"""What a release brings beside tables: rights that templates gained, once; never what a municipality took out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.activation.services import active_codes
from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.identity.models import User
from kernel.manifest import RoleTemplate
from kernel.notifications.models import Notification
from kernel.organisation.models import Assignment, Role
from kernel.organisation.selectors import role_by_code
from kernel.organisation.services import change_role, define_role, templates
from kernel.organisation.services.templates import Gift, bring_roles, gifts
from kernel.profile import planting
from kernel.profile.models import Profile
from kernel.tenancy import use, use_shared
from kernel.viewer import Viewer
from tenants.models import Rollout, Turn, TurnState
from tenants.upgrade import contents
from tenants.upgrade.contents import in_words, lacking
from tenants.upgrade.rollout import Wishes, roll_out

RELEASE = Viewer.system("release", request_id="release-test")
TOWNS = ("khanyounis", "nablus")
NEW = "holds.manage"
Gains = Callable[..., None]


@pytest.fixture
def gains(monkeypatch: pytest.MonkeyPatch) -> Gains:
    """`gains("cashier", "holds.manage")`: from now on the template has this right too."""
    real = templates.role_templates

    def gain(code: str, *permissions: str) -> None:
        def further() -> list[RoleTemplate]:
            found = real()
            if code not in {one.code for one in found}:
                found.append(
                    RoleTemplate(
                        code=code, title_ar="دور جديد", title_en="New", permissions=permissions
                    )
                )
                return found
            return [
                replace(one, permissions=(*one.permissions, *permissions))
                if one.code == code
                else one
                for one in found
            ]

        monkeypatch.setattr(templates, "role_templates", further)

    return gain


def test_a_new_municipality_has_everything(town: str) -> None:
    assert gifts() == []
    assert lacking(TOWNS) == []


def test_a_right_that_a_template_gained_reaches_its_role(town: str, gains: Gains) -> None:
    gains("cashier", NEW)
    assert gifts() == [Gift("cashier", (NEW,))]
    assert NEW not in role_by_code("cashier").permissions
    assert bring_roles(by=RELEASE, reason="release 1") == [Gift("cashier", (NEW,))]
    cashier = role_by_code("cashier")
    assert NEW in cashier.permissions
    assert cashier.brought == [NEW]
    assert cashier.brought_at is not None
    row = AuditEntry.objects.filter(table_name="organisation_role").latest("id")
    assert (row.actor_name, row.reason) == ("release", "release 1")
    assert NEW not in row.before["permissions"]
    assert bring_roles(by=RELEASE) == []


def test_what_the_administrator_took_out_is_not_given_again(hadi: Viewer, gains: Gains) -> None:
    gains("cashier", NEW)
    bring_roles(by=RELEASE)
    cashier = role_by_code("cashier")
    change_role(cashier, permissions=set(cashier.permissions) - {NEW}, by=hadi)
    assert role_by_code("cashier").brought_at is None
    assert bring_roles(by=RELEASE) == []
    assert NEW not in role_by_code("cashier").permissions


def test_what_was_taken_out_before_any_release_stays_out(hadi: Viewer, gains: Gains) -> None:
    cashier = role_by_code("cashier")
    change_role(cashier, permissions=["parties.read"], by=hadi)
    gains("cashier", NEW)
    bring_roles(by=RELEASE)
    assert role_by_code("cashier").permissions == [NEW, "parties.read"]


def test_what_the_municipality_gave_by_itself_is_not_marked_as_new(
    hadi: Viewer, gains: Gains
) -> None:
    cashier = role_by_code("cashier")
    change_role(cashier, permissions={*cashier.permissions, NEW}, by=hadi)
    gains("cashier", NEW)
    assert bring_roles(by=RELEASE) == []
    assert role_by_code("cashier").brought == []
    assert NEW in role_by_code("cashier").given


def test_a_role_of_the_municipalitys_own_is_never_touched(hadi: Viewer, gains: Gains) -> None:
    define_role("garage_head", name_ar="رئيس الكراج", permissions=[], by=hadi)
    gains("garage_head", NEW)
    assert bring_roles(by=RELEASE) == []
    assert role_by_code("garage_head").permissions == []


def test_a_new_template_becomes_a_role_that_nobody_holds(town: str, gains: Gains) -> None:
    gains("fleet_keeper", "parties.read")
    assert bring_roles(by=RELEASE) == [Gift("fleet_keeper", ("parties.read",), is_new=True)]
    made = role_by_code("fleet_keeper")
    assert made.is_template
    assert made.brought == ["parties.read"]
    assert not Assignment.objects.filter(role=made).exists()


def test_a_municipality_has_no_roles_of_the_hub(town: str) -> None:
    assert not Role.objects.filter(code__in=["operator", "coordinator"]).exists()


def test_planting_twice_adds_nothing(town: str) -> None:
    """Every module's seeds are rerunnable: a release runs them in towns that are at work."""
    planting.plant_all(by=RELEASE)
    before = AuditEntry.objects.exclude(table_name="profile_profile").count()
    planting.plant_all(by=RELEASE)
    assert AuditEntry.objects.exclude(table_name="profile_profile").count() == before


def test_a_module_that_is_switched_on_is_planted(
    hadi: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted: list[frozenset[str]] = []
    monkeypatch.setattr(planting, "plant", lambda profile, codes: planted.append(frozenset(codes)))
    planting.switch_module("archive", on=False, by=hadi)
    assert planted == []
    planting.switch_module("archive", on=True, by=hadi)
    assert planted == [{"archive"}]


def test_seeds_that_fail_leave_the_module_off(
    hadi: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    planting.switch_module("archive", on=False, by=hadi)

    def fails(*given: object) -> None:
        raise RuntimeError("no seeds")

    monkeypatch.setattr(planting, "plant", fails)
    with pytest.raises(RuntimeError):
        planting.switch_module("archive", on=True, by=hadi)
    assert "archive" not in active_codes()


# --- Over the fleet --------------------------------------------------------------------------------------


@pytest.fixture
def later(transactional_db: None, gains: Gains, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A release with the same tables, in which cashiers may do more."""
    told = {schema: _role_and_mark(schema) for schema in TOWNS}
    gains("cashier", NEW)
    for module in (planting, contents):
        monkeypatch.setattr(module, "seeds_mark", lambda: "later")
    yield
    for schema, (permissions, given, mark) in told.items():
        with use(schema), recorded(by=RELEASE):
            Role.objects.filter(code="cashier").update(
                permissions=permissions, given=given, brought=[], brought_at=None
            )
            Profile.objects.update(seeds_mark=mark)
            Notification.objects.filter(verb="release.brought").delete()
    with use_shared():
        Rollout.objects.all().delete()


def _role_and_mark(schema: str) -> tuple[list[str], list[str], str]:
    with use(schema):
        role = role_by_code("cashier")
        return role.permissions, role.given, Profile.objects.get().seeds_mark


def test_a_release_without_new_tables_brings_rights_to_every_municipality(later: None) -> None:
    foreseen = roll_out(Wishes(dry_run=True))
    assert foreseen.behind == {}
    assert foreseen.brought == {schema: {"rights": {"cashier": [NEW]}} for schema in TOWNS}
    outcome = roll_out(Wishes(canaries=("nablus",), asked_by="tests"))
    assert outcome.holds
    assert (outcome.done, outcome.brought.keys()) == (2, {*TOWNS})
    assert in_words(outcome.brought["nablus"]) == f"cashier +{NEW}"
    with use_shared():
        turn = Turn.objects.get(municipality__schema_name="nablus")
        assert (turn.state, turn.is_canary) == (TurnState.DONE, True)
        assert turn.brought == {"rights": {"cashier": [NEW]}}
    for schema in TOWNS:
        with use(schema):
            assert NEW in role_by_code("cashier").permissions
            told = Notification.objects.get(verb="release.brought")
            hadi = User.objects.get(username="hadi")
            assert (told.user_id, told.url) == (hadi.pk, "/settings/roles")


def test_a_second_run_finds_nothing_to_do(later: None) -> None:
    roll_out(Wishes())
    with use_shared(), CaptureQueriesContext(connection) as asked:
        again = roll_out(Wishes())
    assert (again.done, again.lacking) == (0, [])
    assert len(asked) < 20


def test_seeds_that_fail_in_one_municipality_leave_it_as_it_was_and_the_others_go_on(
    later: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = planting.plant

    def fails_here(profile: Profile, codes: frozenset[str]) -> None:
        if profile.name_ar == "نابلس":
            raise RuntimeError("no seeds")
        real(profile, codes)

    monkeypatch.setattr(planting, "plant", fails_here)
    outcome = roll_out(Wishes())
    assert (outcome.done, outcome.failed) == (1, {"nablus": "no seeds"})
    with use("nablus"):
        assert NEW not in role_by_code("cashier").permissions
