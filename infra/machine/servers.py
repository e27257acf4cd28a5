"""What the embedded servers share: a free port that is remembered, and the user they run as."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
from pathlib import Path

from machine.commands import as_user
from machine.report import Trouble, say

SERVICE_USER = "baladiyat"


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether this computer lets a server listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def remembered_port(path: Path) -> int:
    """The loopback port written in this file, or a free one when it is new or taken."""
    try:
        port = int(path.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    if port and is_free(port):
        return port
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path.write_text(f"{port}\n")
    return port


def server_user(data: Path) -> str | None:
    """Who the servers run as: oneself, or for root an unprivileged user.

    PostgreSQL refuses to run as root. Data that exist keep their owner; new data get the system
    user `baladiyat`, made here, or `nobody` where no user can be made.
    """
    if os.geteuid() != 0:
        return None
    import pwd

    if data.exists() and (owner := data.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner).pw_name
        except KeyError as error:
            raise Trouble(
                f"{data} belongs to user number {owner}, who does not exist on this computer. "
                f"Give it to one who does: chown -R nobody {data}"
            ) from error
    for name in (SERVICE_USER, "nobody"):
        try:
            pwd.getpwnam(name)
        except KeyError:
            if not _make_system_user(name):
                continue
        return name
    raise Trouble(
        "The database cannot run as root, and no unprivileged user could be made. Make one "
        f"(useradd --system {SERVICE_USER}) or run the command as an ordinary user."
    )


def _make_system_user(name: str) -> bool:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return False
    made = subprocess.run(
        [useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
        capture_output=True,
        check=False,
    )
    if made.returncode == 0:
        say(f"          made the system user {name}: the database refuses to run as root")
    return made.returncode == 0


def let_in(user: str | None, program: Path, data: Path) -> None:
    """Makes sure the servers' user reaches the program and the data. Nothing to do for oneself.

    Directories above a checkout are often closed to others (/root is). They are opened for
    passing through, never for listing, and each one is named to the person at the terminal.
    """
    if user is None:
        return
    for leaf in (program, data):
        for parent in leaf.parents:
            mode = stat.S_IMODE(parent.stat().st_mode)
            if parent != Path("/") and not mode & stat.S_IXOTH:
                parent.chmod(mode | stat.S_IXOTH)
                say(f"          {parent}: opened for passing through (o+x), for the user {user}")
    if not _may_run(program, user):
        for path in (program.parent.parent, *program.parent.parent.rglob("*")):
            if not path.is_symlink():
                wanted = 0o055 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o044
                path.chmod(stat.S_IMODE(path.stat().st_mode) | wanted)


def _may_run(program: Path, user: str) -> bool:
    try:
        ran = subprocess.run(
            [program, "--version"], capture_output=True, check=False, cwd="/", **as_user(user)
        )
    except PermissionError:
        return False
    return ran.returncode == 0


def own(path: Path, user: str | None) -> Path:
    """A directory for the servers' user alone."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        shutil.chown(path, user)
    path.chmod(0o700)
    return path
