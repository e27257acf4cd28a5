"""The page of the twenty leaks names a test for each, and every test that it names is there and collected."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests import habits

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "isolation.md"
PLACES = ("tests/isolation", "tests/canary", "tenants/tests")


def _there() -> set[str]:
    return {
        node.name
        for place in PLACES
        for path in (ROOT / place).glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_every_one_of_the_twenty_leaks_has_its_tests() -> None:
    rows = dict(re.findall(r"^\| (L\d+) \|(.*)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE))
    assert list(rows) == [f"L{number}" for number in range(1, 21)]
    without = [row for row, text in rows.items() if "`test_" not in text]
    assert not without


def test_every_test_that_the_page_names_is_there() -> None:
    named = set(re.findall(r"`(test_\w+)`", PAGE.read_text(encoding="utf-8")))
    assert named - _there() == set()


def test_every_habit_that_the_page_names_is_kept() -> None:
    named = set(re.findall(r"\(`(\w+)`\)", PAGE.read_text(encoding="utf-8")))
    assert named == {
        "starts_no_bare_thread",
        "enters_towns_by_use_alone",
        "reaches_no_raw_connection",
        "remembers_nothing_of_a_town",
    }
    assert all(hasattr(habits, name) for name in named)
