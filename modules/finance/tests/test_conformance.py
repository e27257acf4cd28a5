"""What every module owes the house: a manifest that loads, doors that close, few and counted queries."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kernel import registry
from kernel.activation.services import switch
from kernel.calendar.selectors import today
from kernel.money import money
from kernel.ports import ask
from kernel.ports.dues import DuesPort
from kernel.search import search
from kernel.tenancy import use
from kernel.viewer import Viewer
from modules.finance import errors
from modules.finance.errors import (
    PeriodClosed,
    PeriodHasOpenSession,
    PeriodLocked,
    PeriodMissing,
    ReasonMissing,
)
from modules.finance.indicators import collected, collection_rate, owed
from modules.finance.manifest import MODULE
from modules.finance.models import Account, Charge, DuesKind, Period
from modules.finance.panels import dues_of_party, receipts_of_party
from modules.finance.selectors.books import trial_balance
from modules.finance.services.chart import load_template_chart, take_kinds_from_manifests
from modules.finance.services.periods import close_period, lock_period, open_year, reopen_period
from modules.finance.services.posting import post_entry
from modules.finance.tests.factories import HOUSE, owes, pays, person, session_of
from modules.finance.tiles import owed_in_all, own_session_state, received_today

Door = Callable[..., Client]


def test_every_dotted_name_of_the_manifest_loads() -> None:
    names = [
        one.provider for one in (*MODULE.ports, *MODULE.tiles, *MODULE.indicators, *MODULE.panels)
    ]
    names += [one.provider for one in (*MODULE.search_sources, *MODULE.file_guards)]
    names += [one.runner for one in MODULE.jobs] + list(MODULE.seeds)
    assert all(registry.load(name) for name in names)


def test_every_refusal_has_a_code_of_its_own() -> None:
    codes = [
        one.code
        for one in vars(errors).values()
        if isinstance(one, type) and one.__module__ == errors.__name__
    ]
    assert len(codes) == len(set(codes)) + sum(code == "not_found" for code in codes)


def test_every_declared_kind_of_due_has_its_accounts(town: str) -> None:
    assert set(registry.dues_kinds()) <= set(DuesKind.objects.values_list("code", flat=True))
    assert load_template_chart(by=HOUSE) == 0
    assert take_kinds_from_manifests(by=HOUSE) == 0
    assert set(Account.objects.exclude(parent=None).values_list("code", flat=True)) == set(
        Account.objects.filter(code__regex="..").values_list("code", flat=True)
    )


def test_a_closed_module_is_silent(town: str, karim: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, "10")
    for code in [one.code for one in registry.modules() if "finance" in one.depends_on]:
        switch(code, on=False, by=HOUSE)
    switch("finance", on=False, by=HOUSE)
    assert client_for("karim").get(reverse("finance:desk")).status_code == 404
    assert client_for("karim").get("/api/v1/dues").status_code == 404
    assert ask(DuesPort).dues_of([nour.pk], on=today()).known is False


def test_another_town_sees_nothing_of_it(karim: Viewer, other_town: str, client_for: Door) -> None:
    nour = person()
    due = owes(nour, "10")
    with use(other_town):
        assert Charge.objects.count() == 0
    browser = client_for("karim", host="nablus.test")
    assert browser.get(reverse("finance:charge", args=[due.uid])).status_code in (302, 404)


def test_the_receipt_is_posted_in_a_known_number_of_statements(
    karim: Viewer, count_queries
) -> None:
    nour = person()
    for _turn in range(3):
        owes(nour, "10")
    session_of(karim)
    pays(nour, "5", by=karim)
    with count_queries() as seen:
        pays(nour, "20", by=karim)
    assert len(seen) <= 22, [one["sql"][:90] for one in seen]


@pytest.mark.parametrize(
    ("name", "queries"),
    [("desk", 22), ("receipts", 16), ("charges", 16), ("trial-balance", 14), ("journal", 14)],
)
def test_pages_ask_no_more_when_there_is_more(
    karim: Viewer, client_for: Door, count_queries, name: str, queries: int
) -> None:
    from modules.finance.tests.factories import staff

    staff("muna", "finance_manager")
    nour = person()
    session_of(karim)
    for turn in range(6):
        owes(nour, "10", kind=("finance.water", "finance.waste", "finance.rent")[turn % 3])
        pays(nour, "10", by=karim)
    browser = client_for("karim" if name == "desk" else "muna")
    browser.get(reverse(f"finance:{name}"))
    with count_queries() as seen:
        assert browser.get(reverse(f"finance:{name}")).status_code == 200
    assert len(seen) <= queries, [one["sql"][:90] for one in seen]


def test_the_person_page_shows_dues_and_receipts(karim: Viewer) -> None:
    nour = person()
    owes(nour, "100")
    session_of(karim)
    pays(nour, "40", by=karim)
    dues = dues_of_party(karim, nour.pk)
    assert (dues.count, dues.verdict.is_clear) == (1, False)
    assert dues.context["totals"] == [("ILS", money("60").amount)]
    assert receipts_of_party(karim, nour.pk).count == 1


def test_the_person_page_renders_with_its_panels(karim: Viewer, client_for: Door) -> None:
    nour = person()
    owes(nour, "100", description="مياه كانون الثاني")
    page = client_for("karim").get(reverse("people:person", args=[nour.uid]))
    assert page.status_code == 200
    assert "مياه كانون الثاني" in page.content.decode()


def test_the_one_box_finds_a_receipt_by_its_number(karim: Viewer) -> None:
    nour = person()
    owes(nour, "100")
    session_of(karim)
    receipt = pays(nour, "40", by=karim)
    for typed in (receipt.number_text, f"01-{today().year}/1", f"٠١-{today().year}/١"):
        assert receipt.number_text in [hit.title for hit in search(karim, typed)], typed


def test_tiles_and_indicators_tell_the_same_money(karim: Viewer) -> None:
    nour = person()
    owes(nour, "100")
    session_of(karim)
    pays(nour, "40", by=karim)
    assert "40.00" in received_today(karim).value
    assert own_session_state(karim).state == "ok"
    assert "60.00" in owed_in_all(HOUSE).value
    span = {"since": today(), "until": today()}
    assert (collected(**span), owed(**span), collection_rate(**span)) == (40, 60, 40)


def test_the_trial_balance_of_a_month_equals_that_of_its_days(karim: Viewer) -> None:
    nour = person()
    owes(nour, "100")
    lines = trial_balance(HOUSE, on=today())
    assert sum(one.debit for one in lines) == sum(one.credit for one in lines) == 100
    next_year = trial_balance(HOUSE, on=today().replace(year=today().year + 1, month=12, day=31))
    assert lines == next_year


def test_a_month_closes_reopens_with_a_reason_and_locks_for_good(karim: Viewer) -> None:
    period = Period.objects.get(year=today().year, month=today().month)
    session_of(karim)
    with pytest.raises(PeriodHasOpenSession):
        close_period(period, by=HOUSE)
    karims = person()
    other = Period.objects.get(year=today().year, month=1 if today().month != 1 else 2)
    close_period(other, by=HOUSE)
    with pytest.raises(PeriodClosed):
        lock_period(period, by=HOUSE)
    with pytest.raises(ReasonMissing):
        reopen_period(other, reason=" ", by=HOUSE)
    reopen_period(other, reason="قيد ناقص", by=HOUSE)
    close_period(other, by=HOUSE)
    lock_period(other, by=HOUSE)
    with pytest.raises(PeriodLocked):
        reopen_period(other, reason="قيد ناقص", by=HOUSE)
    assert karims.pk


def test_nothing_is_posted_into_a_year_that_is_not_open(town: str) -> None:
    with pytest.raises(PeriodMissing):
        post_entry(
            journal="JV",
            kind="journal",
            on=today().replace(year=2019, day=1),
            description="",
            sides=[],
            by=HOUSE,
        )  # type: ignore[arg-type]
    open_year(year=2019, by=HOUSE)
    open_year(year=2019, by=HOUSE)
    assert Period.objects.filter(year=2019).count() == 12
