"""What every measuring process inside the product begins with."""

from __future__ import annotations

import argparse
import sys

import django


def begin(description: str, **numbers: float) -> argparse.Namespace:
    """Loads the product and reads --seed and the numbers that infra/bench passed."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--seed", type=int, default=1)
    for name, default in numbers.items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    wishes = parser.parse_args()
    django.setup()
    return wishes


def tell(text: str) -> None:
    """A line of progress; standard output carries the rows."""
    sys.stderr.write(f"    {text}\n")
    sys.stderr.flush()
