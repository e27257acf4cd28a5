"""What the front desk refuses, each with its sentence, its code and its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from kernel.errors import (
    Conflict,
    InvalidInput,
    NotPermitted,
    NotVisible,
    Refusal,
    Sentence,
    Stale,
    TooMany,
)
from modules.frontdesk.errors.together import (
    ConflictOfInterest as ConflictOfInterest,
)
from modules.frontdesk.errors.together import (
    MinutesSignedBefore as MinutesSignedBefore,
)
from modules.frontdesk.errors.together import (
    NobodyHolds as NobodyHolds,
)
from modules.frontdesk.errors.together import (
    NoQuorum as NoQuorum,
)
from modules.frontdesk.errors.together import (
    NoTelephone as NoTelephone,
)
from modules.frontdesk.errors.together import (
    NotForCommittee as NotForCommittee,
)
from modules.frontdesk.errors.together import (
    NothingNext as NothingNext,
)
from modules.frontdesk.errors.together import (
    NothingStopsIt as NothingStopsIt,
)
from modules.frontdesk.errors.together import (
    NothingToObjectTo as NothingToObjectTo,
)
from modules.frontdesk.errors.together import (
    NothingToUndo as NothingToUndo,
)
from modules.frontdesk.errors.together import (
    NotRateable as NotRateable,
)
from modules.frontdesk.errors.together import (
    NotTheSameService as NotTheSameService,
)
from modules.frontdesk.errors.together import (
    ObjectionTooLate as ObjectionTooLate,
)
from modules.frontdesk.errors.together import (
    PlanDates as PlanDates,
)
from modules.frontdesk.errors.together import (
    PlanDoesNotCover as PlanDoesNotCover,
)
from modules.frontdesk.errors.together import (
    PlanNotFound as PlanNotFound,
)
from modules.frontdesk.errors.together import (
    PlanStands as PlanStands,
)
from modules.frontdesk.errors.together import (
    SectionAlreadyAsked as SectionAlreadyAsked,
)
from modules.frontdesk.errors.together import (
    SessionClosed as SessionClosed,
)
from modules.frontdesk.errors.together import (
    SessionNotFound as SessionNotFound,
)
from modules.frontdesk.errors.together import (
    SessionNotHeld as SessionNotHeld,
)
from modules.frontdesk.errors.together import (
    ToolNotFound as ToolNotFound,
)


class FaultTold(Protocol):
    """A fault of a definition: where it stands and what is wrong."""

    @property
    def path(self) -> str: ...

    @property
    def sentence(self) -> str: ...


class DefinitionInvalid(InvalidInput):
    code = "frontdesk.definition_invalid"
    sentence = _("The definition of the service needs correcting.")

    def __init__(self, faults: Sequence[FaultTold]) -> None:
        by_path: dict[str, list[Sentence]] = {}
        for fault in faults:
            by_path.setdefault(fault.path, []).append(fault.sentence)
        super().__init__(by_path)
        self.faults = tuple(str(fault) for fault in faults)


class ServiceNotFound(NotVisible):
    code = "frontdesk.service_not_found"
    sentence = _("This municipality does not offer such a service.")


class ServiceSwitchedOff(Refusal):
    code = "frontdesk.service_switched_off"
    sentence = _("The service “%(service)s” is not offered at present.")


class VersionPublished(Refusal):
    code = "frontdesk.version_published"
    sentence = _(
        "A published version is never edited; open a new version of “%(service)s” instead."
    )


class DesignNotFound(NotVisible):
    code = "frontdesk.design_not_found"
    sentence = _("No new version of “%(service)s” is being worked on.")


class DesignChanged(Stale):
    code = "frontdesk.design_changed"
    sentence = _(
        "Somebody else changed this draft meanwhile. What you typed is kept; look at theirs and save again."
    )


class ServiceCodeTaken(InvalidInput):
    code = "frontdesk.service_code_taken"
    sentence = _("A service with the code %(code)s exists already.")
    field = "code"


class PublishInThePast(InvalidInput):
    code = "frontdesk.publish_in_the_past"
    sentence = _("A version comes into force today or later.")
    field = "in_force_from"


class FileNotAService(InvalidInput):
    code = "frontdesk.file_not_a_service"
    sentence = _("This file holds no service that can be read: %(why)s")
    field = "file"


class NothingChanged(Refusal):
    code = "frontdesk.nothing_changed"
    sentence = _("Nothing differs from the version in force.")


class SectionMissing(Refusal):
    code = "frontdesk.section_missing"
    sentence = _(
        "The route goes to the section “%(section)s”, which this municipality does not have. Add it first."
    )


class RequestNotFound(NotVisible):
    code = "frontdesk.request_not_found"
    sentence = _("No request of that number can be seen here.")


class NotADraft(Refusal):
    code = "frontdesk.not_a_draft"
    sentence = _("Request %(number)s is already submitted; it can no longer be changed as a draft.")


class StillADraft(Refusal):
    code = "frontdesk.still_a_draft"
    sentence = _("The request has not been submitted yet.")


class AnswersInvalid(InvalidInput):
    code = "frontdesk.answers_invalid"
    sentence = _("Some answers need correcting.")

    def __init__(self, errors: Mapping[str, Sequence[Sentence]]) -> None:
        super().__init__(errors)


class PaperUnknown(InvalidInput):
    code = "frontdesk.paper_unknown"
    sentence = _("The service does not ask for a paper of this kind.")
    field = "requirement"


class PaperNotReusable(Refusal):
    code = "frontdesk.paper_not_reusable"
    sentence = _("This paper can no longer be used again; ask for a new copy.")


class PaperNotFound(NotVisible):
    code = "frontdesk.paper_not_found"
    sentence = _("The paper was not found in this request.")


class ReasonRequired(InvalidInput):
    code = "frontdesk.reason_required"
    sentence = _("Write the reason; it is kept with the request.")
    field = "reason"


class RequestClosed(Refusal):
    code = "frontdesk.request_closed"
    sentence = _("Request %(number)s is closed (%(state)s).")


class AlreadyDecided(Refusal):
    code = "frontdesk.already_decided"
    sentence = _("Request %(number)s was already decided: %(decision)s.")


class NotDecided(Refusal):
    code = "frontdesk.not_decided"
    sentence = _("Request %(number)s has not been approved yet.")


class StepNotFound(NotVisible):
    code = "frontdesk.step_not_found"
    sentence = _("The request has no such step.")


class StepNotOpen(Conflict):
    code = "frontdesk.step_not_open"
    sentence = _("The step “%(step)s” is not open (%(state)s).")


class StepAlreadyDone(Conflict):
    code = "frontdesk.step_already_done"
    sentence = _(
        "%(name)s already completed the step “%(step)s”, %(when)s. Nothing was written twice."
    )


class StepTakenByOther(Conflict):
    code = "frontdesk.step_taken_by_other"
    sentence = _(
        "%(name)s is working on the step “%(step)s” since %(when)s. Agree with them, or let it be assigned to you."
    )


class RequestChanged(Stale):
    code = "frontdesk.request_changed"
    sentence = _(
        "%(name)s changed this request %(when)s (%(what)s). What you typed is kept; look and send again."
    )


class NotYourStep(NotPermitted):
    code = "frontdesk.not_your_step"
    sentence = _(
        "The step “%(step)s” belongs to %(section)s. Ask there, or let it be assigned to you."
    )


class DecisionNeedsItsStep(Refusal):
    code = "frontdesk.decision_needs_its_step"
    sentence = _("The step “%(step)s” decides; it is completed by approving or rejecting.")


class DeliveryNeedsHandOver(Refusal):
    code = "frontdesk.delivery_needs_hand_over"
    sentence = _("The step “%(step)s” is completed by handing the document over.")


class OnlyTheDecidingStep(Refusal):
    code = "frontdesk.only_the_deciding_step"
    sentence = _("The step “%(step)s” does not decide; it recommends.")


class EarlierStepsOpen(Refusal):
    code = "frontdesk.earlier_steps_open"
    sentence = _("Other steps of this stage are still open: %(steps)s.")


class ClockPaused(Refusal):
    code = "frontdesk.clock_paused"
    sentence = _("Request %(number)s waits for %(whom)s; record the answer first.")


class NothingToComplete(Refusal):
    code = "frontdesk.nothing_to_complete"
    sentence = _("Request %(number)s does not wait for the citizen.")


class DeficienciesOpen(Refusal):
    code = "frontdesk.deficiencies_open"
    sentence = _("Still missing: %(what)s.")


class FeesUnavailable(Refusal):
    code = "frontdesk.fees_unavailable"
    sentence = _(
        "This service costs a fee, and the finance module that takes it is not switched on here."
    )


class FeeNotSettled(Refusal):
    code = "frontdesk.fee_not_settled"
    sentence = _("The fee of %(amount)s is not paid yet.")


class FeeNotAssessable(Refusal):
    code = "frontdesk.fee_not_assessable"
    sentence = _("This step does not assess that fee.")


class FeeNotComputable(Refusal):
    code = "frontdesk.fee_not_computable"
    sentence = _(
        "The fee “%(fee)s” cannot be computed from the answers. Correct them, or ask who keeps the catalogue."
    )


class FeeNotAssessed(InvalidInput):
    code = "frontdesk.fee_not_assessed"
    sentence = _("Enter the amount of the fee before the step is completed.")
    field = "amount"


class OutputNotIssued(Refusal):
    code = "frontdesk.output_not_issued"
    sentence = _("The document has not been issued yet.")


class OutputAlreadyIssued(Conflict):
    code = "frontdesk.output_already_issued"
    sentence = _(
        "The document was already issued under number %(number)s. Print a copy of it instead."
    )


class VisitReportMissing(InvalidInput):
    code = "frontdesk.visit_report_missing"
    sentence = _("The site visit needs its findings and at least one photo.")
    field = "photos"


class ConditionalPaperMissing(Refusal):
    code = "frontdesk.conditional_paper_missing"
    sentence = _("Accepted on condition and not brought yet: %(paper)s.")


class OwnRequest(NotPermitted):
    code = "frontdesk.own_request"
    sentence = _("You opened request %(number)s yourself; another person decides it.")


class DuesStopOutput(Refusal):
    code = "frontdesk.dues_stop_output"
    sentence = _("The document is not issued: %(why)s")


class RecipientUnknown(InvalidInput):
    code = "frontdesk.recipient_unknown"
    sentence = _("Write who receives it, and the ID number that was checked.")
    field = "recipient_name"


class TooManyTries(TooMany):
    code = "frontdesk.too_many_tries"


class OverrideNotAllowed(NotPermitted):
    code = "frontdesk.override_not_allowed"
    sentence = _("Nobody lets their own request pass; ask another person who may.")


class OverrideTooLong(InvalidInput):
    code = "frontdesk.override_too_long"
    sentence = _("A gate is opened for at most %(days)s days ahead (policy FRD-04).")
    field = "until"


class TrackingFailed(InvalidInput):
    """Never says which of the two was wrong."""

    code = "frontdesk.tracking_failed"
    sentence = _("No request fits this number and this telephone. Look at the slip and try again.")
    field = "number"


class StoppedAtGate(Refusal):
    """For those who ask over the interface: the verdicts are kept, and told as facts."""

    code = "frontdesk.stopped_at_gate"
    sentence = _("The request cannot be submitted yet: %(why)s")
