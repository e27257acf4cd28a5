from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "kernel.places"
    label = "places"
