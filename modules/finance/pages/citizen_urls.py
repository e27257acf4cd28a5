"""Pages of payments from home, and the door at which a gateway tells what came of them."""

from django.urls import path

from modules.finance.pages import paying

app_name = "finance-citizen"
urlpatterns = [
    path("paying/told", paying.gateway_told, name="gateway-told"),
    path("paying/<uuid:uid>", paying.pay, name="pay"),
    path("paying/<uuid:uid>/receipt", paying.pay_receipt, name="pay-receipt"),
    path("paying/<uuid:uid>/back", paying.pay_back, name="pay-back"),
    path("paying/<uuid:uid>/trial", paying.sandbox, name="sandbox"),
]
