"""The worked example of docs/writing-a-module.md is built from the page, in a copy of the house, and its tests run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "writing-a-module.md"
FILE = re.compile(r"^`(modules/lostproperty/[^`]+)`\n\n```\w+\n(.*?)^```$", re.M | re.S)
COPIED = ("platform", "tenants", "modules", "api", "frontend", "tests")
LEFT_OUT = shutil.ignore_patterns("node_modules", "__pycache__", "sources")
DATABASE = os.environ.get("BALADIYAT_TEST_DATABASE") or "test_baladiyat"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house with the page's files on its shelf, migrations made."""
    place = tmp_path_factory.mktemp("house")
    for name in COPIED:
        shutil.copytree(ROOT / name, place / name, ignore=LEFT_OUT)
    for name in ("conftest.py", "pyproject.toml", ".importlinter"):
        shutil.copy(ROOT / name, place)
    for name, text in FILE.findall(PAGE.read_text()):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    command = "from config.command import main; main()"
    run(place, "-c", command, "makemigrations", "lostproperty", "--skip-checks")
    return place


def run(place: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, *words],
        cwd=place,
        env=os.environ
        | {
            "PYTHONPATH": os.pathsep.join([str(place), str(place / "platform")]),
            "BALADIYAT_TEST_DATABASE": f"{DATABASE}_example",
            "PYTEST_XDIST_WORKER": "",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_page_has_the_whole_module() -> None:
    names = {
        name.removeprefix("modules/lostproperty/") for name, _text in FILE.findall(PAGE.read_text())
    }

    assert {"manifest.py", "models.py", "services.py", "selectors.py", "pages/urls.py"} <= names


@pytest.mark.slow
def test_the_worked_example_keeps_its_promises_and_those_of_the_house(house: Path) -> None:
    told = run(
        house,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "modules/lostproperty"),
        *("tests/test_manifests.py", "tests/test_habits.py", "tests/test_translations.py"),
        *("-k", "lost"),
    )

    assert "passed" in told
    assert "skipped" not in told


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ["lint-imports", "--no-cache", "--no-logo"],
        ["ruff", "check", "--no-cache", "modules/lostproperty"],
        ["ruff", "format", "--no-cache", "--check", "modules/lostproperty"],
    ],
    ids=["directions", "habits", "format"],
)
def test_the_worked_example_passes_the_linters(house: Path, words: list[str]) -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / words[0], *words[1:]],
        cwd=house,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(house), str(house / "platform")])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
