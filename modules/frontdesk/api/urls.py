from rest_framework.routers import SimpleRouter

from modules.frontdesk.api.views import Requests, Services

router = SimpleRouter(trailing_slash=False)
router.register("requests", Requests, basename="request")
router.register("services", Services, basename="service")

urlpatterns = router.urls
