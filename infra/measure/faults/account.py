"""What one promise was put through, and whether it held."""

from __future__ import annotations

from dataclasses import dataclass, field

from machine.report import say


@dataclass
class Account:
    """Promise, faults, checks, result: printed as they happen."""

    number: str
    promise: str
    faults: list[str] = field(default_factory=list)
    checks: list[tuple[str, bool]] = field(default_factory=list)
    left_out: str = ""

    def begin(self) -> None:
        """The heading."""
        say(f"\n=== {self.number}  Promise: {self.promise}")

    def fault(self, what: str) -> None:
        """Something that was broken."""
        self.faults.append(what)
        say(f"  Fault:  {what}")

    def check(self, what: str, holds: bool, found: str = "") -> bool:
        """Something that was looked at afterwards."""
        self.checks.append((what, holds))
        say(f"  {'ok    ' if holds else 'BROKEN'}  {what}{': ' if found else ''}{found}")
        return holds

    def leave_out(self, why: str) -> None:
        """What cannot be tried on this computer. Said, and no fault of the promise."""
        self.left_out = why
        say(f"  Left out: {why}")

    @property
    def holds(self) -> bool:
        """Whether something was checked (or had to be left out), and everything held."""
        tried = bool(self.checks or self.left_out)
        return tried and all(held for _what, held in self.checks)

    def end(self) -> None:
        """The result."""
        if self.holds and not self.checks:
            say("  Result: not tried")
        else:
            say(f"  Result: {'the promise held' if self.holds else 'THE PROMISE IS BROKEN'}")
