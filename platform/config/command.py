"""The `baladiyat` command: Django's commands and ours under one name."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext

from django.core.management import execute_from_command_line

from kernel.tenancy import TEMPLATE, use

# Django's own commands know nothing of towns: they work on the template.
_ON_THE_TEMPLATE = {
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "check",
    "spectacular",
    "pgtrigger",
}


# Long work beside the desks: it takes the processor when nobody at a desk wants it.
_BESIDE_THE_DESKS = {"export", "restore", "backup", "prove"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "municipality" and _BESIDE_THE_DESKS.intersection(sys.argv[2:3]):
        os.nice(15)
    with use(TEMPLATE) if command in _ON_THE_TEMPLATE else nullcontext():
        execute_from_command_line(["baladiyat", *sys.argv[1:]])
