from rest_framework.routers import SimpleRouter

from modules.frontdesk.api.committee import CommitteeSessions
from modules.frontdesk.api.figure_cases import DeskFigureCases
from modules.frontdesk.api.figures import DeskFigures
from modules.frontdesk.api.hall import Tickets
from modules.frontdesk.api.online import Appointments, OnlineRequests
from modules.frontdesk.api.views import Requests, Services

router = SimpleRouter(trailing_slash=False)
router.register("requests", Requests, basename="request")
router.register("tickets", Tickets, basename="ticket")
router.register("desk-figures", DeskFigures, basename="desk-figures")
router.register("desk-figures", DeskFigureCases, basename="desk-figure-cases")
router.register("committee-sessions", CommitteeSessions, basename="committee-session")
router.register("online-requests", OnlineRequests, basename="online-request")
router.register("appointments", Appointments, basename="appointment")
router.register("services", Services, basename="service")

urlpatterns = router.urls
