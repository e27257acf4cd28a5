"""infra/test: every check of the house, in order, on servers of its own; a table at the end."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from machine import throwaway, tools
from machine.commands import environment, last_lines
from machine.places import BIN, ROOT, VAR, ensure_var, secret
from machine.report import Trouble, complain, say, seconds, step
from machine.servers import remembered_port
from machine.serving import await_web, beat_child, web_child, worker_child

SOURCES = ("platform/kernel", "platform/config", "tenants", "modules", "api", "frontend")
BROWSER_TESTS = "tests/browser"
WALK = f"{BROWSER_TESTS}/test_walk.py"
SERVERS = {"DATABASE_URL", "BROKER_URL", "CACHE_URL"}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Failed(Exception):
    """A step found something; its output has said what."""


@dataclass
class Bench:
    """What the steps share: the environment, the scratch directory, what pytest is told."""

    env: dict[str, str]
    scratch: Path
    extra: list[str]
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def run(self, *argv: str, env: dict[str, str] | None = None) -> None:
        """Runs a program with its output in sight. Refuses when it fails."""
        say(f"$ {' '.join(Path(argv[0]).name if i == 0 else a for i, a in enumerate(argv))}")
        try:
            code = subprocess.run(
                argv, cwd=ROOT, env=env or self.env, stdin=subprocess.DEVNULL, check=False
            ).returncode
        except OSError as error:
            raise Failed(str(error)) from error
        if code != 0:
            raise Failed(f"{Path(argv[0]).name} ended with {code}")


@dataclass(frozen=True)
class Step:
    """One row of the table."""

    name: str
    group: str
    check: Callable[[Bench], None]
    needs_servers: bool = False


@dataclass
class Row:
    """What became of a step."""

    step: str
    seconds: float
    trouble: str = ""
    remark: str = field(default="")


def style(bench: Bench) -> None:
    """Ruff: the house's habits, and one layout."""
    bench.run(tool("ruff"), "check", ".")
    bench.run(tool("ruff"), "format", "--check", ".")


def imports(bench: Bench) -> None:
    """The directions between rooms, modules and layers (.importlinter)."""
    bench.run(tool("lint-imports"))


def templates(bench: Bench) -> None:
    """djlint over every template (.djlintrc)."""
    bench.run(
        tool("djlint"), "--lint", "--quiet", "frontend", "modules", "api", "tenants", "platform"
    )


def face(bench: Bench) -> None:
    """A fresh build, then types, eslint, stylelint and the size of what a clerk downloads first."""
    tools.install_node_packages(loud=True)
    node = tools.node_environment()
    tools.build_face(loud=True, always=True)
    bench.run(*tools.npm("run", "lint"), env=node)


def types(bench: Bench) -> None:
    """mypy over every floor, as pyproject.toml has it."""
    bench.run(tool("mypy"), *SOURCES)


def migrations(bench: Bench) -> None:
    """The models and their migrations say the same."""
    bench.run(tool("baladiyat"), "makemigrations", "--check", "--dry-run")


def unit(bench: Bench) -> None:
    """Unit and integration tests on a real PostgreSQL, two processes with a database each."""
    parallel = [] if any(a in {"-n", "--pdb", "-s"} for a in bench.extra) else ["-n", "2"]
    _pytest(bench, "unit", [*parallel, f"--ignore={BROWSER_TESTS}", *bench.extra])


def browser(bench: Bench) -> None:
    """The journeys in Chromium, on the product as infra/up serves it, with its demo towns.

    The tests find it at http://khanyounis.localhost:$BALADIYAT_PORT and Chromium at $CHROMIUM.
    """
    chromium = _chromium()
    tools.build_face()
    tools.collect_static_files(bench.env)
    home = bench.scratch / "browser"
    home.mkdir(mode=0o711)
    port = remembered_port(home / "web.port")
    env = {name: value for name, value in bench.env.items() if name not in SERVERS}
    env |= {
        "SECRET_KEY": secret("django", home / "secret"),
        "STORAGE_URL": f"file://{home / 'files'}",
        "PUBLIC_PORT": str(port),
        "BALADIYAT_PORT": str(port),
        "CHROMIUM": chromium,
        "PAYMENT_SANDBOX": "true",
    }
    env.pop("BALADIYAT_BUILDING")
    with throwaway.servers(home, env) as supervisor:
        bench.run(tool("baladiyat"), "setup", "--demo", env=env)
        with step("Starting web, worker and beat", f"127.0.0.1:{port}"):
            supervisor.add(worker_child(env, home / "worker.log", processes=1))
            supervisor.add(beat_child(env, home / "beat.log", schedule=home / "beat"))
            web = web_child(env, home / "web.log", host="127.0.0.1", port=port, workers=2)
            await_web(supervisor, supervisor.add(web), host="127.0.0.1", port=port)
        try:
            _in_chromium(bench, env)
        except Failed:
            log = (home / "web.log").read_text(errors="replace")
            say(f"The end of the web's log:\n{last_lines(log)}")
            raise


def _in_chromium(bench: Bench, env: dict[str, str]) -> None:
    """Two processes with a Chromium each. The walk over every page begins when nothing changes any more.

    With arguments it is one process, for whoever looks at a single test.
    """
    if bench.extra:
        _pytest(bench, "browser", [*bench.extra, *_own_paths(bench)], env=env)
        return
    beside = ["-n", "2", "--dist", "loadgroup"]
    troubles: list[str] = []
    for name, paths in (
        ("journeys", [BROWSER_TESTS, f"--ignore={WALK}"]),
        ("walk", [WALK]),
    ):
        try:
            _pytest(bench, name, [*beside, *paths], env=env)
        except Failed as trouble:
            troubles.append(f"{name}: {trouble}")
    if troubles:
        raise Failed("; ".join(troubles))


def _own_paths(bench: Bench) -> list[str]:
    given = any(not one.startswith("-") and (ROOT / one).exists() for one in bench.extra)
    return [] if given else [BROWSER_TESTS]


def openapi(bench: Bench) -> None:
    """The API's document is made without a warning, is valid, and equals the committed one."""
    bench.run(tool("baladiyat"), "openapi", "--check")


STEPS = (
    Step("style (ruff)", "lint", style),
    Step("imports (import-linter)", "lint", imports),
    Step("templates (djlint)", "lint", templates),
    Step("face (stylelint, eslint, build, size)", "lint", face),
    Step("types (mypy)", "types", types),
    Step("migrations", "unit", migrations, needs_servers=True),
    Step("tests (pytest)", "unit", unit, needs_servers=True),
    Step("API document", "api", openapi, needs_servers=True),
    Step("browser (Chromium)", "browser", browser),
)
GROUPS = tuple(dict.fromkeys(one.group for one in STEPS))


def main(arguments: Sequence[str]) -> int:
    """Runs the steps and prints the table. 0 when every one of them is content."""
    wishes, extra = _parse(arguments)
    chosen = [one for one in STEPS if one.group in wishes.only]
    rows: list[Row] = []
    began = time.monotonic()
    try:
        ensure_var()
        tools.install_python_packages()
        tools.compile_words()
        with _bench(chosen, extra, wishes.postgres) as bench:
            for one in chosen:
                rows.append(_carry_out(one, bench))
    except Trouble as trouble:
        complain(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        complain("\nStopped.")
        return 130
    return _conclude(rows, bench, time.monotonic() - began)


def _parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="infra/test",
        description="Runs every check on throw-away servers (or on DATABASE_URL, BROKER_URL, "
        "CACHE_URL when they are given). Unknown arguments go to pytest, and then only the unit "
        "tests run: infra/test -k receipt, infra/test modules/finance.",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=GROUPS,
        metavar="|".join(GROUPS),
        help="only these steps; may be repeated",
    )
    parser.add_argument(
        "--postgres",
        type=Path,
        metavar="BIN",
        help="the bin directory of another PostgreSQL (15 to 18) for the throw-away database",
    )
    wishes, extra = parser.parse_known_args(arguments)
    wishes.only = wishes.only or (["unit"] if extra else list(GROUPS))
    return wishes, extra


@contextmanager
def _bench(chosen: Sequence[Step], extra: list[str], programs: Path | None) -> Iterator[Bench]:
    env = environment(
        {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BALADIYAT_BUILDING": "true",
            "BALADIYAT_VAR": str(VAR),
            "PUBLIC_PORT": "8000",
        }
    )
    with throwaway.room() as scratch:
        env["STORAGE_URL"] = f"file://{scratch / 'files'}"
        if any(one.needs_servers for one in chosen):
            with throwaway.servers(scratch, env, programs=programs):
                yield Bench(env, scratch, extra)
        else:
            yield Bench(env, scratch, extra)


def _carry_out(one: Step, bench: Bench) -> Row:
    say(f"\n=== {one.name} " + "=" * max(3, 76 - len(one.name)))
    started = time.monotonic()
    before = bench.passed
    try:
        one.check(bench)
    except (Failed, Trouble) as trouble:
        say(f"{one.name}: {trouble}")
        row = Row(one.name, time.monotonic() - started, str(trouble).splitlines()[0])
    else:
        row = Row(one.name, time.monotonic() - started)
    if bench.passed > before:
        row.remark = f"{bench.passed - before} tests"
    return row


def _conclude(rows: Sequence[Row], bench: Bench, took: float) -> int:
    width = max(len(row.step) for row in rows)
    say("\n" + "=" * 80)
    for row in rows:
        verdict = f"FAILED: {row.trouble}" if row.trouble else f"ok  {row.remark}"
        say(f"{row.step:<{width}}  {seconds(row.seconds):>12}  {verdict}".rstrip())
    say(f"{'in all':<{width}}  {seconds(took):>12}")
    troubles = [row for row in rows if row.trouble]
    say("Steps and tests together:")
    failed = bench.failed + len(troubles)
    passed = bench.passed + len(rows) - len(troubles)
    say(f"{passed} passed, {failed} failed, {bench.skipped} skipped")
    return 1 if troubles else 0


def _pytest(
    bench: Bench, name: str, arguments: list[str], env: dict[str, str] | None = None
) -> None:
    report = bench.scratch / f"{name}.xml"
    try:
        bench.run(tool("pytest"), f"--junitxml={report}", *arguments, env=env)
    finally:
        if report.exists():
            for suite in ElementTree.parse(report).getroot().iter("testsuite"):
                count = {
                    key: int(suite.get(key, 0))
                    for key in ("tests", "failures", "errors", "skipped")
                }
                bench.failed += count["failures"] + count["errors"]
                bench.skipped += count["skipped"]
                bench.passed += count["tests"] - sum(
                    count[key] for key in ("failures", "errors", "skipped")
                )


def _chromium() -> str:
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    for attempt in range(2):
        for name in CHROMIUM:
            found = shutil.which(name)
            if found:
                return found
        if attempt == 0 and not tools.install_debian_packages("chromium"):
            break
    raise Failed(
        "the browser tests need Chromium. Install it (Debian, Ubuntu: sudo apt-get install "
        "chromium) or name a Chromium or Chrome: CHROMIUM=/path/to/chrome infra/test"
    )


def tool(name: str) -> str:
    """A program of the project's .venv."""
    return str(BIN / name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
