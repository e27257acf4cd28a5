"""A step that waits for a section without staff says so, and who leads it can hand it to somebody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from kernel.identity.models import User
from kernel.organisation.selectors import section_by_code, viewer_for
from kernel.viewer import Viewer
from modules.frontdesk.constants import Verb
from modules.frontdesk.models import Request, RequestStep
from modules.frontdesk.selectors.lonely import lonely_sections
from modules.frontdesk.services import ask_beside, complete_step
from modules.frontdesk.tests.factories import PETITION, fresh, step, submitted

Staff = Callable[[str], Viewer]
SENTENCE = "لا يوجد موظف في"


@pytest.fixture
def lonely(amal: Viewer, nour: Any, salma: Viewer) -> tuple[Request, RequestStep]:
    """A petition that waits for the legal section's opinion too, where nobody sits."""
    made = submitted("FD-001", by=amal, applicant=nour, answers=PETITION)
    ask_beside(
        made.uid, step(made, "check").uid, section=section_by_code("legal"), days=2, reason="رأي", by=amal
    )  # fmt: skip
    return made, RequestStep.objects.get(request=made, section__code="legal")


def test_the_page_says_what_is_wrong_and_who_can_mend_it(
    lonely: tuple[Request, RequestStep], client_for: Callable[..., Client], staff: Staff
) -> None:
    made, at = lonely
    address = reverse("frontdesk:request", args=[made.uid])
    seen = client_for("amal").get(address).content.decode()
    assert SENTENCE in seen
    assert "سلمى" in seen  # who may hand it on
    assert reverse("frontdesk:assign", args=[made.uid, at.uid]) not in seen
    managers = client_for("salma").get(address).content.decode()
    assert reverse("frontdesk:assign", args=[made.uid, at.uid]) in managers
    assert reverse("frontdesk:escalate", args=[made.uid, at.uid]) in managers
    staff("rami")
    assert SENTENCE not in client_for("salma").get(address).content.decode()


def test_the_manager_hands_it_to_who_sits_elsewhere_and_they_can_do_it(
    lonely: tuple[Request, RequestStep], client_for: Callable[..., Client], amal: Viewer
) -> None:
    made, at = lonely
    address, window = reverse("frontdesk:assign", args=[made.uid, at.uid]), client_for("salma")
    page = window.get(address)
    assert SENTENCE in page.content.decode()
    her = User.objects.get(pk=amal.user_id)
    assert str(her.uid) in dict(page.context["form"].fields["to"].choices)
    sent = window.post(address, {"to": str(her.uid), "reason": "القسم بلا موظفين"})
    assert sent.status_code == 302
    assert fresh(made).trail.filter(verb=Verb.ASSIGNED).exists()
    assert (
        SENTENCE not in window.get(reverse("frontdesk:request", args=[made.uid])).content.decode()
    )
    complete_step(made.uid, at.uid, answers={"opinion": "لا مانع."}, by=viewer_for(her))
    at.refresh_from_db()
    assert at.is_done


def test_with_staff_only_the_section_is_offered(
    lonely: tuple[Request, RequestStep],
    client_for: Callable[..., Client],
    staff: Staff,
    amal: Viewer,
) -> None:
    made, at = lonely
    rami = staff("rami")
    page = client_for("salma").get(reverse("frontdesk:assign", args=[made.uid, at.uid]))
    offered = [uid for uid, _name in page.context["form"].fields["to"].choices if uid]
    assert offered == [str(User.objects.get(pk=rami.user_id).uid)]
    assert SENTENCE not in page.content.decode()
    assert lonely_sections(amal, [at]) == []


def test_what_was_ticked_in_the_inbox_is_handed_on_too(
    lonely: tuple[Request, RequestStep], client_for: Callable[..., Client], amal: Viewer
) -> None:
    _made, at = lonely
    address, window = reverse("frontdesk:assign-many"), client_for("salma")
    asked = window.post(address, {"pick": [str(at.uid)]})
    assert SENTENCE in asked.content.decode()
    her = User.objects.get(pk=amal.user_id)
    assert str(her.uid) in dict(asked.context["form"].fields["to"].choices)
    told = {"pick": [str(at.uid)], "to": str(her.uid), "reason": "القسم بلا موظفين"}
    assert window.post(address, told).status_code == 302
    at.refresh_from_db()
    assert at.assignee_id == her.pk
