"""What a killed supervisor left running: found by its notes, ended before a new start.

On Linux the children die with the supervisor, but their own children (the web's processes) need
not: killed at the same instant, they would hold the port for ever.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from machine.places import VENV
from machine.report import say
from machine.state import NOTES

PATIENCE = 30


def end_leftovers() -> None:
    """Ends what the last supervisor started and nobody looks after. Call it with the lock held."""
    try:
        children = json.loads(NOTES.read_text())["children"]
    except (FileNotFoundError, ValueError, KeyError):
        return
    groups = {child["pid"]: name for name, child in children.items() if child.get("pid")}
    for number, gentle in ((signal.SIGINT, True), (signal.SIGKILL, False)):
        left = dict(_ours(groups))
        for pid, name in left.items():
            if gentle:
                say(f"          ending process {pid} ({name}), left by a start that was killed")
            # The database ends its own backends; killing them hard would cost a recovery.
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + PATIENCE
        while any(_ours(groups)) and time.monotonic() < deadline:
            time.sleep(0.1)


def forget_dead_postmaster(data: Path) -> None:
    """Removes a postmaster.pid whose process is gone, when the server itself could not know it.

    The number may belong to another program by now (after a power cut), or to a process that is
    dead but was never collected (in a container without an init). PostgreSQL sees a living number
    and refuses to start. Nothing is removed while any process still works in the directory.
    """
    note = data / "postmaster.pid"
    if not note.exists() or not Path("/proc/self/cwd").exists():
        return
    deadline = time.monotonic() + PATIENCE
    while _works_in(data):
        if time.monotonic() > deadline:
            return
        time.sleep(0.1)
    note.unlink()


def _works_in(directory: Path) -> bool:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                if (entry / "cwd").readlink() == directory.resolve():
                    return True
    return False


def _ours(groups: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Processes of these groups that run a program of this checkout; numbers are used again."""
    for pid, group, command in _processes():
        if group in groups and str(VENV) in command:
            yield pid, groups[group]


def _processes() -> Iterator[tuple[int, int, str]]:
    if Path("/proc/self/stat").exists():
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with suppress(OSError, ValueError, IndexError):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                    after_name = (entry / "stat").read_text().rpartition(")")[2].split()
                    yield int(entry.name), int(after_name[2]), command
        return
    listing = subprocess.run(
        ["ps", "-axo", "pid=,pgid=,command="], capture_output=True, text=True, check=False
    )
    for line in listing.stdout.splitlines():
        pid, group, command = line.split(maxsplit=2)
        yield int(pid), int(group), command
