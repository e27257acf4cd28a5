"""Writes of the front desk, one verb each. Every write is atomic, audited, on the request's trail and, where others
care, an event. Nothing here knows the web.
"""

from modules.frontdesk.services.catalogue import offer_service, publish_version, revise_service
from modules.frontdesk.services.close import lapse_request, withdraw_request
from modules.frontdesk.services.committee import (
    hold_session,
    keep_signed_minutes,
    plan_session,
    put_on_agenda,
)
from modules.frontdesk.services.complaints import merge_complaints, object_to, rate_request
from modules.frontdesk.services.deadlines import move_deadlines
from modules.frontdesk.services.decide import decide_request
from modules.frontdesk.services.designing import (
    change_design,
    discard_design,
    new_service,
    publish_design,
    start_design,
    take_in,
)
from modules.frontdesk.services.draft import Persons, discard_draft, open_draft, save_answers
from modules.frontdesk.services.hand_over import hand_over, issue_output
from modules.frontdesk.services.heirs import ask_for_heirs
from modules.frontdesk.services.letters import letter_of
from modules.frontdesk.services.opening import Opening, PaperInput, open_request
from modules.frontdesk.services.papers import (
    attach_paper,
    reject_paper,
    remove_paper,
    reuse_paper,
    waive_paper,
)
from modules.frontdesk.services.plans import draw_plan, drop_plan, sign_plan, take_action
from modules.frontdesk.services.quoting import print_quotation
from modules.frontdesk.services.refunds import ask_refund
from modules.frontdesk.services.settlement import settle_fee, unsettle_fee
from modules.frontdesk.services.steps import (
    add_note,
    assign_step,
    complete_step,
    send_back,
    take_step,
)
from modules.frontdesk.services.submit import Submission, ask_to_let_pass, let_pass, submit_request
from modules.frontdesk.services.together import (
    ask_beside,
    assign_many,
    drop_beside,
    escalate,
    take_next,
    tell_by_hand,
    undo_last,
)
from modules.frontdesk.services.tools import drop_tool, run_macro, save_tool
from modules.frontdesk.services.waiting import (
    DeficiencyInput,
    external_answered,
    resubmit,
    return_to_citizen,
    wait_external,
)

__all__ = [
    "DeficiencyInput",
    "Opening",
    "PaperInput",
    "Persons",
    "Submission",
    "add_note",
    "ask_beside",
    "ask_for_heirs",
    "ask_refund",
    "ask_to_let_pass",
    "assign_many",
    "assign_step",
    "attach_paper",
    "change_design",
    "complete_step",
    "decide_request",
    "discard_design",
    "discard_draft",
    "draw_plan",
    "drop_beside",
    "drop_plan",
    "drop_tool",
    "escalate",
    "external_answered",
    "hand_over",
    "hold_session",
    "issue_output",
    "keep_signed_minutes",
    "lapse_request",
    "let_pass",
    "letter_of",
    "merge_complaints",
    "move_deadlines",
    "new_service",
    "object_to",
    "offer_service",
    "open_draft",
    "open_request",
    "plan_session",
    "print_quotation",
    "publish_design",
    "publish_version",
    "put_on_agenda",
    "rate_request",
    "reject_paper",
    "remove_paper",
    "resubmit",
    "return_to_citizen",
    "reuse_paper",
    "revise_service",
    "run_macro",
    "save_answers",
    "save_tool",
    "send_back",
    "settle_fee",
    "sign_plan",
    "start_design",
    "submit_request",
    "take_action",
    "take_in",
    "take_next",
    "take_step",
    "tell_by_hand",
    "undo_last",
    "unsettle_fee",
    "wait_external",
    "waive_paper",
    "withdraw_request",
]
