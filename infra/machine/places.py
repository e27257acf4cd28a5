"""Where things lie in a checkout, and who owns them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from machine.report import Trouble

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / "bin"
VAR = ROOT / "var"


def private_dir(path: Path) -> Path:
    """A directory that only its owner may enter, made if it is missing."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def ensure_var() -> Path:
    """var/ with its rooms. Refuses when it belongs to somebody else and cannot be written."""
    try:
        VAR.mkdir(exist_ok=True)
        (VAR / "build").mkdir(exist_ok=True)
        for room in ("log", "files", "run"):
            private_dir(VAR / room)
    except PermissionError as error:
        raise Trouble(_foreign_owner()) from error
    if not all(os.access(path, os.W_OK) for path in (VAR, VAR / "run", VAR / "log")):
        raise Trouble(_foreign_owner())
    return VAR


def _foreign_owner() -> str:
    owner = VAR.stat().st_uid if VAR.exists() else ROOT.stat().st_uid
    return (
        f"{VAR} cannot be written by this user (it belongs to user number {owner}). Run the "
        f"command as that user or as root, or hand the directory over: chown -R $(id -u) {VAR}"
    )


def secret(name: str, directory: Path | None = None) -> str:
    """The secret of this name, generated once and readable by its owner alone."""
    path = private_dir(directory or VAR / "secret") / name
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = path.read_text().strip()
        if len(kept) >= 32:
            return kept
        # An empty file is what a power cut leaves between creation and the write.
        path.unlink()
        return secret(name, directory)
    with os.fdopen(descriptor, "w") as file:
        value = secrets.token_urlsafe(48)
        file.write(value + "\n")
        file.flush()
        os.fsync(file.fileno())
    return value
