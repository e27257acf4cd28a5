"""Asks the database again and again; prints how many seconds it did not answer. Runs inside the product."""

from __future__ import annotations

import os
import sys
import time

import psycopg

LONGEST = 120


def main() -> None:
    """Says "watching" when it answers, then waits for it to fall silent and to answer again."""
    silent_since = None
    sys.stdout.write("watching\n" if _answers() else "away\n")
    sys.stdout.flush()
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if _answers():
            if silent_since is not None:
                sys.stdout.write(f"{time.monotonic() - silent_since:.2f}\n")
                return
        elif silent_since is None:
            silent_since = time.monotonic()
        time.sleep(0.01)
    sys.stdout.write(f"{LONGEST}\n")


def _answers() -> bool:
    try:
        with psycopg.connect(os.environ["DATABASE_URL"], connect_timeout=2) as asked:
            return asked.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


if __name__ == "__main__":
    main()
