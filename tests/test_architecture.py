"""The house's directions hold, and the tools that guard them bite when they are broken.

A tiny house is built in a temporary directory with the project's own `.importlinter`. As it stands
it is clean; each test then breaks one rule in it and sees that exactly that contract complains.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

HOUSE = {
    "config/settings.py": "import modules.leases.manifest\n",
    "modules/leases/manifest.py": "from kernel.manifest import Module\n",
    "modules/leases/events.py": "",
    "modules/leases/models.py": "from modules.leases import events\n",
    "modules/leases/selectors.py": "from modules.leases import models\n",
    "modules/leases/services.py": "from modules.leases import selectors\nimport kernel.policies\n",
    "modules/leases/handlers.py": "from modules.finance.events import ReceiptPosted\n",
    "modules/leases/pages/views.py": "import frontend.pages\nfrom modules.leases import services\n",
    "modules/finance/events.py": "class ReceiptPosted: ...\n",
    "modules/finance/services.py": "import kernel.parties\n",
    "modules/finance/ports.py": "from modules.finance import services\n",
    "modules/finance/tests/test_receipts.py": "import config.settings\n",
    "api/edge.py": "import kernel.viewer\n",
    "frontend/pages.py": "import kernel.viewer\nimport tenants.hosts\n",
    "tenants/hosts.py": "import kernel.tenancy\n",
    "kernel/manifest.py": "",
    "kernel/tenancy.py": "",
    "kernel/viewer.py": "",
    "kernel/identity/models.py": "",
    "kernel/files/models.py": "",
    "kernel/parties/models.py": "import kernel.files.models\n",
    "kernel/policies/models.py": "import kernel.parties.models\n",
}
"""A house with every floor and every kind of permitted import."""

BROKEN = {
    "a lower floor imports a higher one": (
        "tenants/hosts.py",
        "import frontend.pages\n",
        "The house",
    ),
    "the kernel imports a module": (
        "kernel/parties/models.py",
        "import modules.finance.services\n",
        "The house",
    ),
    "the edge imports the face": ("api/edge.py", "import frontend.pages\n", "The house"),
    "a module imports the settings": (
        "modules/leases/services.py",
        "import config.settings\n",
        "The house",
    ),
    "a low room of the kernel imports a high one": (
        "kernel/files/models.py",
        "import kernel.policies.models\n",
        "The kernel's rooms",
    ),
    "a room that the contract does not place": (
        "kernel/attic.py",
        "",
        "The kernel's rooms",
    ),
    "two rooms lean on one another": (
        "kernel/identity/models.py",
        "import kernel.files.models\n",
        "No two rooms",
    ),
    "a module calls another module's service": (
        "modules/leases/services.py",
        "from modules.finance import services as finance\n",
        "Modules know one another",
    ),
    "a module reads another module's events outside of handlers": (
        "modules/leases/services.py",
        "from modules.finance.events import ReceiptPosted\n",
        "Modules know one another",
    ),
    "handlers reach for more than another module's events": (
        "modules/leases/handlers.py",
        "from modules.finance import services\n",
        "Modules know one another",
    ),
    "models call services": (
        "modules/leases/models.py",
        "from modules.leases import services\n",
        "Inside a module",
    ),
    "services call pages": (
        "modules/leases/services.py",
        "from modules.leases.pages import views\n",
        "Inside a module",
    ),
    "selectors call services": (
        "modules/finance/selectors.py",
        "from modules.finance import services\n",
        "Inside a module",
    ),
}
ALSO_BROKEN = {
    "two rooms lean on one another": {"kernel/files/models.py": "import kernel.identity"}
}


def test_the_tiny_house_is_clean(tmp_path: Path) -> None:
    build(tmp_path)

    done = lint(tmp_path)

    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("story", BROKEN)
def test_a_broken_direction_is_refused(story: str, tmp_path: Path) -> None:
    path, line, contract = BROKEN[story]
    build(tmp_path)
    append(tmp_path / path, line)
    for other, more in ALSO_BROKEN.get(story, {}).items():
        append(tmp_path / other, more)

    done = lint(tmp_path)

    assert done.returncode != 0
    broken = [
        one for one in done.stdout.splitlines() if one.endswith("BROKEN") or " BROKEN " in one
    ]
    assert any(one.startswith(contract) for one in broken), done.stdout


def test_this_house_keeps_every_contract() -> None:
    done = lint(ROOT, paths=[ROOT, ROOT / "platform"])

    assert done.returncode == 0, done.stdout


def test_platform_is_a_shelf_and_no_package() -> None:
    shelf = ROOT / "platform"

    assert not (shelf / "__init__.py").exists(), "platform/__init__.py would hide Python's own"
    strays = [one.name for one in shelf.iterdir() if one.is_file()]
    assert strays == [], "nothing but packages on the shelf"
    assert {one.name for one in shelf.iterdir()} <= {"kernel", "config", "__pycache__"}


def test_python_finds_its_own_platform_from_the_root_of_the_house() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import platform, uuid; print(platform.python_version())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("3.")


def build(place: Path) -> None:
    shutil.copy(ROOT / ".importlinter", place)
    for name, text in HOUSE.items():
        append(place / name, text)


def append(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text + "\n")
    package = path.parent
    while not (package / ".importlinter").exists():
        (package / "__init__.py").touch()
        package = package.parent


def lint(place: Path, paths: list[Path] | None = None) -> subprocess.CompletedProcess[str]:
    search = os.pathsep.join(str(path) for path in paths or [place])
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"],
        cwd=place,
        env=os.environ | {"PYTHONPATH": search, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
