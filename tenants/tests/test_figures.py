"""Each municipality counts for itself; the hub keeps numbers and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError

from kernel import registry
from kernel.errors import NotPermitted
from kernel.manifest import Indicator
from kernel.tenancy import HUB, use, use_shared
from kernel.viewer import Viewer
from tenants import figures
from tenants.fleet import SEEN, SIZE
from tenants.models import Figure

COORDINATOR = Viewer(user_id=1, name="منسقة", permissions=frozenset({"hub.read_programme"}))
INDICATORS = [
    pytest.param(one, id=one.code) for module in registry.modules() for one in module.indicators
]


@pytest.fixture
def in_the_hub(town: str) -> Iterator[None]:
    with use(HUB):
        yield


@pytest.mark.parametrize("indicator", INDICATORS)
def test_every_declared_indicator_can_be_counted(town: str, indicator: Indicator) -> None:
    until = figures.today()
    registry.load(indicator.provider)(since=until - figures.SPAN, until=until)


def test_the_figures_of_a_town_are_gathered_once_a_day(in_the_hub: None) -> None:
    assert figures.gather_figures() == 2
    assert figures.gather_figures() == 2
    with use_shared():
        kept = Figure.objects.filter(municipality__schema_name="khanyounis")
        codes = sorted(kept.values_list("code", flat=True))
    active = {one.code for module in registry.modules() for one in module.indicators}
    assert set(codes) == active | {SIZE, SEEN}
    assert len(codes) == len(set(codes))


def test_a_municipality_that_cannot_answer_hides_no_other(
    in_the_hub: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = figures.count_in

    def away(schema: str) -> Any:
        if schema == "khanyounis":
            raise DatabaseError("its tables are away")
        return asked(schema)

    monkeypatch.setattr(figures, "count_in", away)
    assert figures.gather_figures() == 1
    with use_shared():
        told = set(Figure.objects.values_list("municipality__schema_name", flat=True))
    assert told == {"nablus"}


def test_one_indicator_that_fails_hides_no_other(
    in_the_hub: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = registry.load

    def broken(dotted: str) -> Any:
        if dotted == INDICATORS[0].values[0].provider:  # type: ignore[attr-defined]
            raise RuntimeError("broken")
        return load(dotted)

    monkeypatch.setattr(figures.registry, "load", broken)
    counted = figures.count_in("khanyounis")
    assert counted[INDICATORS[0].values[0].code][0] is None  # type: ignore[attr-defined]
    assert len(counted) == len(INDICATORS)


def test_a_coordinator_reads_the_table_and_others_do_not(in_the_hub: None) -> None:
    figures.gather_figures()
    names = [row.name_ar for row in figures.table(COORDINATOR)]
    assert names == sorted(names)
    assert "خان يونس" in names
    with pytest.raises(NotPermitted):
        figures.table(Viewer(user_id=2, name="أمل"))
