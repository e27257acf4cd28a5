"""Compiles every locale/*/LC_MESSAGES/*.po with Babel. Runs in the project's .venv."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

SKIPPED = {".venv", "node_modules", "var", ".git", "dist"}


def main(root: Path) -> int:
    """Compiles what is older than its source. Refuses a file that cannot be read, by its name."""
    failed = 0
    for source in _sources(root):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        try:
            with source.open("rb") as file:
                catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError, ValueError) as error:
            sys.stderr.write(f"{source.relative_to(root)}: {error}\n")
            failed += 1
            continue
        unfinished = target.with_suffix(".mo.part")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(target)
    return 1 if failed else 0


def _sources(root: Path) -> Iterator[Path]:
    for folder in root.iterdir():
        if folder.is_dir() and folder.name not in SKIPPED:
            yield from sorted(folder.rglob("locale/*/LC_MESSAGES/*.po"))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
