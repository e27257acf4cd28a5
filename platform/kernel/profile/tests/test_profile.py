"""What a municipality knows of itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.errors import NotPermitted
from kernel.identity.town import town_name
from kernel.profile.colours import contrast
from kernel.profile.errors import (
    BadChoice,
    BadColour,
    BadTimezone,
    BadWeekend,
    ColourTooFaint,
    NameMissing,
    ProfileChanged,
    TextTooLong,
)
from kernel.profile.models import Profile
from kernel.profile.selectors import profile, profile_to_change
from kernel.profile.services import keep_in_step, save_profile, seed_profile
from kernel.tenancy import use, use_shared
from kernel.terms import term
from kernel.viewer import Viewer


def test_the_profile_costs_no_query_while_nothing_changes(
    town: str, count_queries: Callable[[], Any]
) -> None:
    profile()
    with count_queries() as seen:
        assert profile().name_ar == "خان يونس"
    assert len(seen) == 0


def test_each_town_has_its_own(town: str, other_town: str) -> None:
    assert (profile().name_ar, term("front_desk")) == ("خان يونس", "قلم الجمهور")
    with use(other_town):
        assert (profile().name_ar, term("front_desk")) == ("نابلس", "مركز خدمات الجمهور")
        assert town_name() == "بلدية نابلس"
    assert town_name() == "بلدية خان يونس"
    with use_shared():
        assert town_name() == ""


def test_a_change_is_seen_at_once_and_leaves_its_trail(hadi: Viewer) -> None:
    profile()
    saved = save_profile(phone="08-2051234", weekend=[6, 5], by=hadi)
    assert (profile().phone, profile().weekend) == ("08-2051234", [5, 6])
    assert saved.version == 2
    entry = AuditEntry.objects.filter(table_name="profile_profile").latest("id")
    assert (entry.actor_id, entry.after["phone"]) == (hadi.user_id, "08-2051234")


def test_two_writers_do_not_overwrite_one_another(hadi: Viewer) -> None:
    seen = profile_to_change().version
    save_profile(phone="1", version=seen, by=hadi)
    with pytest.raises(ProfileChanged):
        save_profile(phone="2", version=seen, by=hadi)
    assert profile().phone == "1"


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"name_ar": " "}, NameMissing),
        ({"primary_colour": "green"}, BadColour),
        ({"primary_colour": "#FFEE00"}, ColourTooFaint),
        ({"weekend": [1, 2, 3, 4, 5, 6, 7]}, BadWeekend),
        ({"weekend": [8]}, BadWeekend),
        ({"timezone": "Asia/Atlantis"}, BadTimezone),
        ({"digits": "roman"}, BadChoice),
        ({"phone": "0" * 41}, TextTooLong),
    ],
)
def test_what_cannot_be_right_is_refused(
    hadi: Viewer, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        save_profile(by=hadi, **changes)


def test_a_readable_colour_is_taken_in_small_letters(hadi: Viewer) -> None:
    assert save_profile(primary_colour="#1F5F4A", by=hadi).primary_colour == "#1f5f4a"
    assert contrast("#000000") == pytest.approx(21)
    assert contrast("#ffffff") == pytest.approx(1)


def test_stage_and_kind_are_the_register_s_to_decide(hadi: Viewer, system: Viewer) -> None:
    with pytest.raises(TypeError):
        save_profile(stage="live", by=hadi)
    with pytest.raises(TypeError):
        keep_in_step(stage="live", by=hadi)
    assert keep_in_step(stage="live", by=system).stage == "live"


def test_a_clerk_does_not_change_the_profile(amal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        save_profile(phone="1", by=amal)


def test_there_is_one_row_and_no_other(town: str, system: Viewer) -> None:
    with pytest.raises(IntegrityError, match="profile_only_one"), recorded(by=system):
        Profile.objects.create(id=2, name_ar="ثانٍ", region="GS", dialect="gaza")
    assert seed_profile(name_ar="آخر", region="GS", dialect="gaza", by=system).name_ar == "خان يونس"
