from rest_framework.routers import SimpleRouter

from modules.archive.api.views import Records

router = SimpleRouter(trailing_slash=False)
router.register("records", Records, basename="archive-record")

urlpatterns = router.urls
