"""A programme at the door, as far as one connection goes; and what `doors` says of the tables. Loopback only."""

from __future__ import annotations

import http.client
import json
import subprocess
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from machine.places import BIN, ROOT
from machine.report import Trouble

from measure.stage import Stage


@dataclass(frozen=True)
class Answer:
    """What came back; status 0: nothing did."""

    status: int
    body: str
    retry_after: str
    milliseconds: float

    @property
    def code(self) -> str:
        """The problem's code, when it is a problem."""
        try:
            return str(json.loads(self.body).get("code", ""))
        except (ValueError, AttributeError):
            return ""


@dataclass
class Programme:
    """One connection with one key, made anew after a fault."""

    host: str
    port: int
    key: str
    connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def get(self, path: str) -> Answer:
        """A question."""
        return self._ask("GET", path, None, "")

    def post(self, path: str, body: Any) -> Answer:
        """JSON, with a key of its own against doubling."""
        return self._ask("POST", path, json.dumps(body).encode(), "application/json")

    def upload(self, name: str, content: bytes) -> Answer:
        """A file."""
        mark = uuid.uuid4().hex
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: text/plain\r\n\r\n"
        )
        body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self._ask("POST", "/api/v1/files", body, f"multipart/form-data; boundary={mark}")

    def _ask(self, method: str, path: str, body: bytes | None, kind: str) -> Answer:
        headers = {"Host": f"{self.host}:{self.port}", "Authorization": f"Bearer {self.key}"}
        if body is not None:
            headers |= {"Content-Type": kind, "Idempotency-Key": uuid.uuid4().hex}
        began = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
            self.connection.request(method, path, body=body, headers=headers)
            response = self.connection.getresponse()
            text = response.read().decode(errors="replace")
        except (OSError, http.client.HTTPException) as error:
            if self.connection is not None:
                self.connection.close()
            self.connection = None
            return Answer(0, repr(error), "", (time.monotonic() - began) * 1000)
        took = (time.monotonic() - began) * 1000
        return Answer(response.status, text, response.getheader("Retry-After") or "", took)


def ask(
    made: Stage, act: str, town: str, *, work: str = "measure.faults.doors", **numbers: int
) -> Any:
    """Asks `doors` (or its like) inside the product."""
    words = [part for name, value in numbers.items() for part in (f"--{name}", str(value))]
    done = subprocess.run(
        [BIN / "python", "-P", "-m", work, act, town, "--seed", str(made.seed), *words],
        env=made.env | {"PYTHONPATH": str(ROOT / "infra")},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        raise Trouble(f"{work} {act} {town} failed:\n" + "\n".join(done.stderr.splitlines()[-15:]))
    return json.loads(done.stdout.splitlines()[-1])


def p95(times: list[float]) -> float:
    """The time within which 95 of 100 were answered."""
    return sorted(times)[int(len(times) * 0.95)] if times else float("nan")
