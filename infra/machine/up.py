"""infra/up: everything this checkout needs, then the running product, until Ctrl-C."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from machine import state, tools
from machine.commands import environment, last_lines, run
from machine.leftovers import end_leftovers
from machine.places import BIN, VAR, ensure_var, secret
from machine.postgres import Postgres
from machine.report import Trouble, complain, say, seconds, step
from machine.servers import is_free
from machine.serving import await_web, await_worker, beat_child, web_child, worker_child
from machine.supervisor import Supervisor
from machine.valkey import Valkey


def main(arguments: Sequence[str]) -> int:
    """Starts the product. Returns when it has ended, or with --detach when it is ready."""
    wishes = _parse(arguments)
    try:
        ensure_var()
        running = state.read_notes()
        if running is not None:
            return _already(running, wishes)
        if wishes.detach:
            return _detached(wishes)
        return _serve(wishes)
    except Trouble as trouble:
        complain(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        complain("\nStopped.")
        return 130


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="infra/up",
        description="Installs what is missing, starts database, broker, web, worker and beat, and "
        "stops them in order on Ctrl-C. DATABASE_URL, BROKER_URL, CACHE_URL and STORAGE_URL in the "
        "environment replace the embedded part by a server of yours.",
    )
    parser.add_argument("--detach", action="store_true", help="return when the product is ready")
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="web port (8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--no-demo", action="store_true", help="without the three demo towns")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="web processes (2)")
    wishes = parser.parse_args(arguments)
    if not 1 <= wishes.port <= 65535:
        parser.error(f"--port {wishes.port}: a port is a number from 1 to 65535")
    return wishes


def _already(running: state.Notes, wishes: argparse.Namespace) -> int:
    if running.phase != "ready":
        say(f"Another infra/up of this checkout is {running.phase} (process {running.pid}).")
        return 1 if running.phase == "stopping" else 0
    say(f"Already running (process {running.pid}).")
    if wishes.port != running.port:
        say(f"It listens on port {running.port}; infra/down first, to move it to {wishes.port}.")
    _announce(running)
    return 0


def _detached(wishes: argparse.Namespace) -> int:
    """Starts the supervisor as a process of its own; passes on what it says until it is ready."""
    said = state.DIARY.stat().st_size if state.DIARY.exists() else 0
    pid = os.fork()
    if pid == 0:
        _become_daemon()
        code = 1
        try:
            code = _serve(wishes)
        except Trouble as trouble:
            say(f"\n{trouble}")
        finally:
            os._exit(code)
    try:
        return _pass_on(pid, said)
    except KeyboardInterrupt:
        complain("\nStopping what was started …")
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        return 130


def _become_daemon() -> None:
    os.setsid()
    os.chdir("/")
    diary = os.open(state.DIARY, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (diary, 1), (diary, 2)):
        os.dup2(source, target)


def _pass_on(pid: int, said: int) -> int:
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        notes = state.read_notes()
        ready = notes is not None and notes.pid == pid and notes.phase == "ready"
        if state.DIARY.exists():
            with state.DIARY.open("rb") as diary:
                diary.seek(said)
                fresh = diary.read()
            said += len(fresh)
            with suppress(BrokenPipeError):  # nobody listens any more; the start goes on
                sys.stdout.write(fresh.decode(errors="replace"))
                sys.stdout.flush()
        if ended:
            return os.waitstatus_to_exitcode(status) or 1
        if ready:
            say("It goes on in the background: infra/status shows it, infra/down stops it.")
            return 0
        time.sleep(0.2)


def _serve(wishes: argparse.Namespace) -> int:
    lock = state.take_lock()
    if lock is None:
        raise Trouble("Another infra/up of this checkout has just started.")
    began = time.monotonic()
    end_leftovers()
    notes = state.Notes(pid=os.getpid(), host=wishes.host, port=wishes.port, since=time.time())
    notes.write()
    supervisor = Supervisor(tell=lambda: _note(notes, supervisor))
    try:
        _refuse_taken_port(wishes)
        _install()
        supervisor.listen()
        env = _start_servers(supervisor, wishes)
        _set_up(env, demo=not wishes.no_demo)
        if not supervisor.stopping:
            _start_product(supervisor, env, wishes)
        if not supervisor.stopping:
            notes.accounts = _accounts(env, demo=not wishes.no_demo)
            say(f"\nReady after {seconds(time.monotonic() - began)}.")
            _announce(notes)
            say("" if wishes.detach else "Ctrl-C stops it.\n")
            notes.phase = "ready"
            notes.write()
        supervisor.watch()
    except Trouble:
        # Asked to stop while starting: what failed then failed because of it.
        if not supervisor.stopping:
            raise
    finally:
        notes.phase = "stopping"
        notes.write()
        if supervisor.children:
            say("\nStopping in order: no task and no entry is lost.")
        supervisor.stop()
        state.NOTES.unlink(missing_ok=True)
        lock.close()
    say("Stopped.")
    return 0


def _note(notes: state.Notes, supervisor: Supervisor) -> None:
    notes.children = {
        child.name: {"pid": child.pid, "restarts": child.restarts, "log": str(child.log)}
        for child in supervisor.children
    }
    notes.write()


def _refuse_taken_port(wishes: argparse.Namespace) -> None:
    if not is_free(wishes.port, wishes.host):
        raise Trouble(
            f"Port {wishes.port} of {wishes.host} is taken by another program (or is not allowed "
            f"to this user). Choose another: infra/up --port {wishes.port + 1}"
        )


def _install() -> None:
    tools.install_python_packages()
    tools.build_face()
    tools.compile_words()
    tools.collect_static_files(environment({"BALADIYAT_VAR": str(VAR)}))


def _start_servers(supervisor: Supervisor, wishes: argparse.Namespace) -> dict[str, str]:
    """The product's environment; starts each embedded part that no address replaces."""
    env = environment(
        {
            "BALADIYAT_VAR": str(VAR),
            "SECRET_KEY": os.environ.get("SECRET_KEY") or secret("django"),
            "PUBLIC_PORT": str(wishes.port),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings"),
            "STORAGE_URL": os.environ.get("STORAGE_URL") or f"file://{VAR / 'files'}",
            # The demo towns take payments at a trial bank, where no money moves.
            "PAYMENT_SANDBOX": os.environ.get("PAYMENT_SANDBOX") or str(not wishes.no_demo).lower(),
        }
    )
    logs = VAR / "log"
    if not env.get("DATABASE_URL"):
        database = Postgres(VAR / "postgres", logs / "postgres.log")
        database.prepare()
        with step("Starting PostgreSQL", f"127.0.0.1:{database.port}"):
            database.wait_until_ready(supervisor.add(database.child()))
            database.ensure_database()
        env["DATABASE_URL"] = database.url
    if not (env.get("BROKER_URL") and env.get("CACHE_URL")):
        valkey = Valkey(VAR / "valkey", logs / "valkey.log")
        valkey.prepare()
        with step("Starting Valkey", f"127.0.0.1:{valkey.port}"):
            valkey.wait_until_ready(supervisor.add(valkey.child()))
        env["BROKER_URL"] = env.get("BROKER_URL") or valkey.url(0)
        env["CACHE_URL"] = env.get("CACHE_URL") or valkey.url(1)
    _keep_environment(env)
    return env


def _keep_environment(env: dict[str, str]) -> None:
    """var/run/environment, so that a person can run `baladiyat` on the running servers."""
    names = (
        "DATABASE_URL",
        "BROKER_URL",
        "CACHE_URL",
        "STORAGE_URL",
        "SECRET_KEY",
        "BALADIYAT_VAR",
        "PUBLIC_PORT",
        "DJANGO_SETTINGS_MODULE",
        "PAYMENT_SANDBOX",
    )
    path = VAR / "run" / "environment"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.writelines(f"export {name}='{env[name]}'\n" for name in names)


def _set_up(env: dict[str, str], *, demo: bool) -> None:
    with step("Migrating and provisioning", "demo municipalities too" if demo else ""):
        run(
            [BIN / "baladiyat", "setup", *(["--demo"] if demo else [])],
            env=env,
            loud=True,
            log=VAR / "log" / "setup.log",
            trouble="The database could not be brought to this release.",
        )


def _start_product(supervisor: Supervisor, env: dict[str, str], wishes: argparse.Namespace) -> None:
    logs = VAR / "log"
    (VAR / "beat").mkdir(exist_ok=True)
    with step("Starting web, worker and beat"):
        worker = supervisor.add(worker_child(env, logs / "worker.log"))
        beat = supervisor.add(
            beat_child(env, logs / "beat.log", schedule=VAR / "beat" / "schedule")
        )
        web = supervisor.add(
            web_child(
                env,
                logs / "web.log",
                host=wishes.host,
                port=wishes.port,
                workers=wishes.workers,
            )
        )
        await_web(supervisor, web, host=wishes.host, port=wishes.port)
        await_worker(supervisor, worker)
        for child in (worker, beat, web):
            if child.has_ended() and not supervisor.stopping:
                raise Trouble(
                    f"{child.name} does not stay up. The end of {child.log}:\n"
                    + last_lines(child.log.read_text(errors="replace"))
                )


def _accounts(env: dict[str, str], *, demo: bool) -> str:
    """The demo accounts as the product lists them; a listing that fails does not stop the house."""
    if not demo:
        return ""
    try:
        listing = run(
            [BIN / "baladiyat", "accounts", "--demo"],
            env=env,
            trouble="The demo accounts cannot be listed.",
        )
    except Trouble as trouble:
        return str(trouble)
    return listing


def _announce(notes: state.Notes) -> None:
    if notes.accounts:
        say("\n" + notes.accounts.strip("\n"))
    else:
        say(f"\n  http://localhost:{notes.port}/   the hub (operators, programme)")
    say(f"\n  logs: {VAR / 'log'}    settings of the servers: . {VAR / 'run' / 'environment'}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
