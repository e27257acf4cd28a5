"""infra/down: asks the running product to end, and waits until it has."""

from __future__ import annotations

import os
import signal
import sys
import time

from machine import state
from machine.report import complain, say, seconds

PATIENCE = 240


def main() -> int:
    """Ends what infra/up started. Nothing to do when nothing runs."""
    try:
        notes = state.read_notes()
    except PermissionError:
        complain("The product was started by another user; infra/down must be run by that user.")
        return 1
    if notes is None:
        say("Nothing is running.")
        return 0
    if not notes.pid:
        complain("infra/up is just starting or ending; try again in a moment.")
        return 1
    began = time.monotonic()
    try:
        os.kill(notes.pid, signal.SIGTERM)
    except PermissionError:
        complain("The product was started by another user; infra/down must be run by that user.")
        return 1
    except ProcessLookupError:
        say("It has just ended.")
        return 0
    say(f"Stopping (process {notes.pid}) …")
    while state.is_held():
        if time.monotonic() - began > PATIENCE:
            complain(f"It has not ended within {PATIENCE} s. Its log: {state.DIARY}")
            return 1
        time.sleep(0.1)
    say(f"Stopped in {seconds(time.monotonic() - began)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
