"""infra/status: what is running, since when, and whether the web answers. Exit code 3: nothing."""

from __future__ import annotations

import sys
import time

from machine import state
from machine.report import say, seconds
from machine.serving import readiness

NOT_RUNNING = 3


def main() -> int:
    """Prints the state of the product. 0 when it serves, 1 when not fully, 3 when nothing runs."""
    notes = state.read_notes()
    if notes is None:
        say("Not running. infra/up starts it.")
        return NOT_RUNNING
    say(
        f"{notes.phase}, supervisor {notes.pid}, for {seconds(time.time() - notes.since)}, "
        f"http://localhost:{notes.port}/"
    )
    healthy = notes.phase == "ready"
    for name, child in notes.children.items():
        word = f"process {child['pid']}" if child["pid"] else "down, about to be started again"
        again = f", restarted {child['restarts']} times" if child["restarts"] else ""
        say(f"  {name:<9} {word}{again}   {child['log']}")
        healthy = healthy and child["pid"] is not None
    status, answer = readiness(notes.host, notes.port, within=5)
    say(f"  /readyz   {answer}")
    return 0 if healthy and status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
