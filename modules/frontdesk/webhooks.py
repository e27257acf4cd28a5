"""What integrators may be told of the front desk. Types are a promise: new ones come, none changes its meaning."""

from collections.abc import Callable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.manifest import WebhookEvent


def _about(subject: str, address: str) -> Callable[[str, str, str | Promise], WebhookEvent]:
    """Makes the types that tell of one kind of thing: the field of the event that names it, and where it is read."""

    def made(code: str, event: str, title: str | Promise) -> WebhookEvent:
        return WebhookEvent(
            code=code, event=f"frontdesk.{event}", title=title, subject=subject, address=address
        )

    return made


_request = _about("request_uid", "/requests/{id}")
_appointment = _about("appointment_uid", "/appointments/{id}")
_online = _about("online_uid", "/online-requests/{id}")
_ticket = _about("ticket_uid", "/tickets/{id}")
_session = _about("session_uid", "/committee-sessions/{id}")

WEBHOOKS = (
    _request("request.submitted", "RequestSubmitted", _("A request was submitted")),
    _request("request.returned", "RequestReturned", _("A request was returned to the citizen")),
    _request("request.resubmitted", "RequestResubmitted", _("What was missing has come")),
    _request("request.decided", "RequestDecided", _("A request was decided")),
    _request("request.document_issued", "DocumentIssued", _("A document was issued on a request")),
    _request("request.handed_over", "RequestHandedOver", _("A document was handed over")),
    _request("request.completed", "RequestCompleted", _("A request was completed")),
    _request("request.withdrawn", "RequestWithdrawn", _("A request was withdrawn or closed")),
    _request("request.rated", "RequestRated", _("The citizen rated a finished request")),
    _request("request.citizen_wrote", "CitizenWrote", _("The citizen wrote about a request")),
    _request("step.opened", "StepOpened", _("A step of a request was opened")),
    _request("step.completed", "StepCompleted", _("A step of a request was completed")),
    _request("request.merged", "RequestMerged", _("A request was closed as the double of another")),
    _request("request.objected", "ObjectionOpened", _("The citizen objects to a decision")),
    _request("request.dues_action", "DuesActionTaken", _("Something was done about open dues")),
    _request("request.plan_signed", "ActionPlanSigned", _("An action plan was signed")),
    _request("request.quoted", "QuotationPrinted", _("A quotation of fees was printed")),
    _request("step.assigned", "StepAssigned", _("A step of a request has somebody who does it")),
    _request("step.sent_back", "StepSentBack", _("An earlier step of a request is done again")),
    _request("step.escalated", "StepEscalated", _("A step of a request was put before a role")),
    _request("opinion.asked", "ExternalOpinionAsked", _("An outside body was asked")),
    _request("opinion.given", "ExternalOpinionGiven", _("An outside body answered")),
    _request("fee.assessed", "FeeAssessed", _("A fee of a request was assessed")),
    _request("fee.settled", "FeeSettled", _("A fee of a request was settled")),
    _online(
        "online_request.received", "OnlineRequestReceived", _("A request came in from the web")
    ),
    _online(
        "online_request.returned",
        "OnlineRequestReturned",
        _("A request from the web was returned to be mended"),
    ),
    _online(
        "online_request.accepted",
        "OnlineRequestAccepted",
        _("A request from the web was accepted under a number"),
    ),
    _online(
        "online_request.rejected", "OnlineRequestRejected", _("A request from the web was refused")
    ),
    _ticket("ticket.taken", "TicketTaken", _("A ticket of the hall was taken")),
    _ticket("ticket.called", "TicketCalled", _("A ticket of the hall was called")),
    _ticket("ticket.closed", "TicketClosed", _("A ticket was served, did not come, or left")),
    _session("session.convened", "SessionConvened", _("A committee's session was called")),
    _session("session.decided", "SessionDecided", _("A committee's session was held and closed")),
    _session("session.minutes_signed", "MinutesSigned", _("The minutes of a session were signed")),
    _appointment("appointment.booked", "AppointmentBooked", _("An appointment was booked")),
    _appointment("appointment.moved", "AppointmentMoved", _("An appointment was moved")),
    _appointment(
        "appointment.ended", "AppointmentEnded", _("An appointment was kept, missed or cancelled")
    ),
    WebhookEvent(
        code="service.published",
        event="frontdesk.ServicePublished",
        title=_("A version of a service was published"),
        subject="service_code",
        address="/services/{id}",
    ),
)
