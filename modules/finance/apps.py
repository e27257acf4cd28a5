from django.apps import AppConfig


class FinanceConfig(AppConfig):
    name = "modules.finance"
    label = "finance"
