"""Committees' sessions. Ids and values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kernel.events.declaring import event


@event("frontdesk.SessionConvened")
@dataclass(frozen=True)
class SessionConvened:
    session_uid: str
    number: str
    section_id: int
    held_on: date


@event("frontdesk.SessionDecided")
@dataclass(frozen=True)
class SessionDecided:
    """The session is closed: each item was decided or postponed, and the minutes are printed."""

    session_uid: str
    number: str
    decided: int
    postponed: int
    minutes_uid: str


@event("frontdesk.MinutesSigned")
@dataclass(frozen=True)
class MinutesSigned:
    """The signed sheet came back and is kept beside the printed minutes."""

    session_uid: str
    number: str
