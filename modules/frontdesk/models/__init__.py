"""Tables of the front desk."""

from modules.frontdesk.models.appointments import Appointment
from modules.frontdesk.models.catalogue import Service, ServiceVersion
from modules.frontdesk.models.hall import Ticket
from modules.frontdesk.models.offline import OfflineBlock, OfflineTaking
from modules.frontdesk.models.online import OnlineRequest
from modules.frontdesk.models.papers import RequestPaper
from modules.frontdesk.models.requests import Request, RequestFee
from modules.frontdesk.models.route import Deficiency, Pause, RequestStep
from modules.frontdesk.models.tools import ActionPlan, CommitteeSession, DeskTool
from modules.frontdesk.models.trail import HandOver, TrailEntry

__all__ = [
    "ActionPlan",
    "Appointment",
    "CommitteeSession",
    "Deficiency",
    "DeskTool",
    "HandOver",
    "OfflineBlock",
    "OfflineTaking",
    "OnlineRequest",
    "Pause",
    "Request",
    "RequestFee",
    "RequestPaper",
    "RequestStep",
    "Service",
    "ServiceVersion",
    "Ticket",
    "TrailEntry",
]
