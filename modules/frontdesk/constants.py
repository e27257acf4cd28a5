"""Choices of the front desk, in the words of the clerk's stamp."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

MODULE_CODE = "frontdesk"
NUMBER_SERIES = "frontdesk.request"
CERTIFICATE_SERIES = "frontdesk.certificate"
QUOTATION_SERIES = "frontdesk.quotation"


class State(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    MISSING_ITEMS = "missing_items", _("Missing items")
    IN_PROGRESS = "in_progress", _("In progress")
    WAITING_CITIZEN = "waiting_citizen", _("Waiting for the citizen")
    WAITING_EXTERNAL = "waiting_external", _("Waiting for an outside body")
    WAITING_PAYMENT = "waiting_payment", _("Waiting for payment")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    COMPLETED = "completed", _("Completed")
    CANCELLED = "cancelled", _("Cancelled")
    ARCHIVED = "archived", _("Archived")


CLOSED_STATES = (State.COMPLETED, State.CANCELLED, State.ARCHIVED)
PAUSED_STATES = (State.MISSING_ITEMS, State.WAITING_CITIZEN, State.WAITING_EXTERNAL)
OPEN_STATES = tuple(state for state in State if state not in (*CLOSED_STATES, State.DRAFT))


class StepKind(TextChoices):
    INTAKE = "intake", _("Reception and check of papers")
    DUES_CHECK = "dues_check", _("Check of dues")
    LEGAL_CHECK = "legal_check", _("Legal check")
    TECHNICAL_CHECK = "technical_check", _("Technical check")
    EXTERNAL_OPINION = "external_opinion", _("Opinion of an outside body")
    COMMITTEE = "committee", _("Committee or council")
    DECISION = "decision", _("Decision")
    FEE_COLLECTION = "fee_collection", _("Collection of fees")
    EXECUTION = "execution", _("Execution")
    DELIVERY = "delivery", _("Delivery to the citizen")
    ARCHIVING = "archiving", _("Archiving")


class StepState(TextChoices):
    PLANNED = "planned", _("Not reached yet")
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Not needed")


class StepOutcome(TextChoices):
    """What the step concluded. Only a deciding step approves or rejects; the others recommend."""

    FAVOURABLE = "favourable", _("No objection")
    UNFAVOURABLE = "unfavourable", _("Objection")
    DONE = "done", _("Done")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class Decision(TextChoices):
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class RejectionReason(TextChoices):
    """Coded reasons of a refusal (policy FRD-08): a refusal without a reason is void."""

    LAW = "law", _("Contrary to a law or regulation")
    PLANNING = "planning", _("Contrary to the planning conditions")
    OWNERSHIP = "ownership", _("Ownership or standing not proven")
    PAPERS = "papers", _("Papers not completed in time")
    DUES = "dues", _("Dues not settled")
    COMPETENCE = "competence", _("Outside the municipality's competence")
    TECHNICAL = "technical", _("Technically not possible")
    OTHER = "other", _("Another reason, stated in the text")


class PaperStatus(TextChoices):
    ATTACHED = "attached", _("Attached")
    WAIVED = "waived", _("Waived")
    REJECTED = "rejected", _("Not accepted")
    REPLACED = "replaced", _("Replaced")


class DeficiencyKind(TextChoices):
    MISSING_PAPER = "missing_paper", _("A paper is missing")
    UNREADABLE_PAPER = "unreadable_paper", _("A paper cannot be read")
    EXPIRED_PAPER = "expired_paper", _("A paper has expired")
    WRONG_ANSWER = "wrong_answer", _("An answer needs correcting")
    CLARIFICATION = "clarification", _("A clarification is needed")
    PRESENCE = "presence", _("The citizen must come in person")


PAPER_DEFICIENCIES = (
    DeficiencyKind.MISSING_PAPER,
    DeficiencyKind.UNREADABLE_PAPER,
    DeficiencyKind.EXPIRED_PAPER,
)


class PauseKind(TextChoices):
    CITIZEN = "citizen", _("Waiting for the citizen")
    EXTERNAL = "external", _("Waiting for an outside body")
    PAYMENT = "payment", _("Waiting for payment")


class Channel(TextChoices):
    DESK = "desk", _("At the desk")
    WEB = "web", _("On the web")
    API = "api", _("By a connected system")
    PHONE = "phone", _("By telephone")


class ActsBy(TextChoices):
    """The paper by which somebody acts for another. Nobody acts for another where it is empty."""

    POWER = "power", _("Power of attorney")
    INHERITANCE = "inheritance", _("Certificate of inheritance")


class Recipient(TextChoices):
    APPLICANT = "applicant", _("The applicant")
    BENEFICIARY = "beneficiary", _("The beneficiary")
    AGENT = "agent", _("The agent")
    DELEGATE = "delegate", _("A person sent by the applicant")


class Audience(TextChoices):
    CITIZEN = "citizen", _("Citizens")
    STAFF = "staff", _("The municipality's own sections")


class GateCode(TextChoices):
    PAPERS = "papers", _("Papers and answers")
    DUES = "dues", _("Dues")
    HOLDS = "holds", _("Holds")
    AGENT = "agent", _("Standing and power of attorney")
    FEE = "fee", _("Fee")


class GateOutcome(TextChoices):
    PROCEED = "proceed", _("May proceed")
    WARN = "warn", _("May proceed, with a warning")
    PAY_NOW = "pay_now", _("Payment first")
    REFUSE = "refuse", _("Stopped")


BLOCKING_OUTCOMES = (GateOutcome.PAY_NOW, GateOutcome.REFUSE)


class ToolKind(TextChoices):
    VIEW = "view", _("Saved view")
    MACRO = "macro", _("Macro")
    HALL = "hall", _("Service hall")
    COUNTER = "counter", _("Counter")
    SLOTS = "slots", _("Appointments")


HALL_TOOLS = (ToolKind.HALL, ToolKind.COUNTER, ToolKind.SLOTS)
"""Rows of the hall itself, of nobody's desk."""


PERSONAL_TOOLS = (ToolKind.VIEW, ToolKind.MACRO)
"""What somebody keeps for a desk; the hall's own rows are kept on its page alone."""


class TicketState(TextChoices):
    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("At the counter")
    SERVED = "served", _("Served")
    ABSENT = "absent", _("Did not come")
    LEFT = "left", _("Left")


LIVE_TICKETS = (TicketState.WAITING, TicketState.CALLED)


class TicketPriority(TextChoices):
    ELDERLY = "elderly", _("Elderly person")
    DISABLED = "disabled", _("Person with a disability")
    INFANT = "infant", _("Pregnant, or with an infant")
    BOOKED = "booked", _("With an appointment")


class OfflineOutcome(TextChoices):
    """What became of a thing taken without a line, when the server received it."""

    ACCEPTED = "accepted", _("Became a request")
    STOPPED = "stopped", _("Stopped by a gate; kept as a draft")
    VOID = "void", _("Given up, with its reason")


class SessionState(TextChoices):
    PLANNED = "planned", _("Planned")
    CLOSED = "closed", _("Closed")


class MemberRole(TextChoices):
    """What somebody is in a committee."""

    CHAIR = "chair", _("Chair")
    MEMBER = "member", _("Member")
    SECRETARY = "secretary", _("Secretary")


class Verb(TextChoices):
    """What the trail says happened."""

    OPENED = "opened", _("Draft opened")
    TAKEN_OFFLINE = "taken_offline", _("Received without a line")
    ANSWERED = "answered", _("Form saved")
    PAPER_ATTACHED = "paper_attached", _("Paper attached")
    PAPER_REUSED = "paper_reused", _("Paper on file used again")
    PAPER_WAIVED = "paper_waived", _("Paper waived")
    PAPER_REJECTED = "paper_rejected", _("Paper not accepted")
    GATE_OVERRIDDEN = "gate_overridden", _("Let pass by authority")
    SUBMITTED = "submitted", _("Request submitted")
    STEP_OPENED = "step_opened", _("Step opened")
    STEP_SKIPPED = "step_skipped", _("Step not needed")
    STEP_TAKEN = "step_taken", _("Step taken up")
    ASSIGNED = "assigned", _("Step assigned")
    STEP_COMPLETED = "step_completed", _("Step completed")
    STEP_REPEATED = "step_repeated", _("Sent back to an earlier step")
    RETURNED = "returned", _("Returned to the citizen")
    RESUBMITTED = "resubmitted", _("Completed by the citizen")
    WAITING_EXTERNAL = "waiting_external", _("Sent to an outside body")
    EXTERNAL_ANSWERED = "external_answered", _("Outside body answered")
    FEE_ASSESSED = "fee_assessed", _("Fee assessed")
    FEE_SETTLED = "fee_settled", _("Fee settled")
    FEE_REOPENED = "fee_reopened", _("Fee owed again")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    DOCUMENT_ISSUED = "document_issued", _("Document issued")
    DOCUMENT_REVOKED = "document_revoked", _("Document revoked")
    HANDED_OVER = "handed_over", _("Handed over")
    COMPLETED = "completed", _("Completed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Closed as abandoned")
    ARCHIVED = "archived", _("Archived")
    NOTE = "note", _("Note")
    ESCALATED = "escalated", _("Escalated")
    UNDONE = "undone", _("Undone")
    MERGED = "merged", _("Merged with another complaint")
    RATED = "rated", _("Rated by the citizen")
    OBJECTED = "objected", _("Objection made")
    ON_AGENDA = "on_agenda", _("Put on a committee's agenda")
    SESSION_HELD = "session_held", _("Taken in a committee's session")
    PLAN_SIGNED = "plan_signed", _("Action plan signed")
    LETTER_SENT = "letter_sent", _("Letter sent")
    SHEET_RETURNED = "sheet_returned", _("Signed sheet came back")
    DEADLINE_MOVED = "deadline_moved", _("Promised date moved")
    CITIZEN_WROTE = "citizen_wrote", _("The citizen wrote")
    TOLD = "told", _("Written to the citizen")


class OwedAgain(TextChoices):
    """Why a clearance is judged again after it was given."""

    CHEQUE = "cheque", _("The bank returned the cheque %(number)s.")
    RECEIPT = "receipt", _("The receipt %(number)s was taken back.")
    DUE = "due", _("A due that was settled is owed again.")


class OnlineState(TextChoices):
    """An online request until the desk has verified it."""

    FILLING = "filling", _("Being filled in")
    WAITING = "waiting", _("Waiting to be verified")
    RETURNED = "returned", _("Returned to the citizen")
    ACCEPTED = "accepted", _("Accepted")
    REJECTED = "rejected", _("Rejected")


WITH_CITIZEN = (OnlineState.FILLING, OnlineState.RETURNED)
VERIFIED = (OnlineState.ACCEPTED, OnlineState.REJECTED)


class IdentityMatch(TextChoices):
    """How it is known who asks."""

    NONE = "none", _("To be verified")
    PHONE = "phone", _("ID number and telephone are on file")
    CLERK = "clerk", _("Verified at the desk")


class AppointmentState(TextChoices):
    BOOKED = "booked", _("Booked")
    ARRIVED = "arrived", _("Arrived")
    MISSED = "missed", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")


AFTER_REJECTION = frozenset({StepKind.DELIVERY.value, StepKind.ARCHIVING.value})
"""Kinds of steps that are still done when a request was rejected."""

PREFILLS = {
    "party.full_name": _("The applicant's name"),
    "party.id_number": _("The applicant's ID number"),
    "party.phone": _("The applicant's telephone"),
    "party.address": _("The applicant's address"),
    "place.label": _("The parcel"),
    "place.block_no": _("The parcel's block"),
    "place.parcel_no": _("The parcel's number"),
    "place.area": _("The parcel's area"),
}
"""Facts already known that a question may begin with."""

STOPPABLE = {
    "proceed": _("May proceed"),
    "warn": _("Warned"),
    "pay_now": _("Pays now"),
    "plan": _("Action plan"),
    "refuse": _("Refused"),
}
"""What is done about dues at the desk."""

FREQUENT = ("FD-004", "FD-001", "FD-002", "PL-001", "CR-002", "SB-001")
"""What citizens ask for most, the most asked in front: shown first at the desk, also where there is no line."""
