from django.urls import path, register_converter

from frontend.places import views


class HeldKind:
    """The two kinds of place that somebody can hold."""

    regex = "land|premises"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(HeldKind, "held")

app_name = "places"
urlpatterns = [
    path("places/", views.places, name="list"),
    path("places/land/new", views.land_new, name="land-new"),
    path("places/premises/new", views.premises_new, name="premises-new"),
    path("places/neighbourhoods", views.neighbourhood_list, name="neighbourhoods"),
    path("places/land/<uuid:uid>", views.land, name="land"),
    path("places/land/<uuid:uid>/split", views.land_split, name="split"),
    path("places/premises/<uuid:uid>", views.premises, name="premises"),
    path("places/<held:kind>/<uuid:uid>/holder", views.holding_new, name="holding-new"),
    path("places/holding/<uuid:uid>/end", views.holding_end, name="holding-end"),
]
