"""What is running in this checkout: a lock that only a living supervisor holds, and its notes.

The lock is the kernel's (flock), so that a power cut or kill -9 leaves nothing stale behind: a
process number in the notes means something only while the lock is held.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from machine.places import VAR

LOCK = VAR / "run" / "lock"
NOTES = VAR / "run" / "state.json"
DIARY = VAR / "log" / "up.log"


@dataclass
class Notes:
    """What the supervisor says about itself."""

    pid: int
    phase: str = "starting"  # starting, ready, stopping
    host: str = "127.0.0.1"
    port: int = 8000
    since: float = 0.0
    children: dict[str, dict[str, int | str | None]] = field(default_factory=dict)
    accounts: str = ""

    def write(self) -> None:
        """Replaces the notes at once; a reader never sees half of them."""
        part = NOTES.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)
        part.replace(NOTES)


def read_notes() -> Notes | None:
    """The notes of the running supervisor; None when nothing runs."""
    if not is_held():
        return None
    try:
        return Notes(**json.loads(NOTES.read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return Notes(pid=0)


def take_lock() -> IO[str] | None:
    """The lock, held until the file is closed or the process ends; None when another holds it."""
    file = _open()
    # Somebody who only asks whether it is held holds it for an instant, too.
    for _ in range(20):
        if _lock(file, fcntl.LOCK_EX):
            return file
        time.sleep(0.05)
    file.close()
    return None


def is_held() -> bool:
    """Whether a supervisor of this checkout is alive."""
    if not LOCK.exists():
        return False
    with _open() as file:
        return not _lock(file, fcntl.LOCK_SH)


def _lock(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open() -> IO[str]:
    LOCK.parent.mkdir(parents=True, exist_ok=True)
    return Path(LOCK).open("a")
