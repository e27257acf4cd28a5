from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from kernel.audit.models import AuditEntry
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.events.models import OutboxEvent
from kernel.money import money
from kernel.policies.errors import (
    PolicyArticleUnknown,
    PolicyEndsBeforeItStarts,
    PolicyHistoryClosed,
    PolicyValueEnded,
    PolicyValueInvalid,
    PolicyValueOutOfBounds,
    PolicyValueOverlaps,
    PolicyValueStarted,
    ReasonMissing,
    SuspensionOverlaps,
    UnknownPolicyKey,
)
from kernel.policies.models import ManualTitle, PolicyValue
from kernel.policies.selectors import policy_lines, value, values_of
from kernel.policies.services import (
    end_value,
    seed_manual,
    set_value,
    suspend_policy,
    withdraw_value,
)
from kernel.policies.sheet import sheet
from kernel.tenancy import use
from kernel.viewer import Viewer

pytestmark = pytest.mark.usefixtures("town")

DAYS, WITHIN, THRESHOLD = "test.validity_days", "test.decide_within", "test.threshold"
WEEK = timedelta(days=7)


def test_without_an_adopted_value_the_default_answers() -> None:
    answer = value(THRESHOLD, on=date(2026, 1, 1))
    assert (answer.value, answer.version_id, answer.article) == (money(0, "ILS"), None, "FRD-04")


def test_a_value_answers_for_its_days_and_the_old_one_for_the_past(hadi: Viewer) -> None:
    first = set_value(DAYS, 60, starts_on=date(2026, 1, 1), resolution="12/2025", by=hadi)
    later = today() + WEEK
    second = set_value(DAYS, 45, starts_on=later, resolution="3/2026", by=hadi)
    assert [
        value(DAYS, on=day).value for day in (date(2025, 12, 31), today(), later - WEEK / 7, later)
    ] == [30, 60, 60, 45]
    assert value(DAYS, on=later).version_id == second.pk
    assert list(values_of(hadi, DAYS)) == [second, first]
    assert OutboxEvent.objects.latest("id").payload == {
        "key": DAYS,
        "scope": "",
        "from_day": later.isoformat(),
    }
    assert (
        AuditEntry.objects.filter(table_name="policies_value", actor_id=hadi.user_id).count() == 3
    )


def test_a_future_value_starts_by_itself_at_midnight_of_the_town(hadi: Viewer) -> None:
    set_value(DAYS, 45, starts_on=date(2027, 1, 1), by=hadi)
    with time_machine.travel("2026-12-31T21:59:00Z", tick=False):
        assert value(DAYS, on=today()).value == 30
    with time_machine.travel("2026-12-31T22:01:00Z", tick=False):
        assert value(DAYS, on=today()).value == 45


def test_a_scope_answers_before_the_whole_municipality(hadi: Viewer) -> None:
    set_value(WITHIN, 10, starts_on=today(), by=hadi)
    set_value(WITHIN, 3, starts_on=today(), scope="service:CLR", by=hadi)
    assert value(WITHIN, on=today(), scope="service:CLR").value == 3
    assert (
        value(WITHIN, on=today(), scope="service:PET").value,
        value(WITHIN, on=today()).value,
    ) == (10, 10)
    with pytest.raises(UnknownPolicyKey):
        value(DAYS, on=today(), scope="service:CLR")


def test_an_undeclared_key_is_a_fault() -> None:
    with pytest.raises(UnknownPolicyKey):
        value("test.nobody", on=date(2026, 1, 1))


def test_two_values_never_overlap(hadi: Viewer, system: Viewer) -> None:
    bounded = {"starts_on": today() + WEEK, "ends_on": today() + 2 * WEEK, "by": hadi}
    set_value(DAYS, 45, **bounded)
    with pytest.raises(PolicyValueOverlaps):
        set_value(DAYS, 50, **bounded)
    with pytest.raises(PolicyValueOverlaps):
        set_value(DAYS, 50, starts_on=today(), by=hadi)
    with (
        pytest.raises(DatabaseError, match="no_overlap"),
        transaction.atomic(),
        recorded(by=system),
    ):
        PolicyValue.objects.create(key=DAYS, value=1, valid_during=DateRange(today() + WEEK, None))
    set_value(DAYS, 50, starts_on=today(), ends_on=today() + WEEK - WEEK / 7, by=hadi)


def test_history_is_not_rewritten(hadi: Viewer, system: Viewer) -> None:
    adopted = set_value(DAYS, 60, starts_on=date(2026, 1, 1), by=hadi)
    with pytest.raises(PolicyHistoryClosed):
        set_value(DAYS, 45, starts_on=today() - WEEK, by=hadi)
    with pytest.raises(PolicyHistoryClosed):
        end_value(adopted.uid, ends_on=today() - WEEK, reason="سبب", by=hadi)
    with pytest.raises(PolicyValueStarted):
        withdraw_value(adopted.uid, reason="سبب", by=hadi)
    row = PolicyValue.objects.filter(id=adopted.pk)
    for change in (lambda: row.update(value=1), lambda: row.update(resolution="x"), row.delete):
        with (
            pytest.raises(DatabaseError, match="cannot be rewritten"),
            transaction.atomic(),
            recorded(by=system),
        ):
            change()


def test_a_value_ends_and_a_scheduled_one_is_withdrawn(hadi: Viewer) -> None:
    adopted = set_value(DAYS, 60, starts_on=today() - WEEK, by=hadi)
    end_value(adopted.uid, ends_on=today(), reason="قرار جديد", by=hadi)
    assert [value(DAYS, on=day).value for day in (today(), today() + WEEK)] == [60, 30]
    with pytest.raises(PolicyValueEnded):
        end_value(adopted.uid, ends_on=today() + WEEK, reason="سبب", by=hadi)
    scheduled = set_value(DAYS, 45, starts_on=today() + WEEK, by=hadi)
    withdraw_value(scheduled.uid, reason="سحب القرار", by=hadi)
    assert value(DAYS, on=today() + WEEK).value == 30
    with pytest.raises(PolicyValueEnded):
        withdraw_value(scheduled.uid, reason="سبب", by=hadi)


def test_a_suspended_policy_stays_adopted_and_says_so(hadi: Viewer) -> None:
    """Hebron, November 2012: clearance not required for three months."""
    window = {"starts_on": date(2012, 11, 1), "ends_on": date(2013, 1, 31), "by": hadi}
    suspend_policy(THRESHOLD, reason="تسهيل على المواطنين", resolution="40/2012", **window)
    days = (date(2012, 10, 31), date(2012, 11, 1), date(2013, 1, 31), date(2013, 2, 1))
    assert [value(THRESHOLD, on=day).suspended for day in days] == [False, True, True, False]
    assert value(THRESHOLD, on=days[1]).value == money(0, "ILS")
    with pytest.raises(SuspensionOverlaps):
        suspend_policy(THRESHOLD, reason="مرة ثانية", **window)
    with pytest.raises(ReasonMissing):
        suspend_policy(DAYS, reason="", **window)


def test_bad_values_dates_and_articles_are_refused(hadi: Viewer) -> None:
    for raw, refusal in (
        ("كثير", PolicyValueInvalid),
        (0, PolicyValueOutOfBounds),
        (366, PolicyValueOutOfBounds),
    ):
        with pytest.raises(refusal):
            set_value(DAYS, raw, starts_on=today(), by=hadi)
    with pytest.raises(PolicyEndsBeforeItStarts):
        set_value(DAYS, 5, starts_on=today(), ends_on=today() - WEEK, by=hadi)
    with pytest.raises(PolicyArticleUnknown):
        set_value(DAYS, 5, starts_on=today(), article="XXX-99", by=hadi)


def test_a_clerk_does_not_set_policies(amal: Viewer) -> None:
    with pytest.raises(NotPermitted):
        set_value(DAYS, 5, starts_on=today(), by=amal)


def test_an_answer_costs_no_query_while_nothing_changes(count_queries) -> None:  # type: ignore[no-untyped-def]
    value(DAYS, on=date(2026, 1, 1))
    with count_queries() as seen:
        value(DAYS, on=date(2026, 1, 1))
        value(THRESHOLD, on=date(2026, 1, 1))
    assert len(seen) == 0


def test_nablus_never_answers_with_khan_younis_values(hadi: Viewer, other_town: str) -> None:
    set_value(DAYS, 60, starts_on=date(2026, 1, 1), by=hadi)
    assert value(DAYS, on=today()).value == 60
    with use(other_town):
        assert value(DAYS, on=date(2026, 11, 1)).value == 30


def test_the_release_changes_with_every_value(hadi: Viewer) -> None:
    before = sheet.get().release
    set_value(DAYS, 60, starts_on=today() + WEEK, by=hadi)
    assert sheet.get().release != before


def test_the_sheet_of_policies_lists_every_key_with_what_comes_next(hadi: Viewer) -> None:
    set_value(DAYS, 60, starts_on=today() + WEEK, by=hadi)
    line = next(one for one in policy_lines(hadi, on=today()) if one.key.code == DAYS)
    assert (line.answer.value, line.next_from) == (30, today() + WEEK)


def test_a_new_municipality_has_the_98_titles_once() -> None:
    seed_manual()
    assert ManualTitle.objects.count() == 98
    assert seed_manual() == 0
    clearance = ManualTitle.objects.get(code="FRD-05")
    assert (clearance.title_en, clearance.kind) == ("Clearance: issue and validity", "enforced")
