"""Keeps the product's processes alive, and ends them in order.

Each child has a process group of its own, so that Ctrl-C reaches the supervisor alone and the
children end in the order it chooses. A child that dies is started again, after a pause that
doubles up to ten seconds while it keeps dying. Where the system can (Linux), the children die with
the supervisor, so that even kill -9 leaves no orphan that holds a port.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from machine.commands import as_user
from machine.report import Trouble, say

LONGEST_PAUSE = 10.0
HEALTHY_AFTER = 30.0
LARGEST_LOG = 16 * 1024 * 1024
PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """A process: how it is started, and how it is asked to end."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    user: str | None = None
    feed: str = ""
    stop_signal: str = "SIGTERM"
    hurry_signal: str = "SIGKILL"
    stop_within: float = 30
    whole_group: bool = True
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 0.0
    start_again_at: float = 0.0
    restarts: int = 0
    log_from: int = 0

    def start(self) -> None:
        """Starts the process; its output goes to its log."""
        _turn_over(self.log)
        self.log_from = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab", buffering=0) as log:
            try:
                self.process = subprocess.Popen(
                    list(self.argv),
                    env=dict(self.env),
                    cwd=self.cwd,
                    stdin=subprocess.PIPE if self.feed else subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    process_group=0,
                    preexec_fn=_dies_with_parent(signal.Signals[self.stop_signal]),
                    **as_user(self.user),
                )
            except OSError as error:
                raise Trouble(f"{self.name} could not be started: {error}") from error
        if self.feed and self.process.stdin is not None:
            self.process.stdin.write(self.feed.encode())
            self.process.stdin.close()
        self.started_at = time.monotonic()

    def has_ended(self) -> bool:
        """Whether the process is gone (or was never started)."""
        return self.process is None or self.process.poll() is not None

    def output(self) -> bytes:
        """What the process has written since it was started last."""
        with self.log.open("rb") as log:
            log.seek(self.log_from)
            return log.read()

    @property
    def pid(self) -> int | None:
        """The number of the running process."""
        return None if self.process is None or self.has_ended() else self.process.pid

    def send(self, name: str) -> None:
        """Sends a signal to the process, if it is still there."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.Signals[name])

    def sweep(self) -> None:
        """Ends what a dead process left behind in its group: workers that would hold its port."""
        if self.process is not None and self.whole_group:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return


@dataclass
class Supervisor:
    """The running house. `tell` is called whenever something changes that status should show."""

    tell: Callable[[], None] = lambda: None
    quiet: bool = False
    children: list[Child] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _signals: int = 0

    def listen(self) -> None:
        """From now on Ctrl-C, SIGTERM and a closed terminal mean: stop in order."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        self._signals += 1
        self._stop.set()

    @property
    def stopping(self) -> bool:
        """Whether somebody asked for the end."""
        return self._stop.is_set()

    def add(self, child: Child) -> Child:
        """Starts a child and looks after it from now on."""
        child.start()
        self.children.append(child)
        self.tell()
        return child

    def watch(self) -> None:
        """Restarts what dies, until somebody asks for the end."""
        while not self._stop.wait(0.25):
            self.look()

    def look(self) -> None:
        """One round: a dead child is started again when its pause is over."""
        now = time.monotonic()
        for child in self.children:
            if not child.has_ended():
                continue
            if child.start_again_at == 0.0:
                self._plan_restart(child, now)
            elif now >= child.start_again_at:
                child.start_again_at = 0.0
                child.restarts += 1
                child.start()
                say(f"{child.name} runs again, as process {child.pid}")
                self.tell()

    def _plan_restart(self, child: Child, now: float) -> None:
        code = child.process.returncode if child.process else None
        child.sweep()
        if now - child.started_at > HEALTHY_AFTER:
            child.pause = 0.0
        child.start_again_at = now + child.pause
        say(
            f"{child.name} ended unexpectedly ({_how(code)}); starting it again"
            + (f" in {child.pause:.0f} s" if child.pause >= 1 else "")
            + f". Its log: {child.log}"
        )
        child.pause = min(LONGEST_PAUSE, max(0.5, child.pause * 2))
        self.tell()

    def stop(self) -> None:
        """Ends every child, the last started first. A second signal makes it hurry."""
        for child in reversed(self.children):
            if child.has_ended():
                child.sweep()
                continue
            started = time.monotonic()
            child.send(child.stop_signal)
            self._wait_for(child)
            child.sweep()
            if not self.quiet:
                say(f"  {child.name} ended ({time.monotonic() - started:.1f} s)")
        self.children.clear()

    def _wait_for(self, child: Child) -> None:
        heard = self._signals
        deadline = time.monotonic() + child.stop_within
        hurried = False
        while not child.has_ended():
            if self._signals > max(heard, 1) and not hurried:
                hurried = True
                child.send(child.hurry_signal)
            if time.monotonic() > deadline:
                say(f"  {child.name} did not end within {child.stop_within:.0f} s; ending it hard")
                child.send("SIGKILL")
                deadline = float("inf")
            time.sleep(0.05)


def _dies_with_parent(signal_number: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != parent:
            os.kill(os.getpid(), signal_number)

    return ask


def _turn_over(log: Path) -> None:
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_suffix(".1.log"))


def _how(code: int | None) -> str:
    if code is None:
        return "never started"
    if code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
