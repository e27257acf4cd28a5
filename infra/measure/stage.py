"""Servers, database and web for one run of measuring; all of it gone afterwards."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from machine import throwaway, tools
from machine.commands import environment, run
from machine.places import BIN, ROOT, VAR, ensure_var, secret
from machine.report import Trouble, step
from machine.servers import remembered_port
from machine.serving import await_web, web_child
from machine.supervisor import Child, Supervisor

TOWN = "bench"
HOST = "bench.localhost"


@dataclass
class Stage:
    """What a measurement stands on."""

    env: dict[str, str]
    scratch: Path
    seed: int
    supervisor: Supervisor = field(default_factory=lambda: Supervisor(quiet=True))
    port: int = 0

    def baladiyat(self, *arguments: str) -> str:
        """Runs the product's command. Refuses with its last lines when it fails."""
        return run(
            [BIN / "baladiyat", *arguments],
            env=self.env,
            trouble=f"baladiyat {' '.join(arguments)} failed.",
        )

    def inside(self, work: str, *arguments: str, within: float = 1200) -> str:
        """Runs a measuring module with the product loaded, and gives what it wrote."""
        command = [str(BIN / "python"), "-P", "-m", work, "--seed", str(self.seed), *arguments]
        env = self.env | {"PYTHONPATH": str(ROOT / "infra")}
        try:
            done = subprocess.run(
                command, env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False,
                timeout=within, stdin=subprocess.DEVNULL,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Trouble(f"{work} took longer than {within:.0f} s.") from error
        if done.returncode != 0:
            raise Trouble(f"{work} ended with {done.returncode}; the lines above say why.")
        return done.stdout

    def serve(self, *, workers: int = 2, application: str = "", **told: str) -> Child:
        """Starts the web on a free loopback port and waits until it answers.

        `application` stands in the place of the product's own; what is `told` goes into its environment alone.
        """
        self.port = remembered_port(self.scratch / "web.port")
        self.env["PUBLIC_PORT"] = str(self.port)
        log = self.scratch / "web.log"
        child = web_child(self.env | told, log, host="127.0.0.1", port=self.port, workers=workers)
        if application:
            child.argv = [*child.argv[:-1], application]
            child.env = {**child.env, "PYTHONPATH": str(ROOT / "infra")}
        web = self.supervisor.add(child)
        await_web(self.supervisor, web, host="127.0.0.1", port=self.port)
        return web


@contextmanager
def stage(seed: int) -> Iterator[Stage]:
    """Everything installed, durable servers started, the database at this release."""
    ensure_var()
    tools.install_python_packages()
    tools.build_face()
    tools.compile_words()
    env = environment(
        {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BALADIYAT_VAR": str(VAR),
            "SECRET_KEY": secret("django"),
        }
    )
    for given in ("DATABASE_URL", "BROKER_URL", "CACHE_URL"):
        env.pop(given, None)  # never measure on somebody's data
    tools.collect_static_files(env)
    with throwaway.room() as scratch:
        env["STORAGE_URL"] = f"file://{scratch / 'files'}"
        with throwaway.servers(scratch, env, durable=True) as supervisor:
            made = Stage(env, scratch, seed, supervisor)
            with step("Migrating"):
                made.baladiyat("setup")
            yield made
