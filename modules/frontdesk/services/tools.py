"""Saved views and macros: what a desk makes for itself. A macro does nothing that its user could not do by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from kernel.audit.recording import recorded
from kernel.organisation.models import Section
from kernel.viewer import Viewer
from modules.frontdesk.constants import StepOutcome, ToolKind
from modules.frontdesk.errors import ReasonRequired, ToolNotFound
from modules.frontdesk.models import DeskTool, Request
from modules.frontdesk.selectors.tools import tool_for
from modules.frontdesk.services.steps import LEAD, add_note, complete_step, take_step
from modules.frontdesk.services.together import tell_by_hand

MACRO_ACTS = ("", "take", "complete")


def save_tool(
    kind: str,
    *,
    name: str,
    definition: Mapping[str, Any],
    section: Section | None = None,
    by: Viewer,
) -> DeskTool:
    """Keep a view or a macro under a name, again under the same name; for a section it needs `frontdesk.lead` there.

    Refuses `ReasonRequired` without a name and `ToolNotFound` for another's section.
    """
    if not name.strip():
        raise ReasonRequired(field="name")
    if section is not None:
        by.require(LEAD)
        if not by.is_system and section.pk not in by.sections:
            raise ToolNotFound()
    with recorded(by=by):
        tool, _made = DeskTool.objects.update_or_create(
            kind=ToolKind(kind),
            name=name.strip()[:80],
            owner_id=None if section else by.user_id,
            section=section,
            defaults={"definition": dict(definition)},
        )
    return tool


def drop_tool(uid: UUID | str, *, by: Viewer) -> None:
    """Throw a view or macro away: one's own, or a section's by who leads it. Refuses `ToolNotFound`."""
    with recorded(by=by):
        tool = tool_for(by, uid)
        if tool.section_id is not None:
            by.require(LEAD)
        tool.delete()


def run_macro(
    uid: UUID | str, request_uid: UUID | str, step_uid: UUID | str, *, by: Viewer
) -> Request | None:
    """One click: the note, the message to the citizen, and the act on the step, all or nothing.

    Refuses whatever its parts refuse, and `ToolNotFound`.
    """
    tool = tool_for(by, uid)
    if tool.kind != ToolKind.MACRO:
        raise ToolNotFound()
    does = tool.definition
    done: Request | None = None
    with recorded(by=by, reason=tool.name):
        if does.get("note"):
            done = add_note(request_uid, text=str(does["note"]), by=by)
        if does.get("message"):
            done = tell_by_hand(request_uid, text=str(does["message"]), by=by)
        if does.get("act") == "take":
            take_step(request_uid, step_uid, by=by)
        elif does.get("act") == "complete":
            outcome = str(does.get("outcome") or StepOutcome.DONE)
            done = complete_step(
                request_uid, step_uid, outcome=outcome, text=str(does.get("note", "")), by=by
            )
    return done
