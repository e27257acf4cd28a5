from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "kernel.notifications"
    label = "notifications"
