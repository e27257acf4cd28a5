"""Steps of the stories in which a citizen is at home: a browser, a code that came by telephone, a request sent."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel.notifications.models import OutgoingMessage
from kernel.viewer import Viewer
from modules.frontdesk.models import OnlineRequest
from modules.frontdesk.services.online import (
    begin_online,
    fill_in,
    hand_in,
    say_who,
    send_online,
)
from modules.frontdesk.tests.factories import PETITION, png

PHONE, ID_NUMBER = "+970599123456", "401234562"
STRANGER_PHONE, STRANGER_ID = "+970569000001", "912345674"
CITIZEN = Viewer.citizen()
NAMES = {
    "given_name": "سعاد",
    "father_name": "أحمد",
    "grandfather_name": "علي",
    "family_name": "شراب",
}


def door(name: str, *args: Any) -> str:
    return reverse(f"frontdesk-citizen:{name}", args=args)


def last_code(phone: str = PHONE) -> str:
    """The code in the newest message to that telephone."""
    bodies = OutgoingMessage.objects.filter(to=phone).order_by("-id").values_list("body", flat=True)
    found = re.search(r"\d{6}", bodies[0])
    assert found is not None
    return found.group()


def proved(client: Client, phone: str = "0599123456", e164: str = PHONE) -> Client:
    """A browser that holds this telephone."""
    client.post(door("phone"), {"phone": phone, "next": ""})
    answer = client.post(door("code"), {"code": last_code(e164)})
    assert answer.status_code == 302, answer.content.decode()
    return client


def begun(client: Client, service: str = "FD-001", *, id_number: str = ID_NUMBER) -> OnlineRequest:
    """The browser began a request and typed the code."""
    asked = {"id_number": id_number, "phone": "0599123456"}
    client.post(door("apply", service), asked)
    client.post(door("code"), {"code": last_code()})
    return OnlineRequest.objects.latest("id")


def upload(name: str = "هوية.png", shade: int = 200) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, png(shade), "image/png")


def sent(
    service: str = "FD-001",
    *,
    phone: str = PHONE,
    id_number: str = ID_NUMBER,
    answers: Any = None,
    names: Any = None,
) -> OnlineRequest:
    """A request from the web that waits for the desk, by the services."""
    made = begin_online(service, id_number=id_number, phone=phone, by=CITIZEN)
    if made.match == "none":
        say_who(made.uid, names=names or NAMES, address="حي الأمل", by=CITIZEN)
    fill_in(made.uid, answers=answers or PETITION, by=CITIZEN)
    if made.request.design.requirement("identity_card"):
        hand_in(made.uid, requirement="identity_card", content=png(), name="هوية.png", by=CITIZEN)
    return send_online(made.uid, declared=True, by=CITIZEN)
