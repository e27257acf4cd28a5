"""The product's processes: their command lines, and when they are ready."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping
from pathlib import Path

from machine.commands import last_lines
from machine.places import BIN, ROOT
from machine.report import Trouble
from machine.supervisor import Child, Supervisor

WEB_WITHIN = 90
WORKER_WITHIN = 20
CELERY = (str(BIN / "celery"), "-A", "config.celery")


def web_child(env: Mapping[str, str], log: Path, *, host: str, port: int, workers: int) -> Child:
    """granian. Few of its threads work at once (tenants.turns); the others hold who waits, and send away who cannot."""
    argv = [
        str(BIN / "granian"),
        "--interface=wsgi",
        f"--host={host}",
        f"--port={port}",
        f"--workers={workers}",
        "--blocking-threads=32",
        "--no-ws",
        "--respawn-failed-workers",
        "--workers-kill-timeout=10",
        "config.wsgi:application",
    ]
    return Child(name="web", argv=argv, env=env, cwd=ROOT, log=log, stop_within=30)


def worker_child(env: Mapping[str, str], log: Path, *, processes: int = 2) -> Child:
    """Celery with prefork; ended warmly, so that a task in hand is finished."""
    argv = [
        *CELERY,
        "worker",
        "--loglevel=INFO",
        "--pool=prefork",
        f"--concurrency={processes}",
        "-Ofair",
        "--without-mingle",
        "--without-gossip",
        "--hostname=worker@%h",
    ]
    return Child(
        name="worker",
        argv=argv,
        env=env,
        cwd=ROOT,
        log=log,
        stop_within=120,
        hurry_signal="SIGQUIT",
    )


def beat_child(env: Mapping[str, str], log: Path, *, schedule: Path) -> Child:
    """Celery's clock."""
    argv = [*CELERY, "beat", "--loglevel=INFO", f"--schedule={schedule}", "--pidfile="]
    return Child(name="beat", argv=argv, env=env, cwd=ROOT, log=log, stop_within=20)


def await_web(supervisor: Supervisor, web: Child, *, host: str, port: int) -> None:
    """Returns when /readyz answers 200, or when somebody asked for the end."""
    deadline = time.monotonic() + WEB_WITHIN
    answer = "no answer"
    while time.monotonic() < deadline and not supervisor.stopping and not web.has_ended():
        status, answer = readiness(host, port, within=10)
        if status == 200:
            return
        time.sleep(0.1)
    if not supervisor.stopping:
        raise Trouble(
            f"The web server did not become ready (/readyz: {answer}). The end of {web.log}:\n"
            + last_lines(web.log.read_text(errors="replace"))
        )


def await_worker(supervisor: Supervisor, worker: Child) -> None:
    """Returns when the worker says that it is ready, or is at least still there after a while."""
    deadline = time.monotonic() + WORKER_WITHIN
    while time.monotonic() < deadline and not supervisor.stopping and not worker.has_ended():
        if b" ready." in worker.output():
            return
        time.sleep(0.1)


def readiness(host: str, port: int, *, within: float) -> tuple[int, str]:
    """The status (0: none) and the text of /readyz, asked as the hub's host."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection = http.client.HTTPConnection(near, port, timeout=within)
    try:
        connection.request("GET", "/readyz", headers={"Host": f"localhost:{port}"})
        response = connection.getresponse()
        return response.status, f"{response.status} {response.read(300).decode(errors='replace')}"
    except (OSError, http.client.HTTPException) as error:
        return 0, f"no answer ({error})"
    finally:
        connection.close()
