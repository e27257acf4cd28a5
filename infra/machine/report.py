"""What a person at the terminal reads: steps with their time, sentences for failures."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Trouble(Exception):
    """The work cannot go on; the text is a sentence for the person who started it."""


def say(text: str = "") -> None:
    """One line on standard output, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """One line on standard error."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def step(title: str, remark: str = "") -> Iterator[None]:
    """Says what is being done and how long it took."""
    say(f"{_clock()}  {title} …" + (f" ({remark})" if remark else ""))
    started = time.monotonic()
    yield
    took = time.monotonic() - started
    if took >= 0.05:
        say(f"{_clock()}     done in {seconds(took)}")


def seconds(took: float) -> str:
    """A length of time as a person says it."""
    if took < 60:
        return f"{took:.1f} s"
    return f"{int(took // 60)} min {int(took % 60)} s"


def _clock() -> str:
    return time.strftime("%H:%M:%S")
