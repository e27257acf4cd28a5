"""A wall clock that can be set for one running process, its children with it. Linux, and a C compiler to make it."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

SOURCE = Path(__file__).with_name("clock.c")


class NoClock(Exception):
    """Why no clock can be set here."""


class Clock:
    """The seconds by which one process is ahead of the computer's clock; it jumps while the process runs."""

    def __init__(self, library: Path, place: Path) -> None:
        self.library, self.place = library, place
        self.jump(0)
        place.chmod(0o644)

    def jump(self, seconds: float) -> None:
        """Set it; 0 is right again."""
        with self.place.open("r+b" if self.place.exists() else "wb") as held:
            held.write(struct.pack("=q", int(seconds)))

    @property
    def env(self) -> Mapping[str, str]:
        """What a process needs in its environment to have this clock."""
        return {"LD_PRELOAD": str(self.library), "CLOCK_AHEAD": str(self.place)}


def made_clock(scratch: Path) -> Path:
    """The library, compiled. Raises `NoClock`."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if sys.platform != "linux" or compiler is None:
        raise NoClock("no C compiler on a Linux to make a clock that can be set")
    library = scratch / "clock.so"
    done = subprocess.run(
        [compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise NoClock(f"the clock could not be compiled: {done.stderr.splitlines()[:1]}")
    library.chmod(0o755)
    return library
