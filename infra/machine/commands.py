"""Running other programs: loud or silent, and never failing without a sentence."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from machine.places import BIN, ROOT
from machine.report import Trouble


def run(
    argv: Sequence[str | Path],
    *,
    trouble: str,
    env: Mapping[str, str] | None = None,
    cwd: Path = ROOT,
    loud: bool = False,
    user: str | None = None,
    text: str | None = None,
    log: Path | None = None,
) -> str:
    """Runs a program to its end and gives its output. Refuses with `trouble` and its last lines.

    `loud` shows the output as it comes; with `log`, what goes to standard error is kept there.
    """
    command = [str(part) for part in argv]
    errors = log.open("w") if log is not None else None
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=dict(env) if env is not None else None,
            stdout=None if loud else subprocess.PIPE,
            stderr=errors or (None if loud else subprocess.STDOUT),
            input=text,
            stdin=subprocess.DEVNULL if text is None else None,
            text=True,
            check=False,
            **as_user(user),
        )
    except FileNotFoundError as error:
        raise Trouble(f"{trouble} The program {command[0]} is not on this computer.") from error
    except PermissionError as error:
        raise Trouble(f"{trouble} {error}") from error
    finally:
        if errors is not None:
            errors.close()
    if done.returncode != 0:
        said = log.read_text(errors="replace") if log is not None else done.stdout or ""
        tail = "\n" + last_lines(said) if log is not None or not loud else ""
        raise Trouble(f"{trouble} ({Path(command[0]).name} ended with {done.returncode}){tail}")
    return done.stdout or ""


def as_user(user: str | None) -> dict[str, object]:
    """The arguments of subprocess that start a program as this user; nothing for oneself."""
    if user is None:
        return {}
    return {"user": user, "group": primary_group(user), "extra_groups": []}


def primary_group(user: str) -> int:
    """The number of a user's own group."""
    import pwd

    return pwd.getpwnam(user).pw_gid


def last_lines(text: str, count: int = 25, first: int = 6) -> str:
    """The end of an output (and its very beginning: npm explains there), indented, for a person."""
    lines = text.strip().splitlines()
    if len(lines) > count + first:
        lines = [*lines[:first], "…", *lines[-count:]]
    return "\n".join(f"    {line}" for line in lines)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment with the project's own programs first on the path."""
    env = dict(os.environ)
    env["PATH"] = f"{BIN}{os.pathsep}{env.get('PATH', os.defpath)}"
    env["PYTHONUNBUFFERED"] = "1"
    # The caller's interpreter must not leak into the project's own; and without bytecode on disk
    # every process would compile the whole product anew, which doubles the time of a start.
    for foreign in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"):
        env.pop(foreign, None)
    env.update(extra or {})
    return env


def fingerprint(paths: Iterable[Path]) -> str:
    """A hash over names and contents of files, the same for the same files everywhere."""
    digest = hashlib.sha256()
    for path in sorted(set(paths)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
