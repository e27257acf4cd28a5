"""What integrators may be told of the front desk. Types are a promise: new ones come, none changes its meaning."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.manifest import WebhookEvent


def _request(code: str, event: str, title: str | Promise) -> WebhookEvent:
    return WebhookEvent(
        code=code,
        event=f"frontdesk.{event}",
        title=title,
        subject="request_uid",
        address="/requests/{id}",
    )


def _appointment(code: str, event: str, title: str | Promise) -> WebhookEvent:
    return WebhookEvent(
        code=code,
        event=f"frontdesk.{event}",
        title=title,
        subject="appointment_uid",
        address="/appointments/{id}",
    )


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
    _request("opinion.asked", "ExternalOpinionAsked", _("An outside body was asked")),
    _request("fee.assessed", "FeeAssessed", _("A fee of a request was assessed")),
    _request("fee.settled", "FeeSettled", _("A fee of a request was settled")),
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
