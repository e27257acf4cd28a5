"""Every file keeps the habits of the house; each habit is seen to bite on a bad example."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests import habits
from tests.habits import HABITS, Habit, source_files

BAD = {
    "has_a_telling_name": ("modules/leases/utils.py", "x = 1"),
    "keeps_rules_off_the_web": (
        "modules/leases/services/sign.py",
        "from django.http import Http404",
    ),
    "does_not_override_save": (
        "modules/leases/models.py",
        "class Lease:\n    def save(self):\n        ...",
    ),
    "sends_no_signals": (
        "modules/leases/apps.py",
        "from django.db.models.signals import post_save",
    ),
    "starts_no_bare_thread": ("modules/leases/services.py", "from threading import Thread"),
    "reaches_no_raw_connection": (
        "modules/leases/selectors.py",
        "from django.db import connection\nconnection.connection.cursor()",
    ),
    "enters_towns_by_use_alone": (
        "tenants/figures.py",
        "def gather(tenant):\n    with tenant:\n        ...",
    ),
    "remembers_nothing_of_a_town": (
        "modules/leases/selectors.py",
        "@lru_cache\ndef kinds():\n    return list(Kind.objects.all())",
    ),
    "opens_pdfs_here_alone": ("modules/archive/services.py", "import pypdfium2"),
    "declares_plain_data": (
        "modules/leases/manifest.py",
        "from modules.leases import services\nfrom modules.finance import constants",
    ),
}


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.__name__)
def test_every_file_keeps_the_habit(habit: Habit) -> None:
    found = [
        sentence
        for path in source_files()
        for sentence in habit(path, ast.parse((habits.ROOT / path).read_text()))
    ]

    assert found == []


@pytest.mark.parametrize("name", BAD)
def test_the_habit_bites(name: str) -> None:
    path, source = BAD[name]
    habit = {one.__name__: one for one in HABITS}[name]

    assert list(habit(Path(path), ast.parse(source)))


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("starts_no_bare_thread", "import threading\nthreading.Thread(target=work).start()"),
        ("enters_towns_by_use_alone", "from django_tenants.utils import schema_context"),
        ("remembers_nothing_of_a_town", "@cache\ndef name():\n    return profile().name_ar"),
    ],
)
def test_other_spellings_are_bitten_too(name: str, source: str) -> None:
    habit = {one.__name__: one for one in HABITS}[name]

    assert list(habit(Path("modules/leases/services.py"), ast.parse(source)))


def test_a_memory_that_is_asked_for_by_schema_may_stay() -> None:
    source = "@lru_cache\ndef emblem(schema, uid):\n    return File.objects.get(uid=uid)"

    assert not list(
        habits.remembers_nothing_of_a_town(Path("modules/x/heads.py"), ast.parse(source))
    )


def test_a_file_of_401_lines_is_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(habits, "ROOT", tmp_path)
    (tmp_path / "long.py").write_text("x = 1\n" * (habits.LONGEST_FILE + 1))

    assert list(habits.is_short(Path("long.py"), ast.parse("")))


def test_every_habit_has_its_bad_example() -> None:
    assert {habit.__name__ for habit in HABITS} - {"is_short"} == set(BAD)


def test_no_control_stands_where_its_forms_own_property_would_be() -> None:
    """A button called "action" hides `form.action` from every script that looks at a form that is sent."""
    hidden = [
        path.relative_to(habits.ROOT)
        for floor in ("modules", "frontend")
        for path in (habits.ROOT / floor).rglob("*.html")
        if "node_modules" not in path.parts and 'name="action"' in path.read_text(encoding="utf-8")
    ]
    assert hidden == []
