"""A request from the web for another: the agent with a power of attorney, the heir with the certificate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.audit.recording import recorded
from kernel.parties.models import Party
from kernel.parties.services import register_person, update_party
from kernel.viewer import Viewer
from modules.frontdesk.constants import ActsBy, GateCode, OnlineState
from modules.frontdesk.definitions import Requirement
from modules.frontdesk.definitions.proofs import with_proof
from modules.frontdesk.errors.online import (
    NobodyActs,
    OnlineIncomplete,
    PaperNotGood,
    PersonNotLinked,
    PowerEndsEarly,
    PrincipalIsAsker,
    PrincipalNotLinked,
)
from modules.frontdesk.models import OnlineRequest, Request, RequestPaper
from modules.frontdesk.selectors.online import warnings_for
from modules.frontdesk.services.online import begin_online, fill_in, hand_in, send_online
from modules.frontdesk.services.online_desk import (
    PRINCIPAL,
    accept_online,
    link_person,
    register_asker,
)
from modules.frontdesk.services.online_standing import ask_as, say_for_whom
from modules.frontdesk.tests.factories import PETITION, citizen, draft, fresh, png
from modules.frontdesk.tests.online import (
    CITIZEN,
    ID_NUMBER,
    PHONE,
    begun,
    door,
    last_code,
    sent,
    upload,
)

Clients = Callable[..., Client]
ON = date(2026, 12, 6)
PRINCIPAL_ID = "901234566"
NAMES = {
    "given_name": "سليم",
    "father_name": "خليل",
    "grandfather_name": "محمد",
    "family_name": "الأسطل",
}
TYPED = {
    "id_number": PRINCIPAL_ID,
    **NAMES,
    "agent_power_number": "2026/118",
    "agent_power_on": "01/11/2026",
    "agent_power_until": "",
}
STANDING_STATEMENTS = 6
VERIFY_STATEMENTS = 33


@pytest.fixture(autouse=True)
def _no_tries(town: str) -> None:
    cache.clear()


def acting(acts_by: str = ActsBy.POWER, *, send: bool = True, **paper: Any) -> OnlineRequest:
    """Nour asks for Salim, or for his heirs, by the services."""
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, acts_by=acts_by, by=CITIZEN)
    paper = {"number": "2026/118", "given_on": ON - timedelta(days=35), **paper}
    say_for_whom(made.uid, id_number=PRINCIPAL_ID, names=NAMES, by=CITIZEN, **paper)
    fill_in(made.uid, answers=PETITION, by=CITIZEN)
    proof = "power_of_attorney" if acts_by == ActsBy.POWER else "inheritance_deed"
    for shade, code in enumerate(("identity_card", proof), start=90):
        hand_in(made.uid, requirement=code, content=png(shade), name="ورقة.png", by=CITIZEN)
    if not send:
        return OnlineRequest.objects.get(pk=made.pk)
    return send_online(made.uid, declared=True, by=CITIZEN)


def test_an_agent_says_for_whom_they_ask_page_by_page_without_scripts(
    client_for: Clients, nour: Any
) -> None:
    visitor = client_for()
    asked = {"id_number": ID_NUMBER, "phone": "0599123456", "acts_by": "power"}
    assert "بموجب وكالة" in visitor.get(door("apply", "FD-001")).content.decode()
    visitor.post(door("apply", "FD-001"), asked)
    visitor.post(door("code"), {"code": last_code()})
    made = OnlineRequest.objects.latest("id")
    assert visitor.get(door("online", made.uid))["Location"] == door("online-standing", made.uid)
    with CaptureQueriesContext(
        connection,
    ) as asked_for:
        page = visitor.get(door("online-standing", made.uid)).content.decode()
    assert "الموكِّل" in page
    assert len(asked_for) <= STANDING_STATEMENTS
    went = visitor.post(door("online-standing", made.uid), TYPED)
    assert went["Location"] == door("online-form", made.uid)
    visitor.post(
        door("online-form", made.uid), {f"answers-{code}": one for code, one in PETITION.items()}
    )
    papers = visitor.get(door("online-papers", made.uid)).content.decode()
    assert 'id="power_of_attorney"' in papers
    assert 'id="inheritance_deed"' not in papers
    paper = {"requirement": "identity_card", "document_type": "identity_card", "file": upload()}
    visitor.post(door("online-papers", made.uid), paper)
    stopped = visitor.post(door("online-check", made.uid), {"declared": "on"})
    assert stopped.status_code == 422
    assert "وكالة عدلية" in stopped.content.decode()
    proof = {
        "requirement": "power_of_attorney",
        "document_type": "power_of_attorney",
        "file": upload("وكالة.png", 80),
    }
    assert visitor.post(door("online-papers", made.uid), proof).status_code == 302
    check = visitor.get(door("online-check", made.uid)).content.decode()
    assert "سليم خليل محمد الأسطل" in check
    assert "2026/118" in check
    assert visitor.post(door("online-check", made.uid), {"declared": "on"}).status_code == 302
    kept = OnlineRequest.objects.get(pk=made.pk)
    assert kept.state == OnlineState.WAITING
    assert (kept.request.agent, kept.request.applicant) == (nour, None)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"agent_power_on": "01/11/2025"}, "مضى على الوكالة أكثر من 365 يوماً"),
        ({"agent_power_until": "05/12/2026"}, "انتهت الوكالة بتاريخ 05/12/2026"),
        ({"agent_power_on": "07/12/2026"}, "لم يحن بعد"),
        ({"agent_power_on": ""}, "field-invalid"),
        ({"agent_power_until": "01/10/2026"}, "لا يمكن أن تنتهي"),
        ({"id_number": ID_NUMBER}, "هذا رقم هويتك"),
    ],
)
def test_a_paper_that_is_not_good_is_refused_in_words_and_nothing_typed_is_lost(
    client_for: Clients, nour: Any, wrong: dict[str, str], sentence: str
) -> None:
    visitor = client_for()
    made = begun(visitor)
    ask_as(made.uid, ActsBy.POWER, by=CITIZEN)
    page = visitor.post(door("online-standing", made.uid), TYPED | wrong)
    told = page.content.decode()
    assert page.status_code == 422
    assert sentence in told
    assert "سليم" in told and "2026/118" in told
    assert not OnlineRequest.objects.get(pk=made.pk).principal


def test_a_power_that_ran_out_before_sending_stops_the_sending(nour: Any) -> None:
    import time_machine

    made = acting(send=False, until=ON + timedelta(days=1))
    with (
        time_machine.travel("2026-12-08T07:00:00Z", tick=False),
        pytest.raises(OnlineIncomplete, match="انتهت الوكالة"),
    ):
        send_online(made.uid, declared=True, by=CITIZEN)
    assert send_online(made.uid, declared=True, by=CITIZEN).state == OnlineState.WAITING


def test_the_desk_compares_the_paper_before_it_is_accepted(
    amal: Viewer, nour: Any, client_for: Clients
) -> None:
    made = acting()
    with pytest.raises(PrincipalNotLinked):
        accept_online(made.uid, by=amal)
    browser = client_for("amal")
    with CaptureQueriesContext(connection) as asked_for:
        page = browser.get(reverse("frontdesk:online", args=[made.uid])).content.decode()
    assert len(asked_for) <= VERIFY_STATEMENTS
    assert "لم يُطابَق السند بعد" in page and "سليم خليل محمد الأسطل" in page
    # Who asks is known by number and telephone: what is compared next is shown, under the paper's own name.
    proof = RequestPaper.objects.get(request=made.request, requirement="power_of_attorney")
    assert proof.file is not None
    assert reverse("files:preview", args=[proof.file.uid]) in page
    assert f"?paper={proof.uid}#preview" in page
    another = RequestPaper.objects.filter(request=made.request).exclude(pk=proof.pk)[0]
    assert another.file is not None
    chosen = browser.get(f"{reverse('frontdesk:online', args=[made.uid])}?paper={another.uid}")
    assert reverse("files:preview", args=[another.file.uid]) in chosen.content.decode()
    went = browser.post(
        reverse("frontdesk:online-who", args=[made.uid]), {"act": "register", "whom": "principal"}
    )
    assert went.status_code == 302
    assert "تمت مطابقة السند" in browser.get(went["Location"]).content.decode()
    done = accept_online(made.uid, by=amal)
    assert done.accepted
    request = fresh(done.request)
    assert request.applicant == Party.objects.get(id_number=PRINCIPAL_ID)
    assert (request.agent, request.acts_by) == (nour, ActsBy.POWER)


def test_an_heir_asks_in_the_name_of_the_heirs_whatever_the_age_of_the_certificate(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    dead = citizen(by=system, id_number=PRINCIPAL_ID, given_name="سليم")
    update_party(dead.uid, died_on=ON - timedelta(days=900), by=system)
    made = acting(ActsBy.INHERITANCE, given_on=ON - timedelta(days=800))
    link_person(made.uid, party=dead.uid, whom=PRINCIPAL, by=amal)
    done = accept_online(made.uid, by=amal)
    assert done.accepted, [one.sentence for one in done.stopped_by]
    request = fresh(done.request)
    assert str(request.applicant.full_name).startswith("ورثة سليم")
    assert request.agent == nour


def test_heirs_who_are_not_on_file_are_registered_with_the_deceased(
    amal: Viewer, nour: Any
) -> None:
    made = acting(ActsBy.INHERITANCE)
    register_asker(made.uid, whom=PRINCIPAL, by=amal)
    request = fresh(accept_online(made.uid, by=amal).request)
    assert request.applicant.heirs_of.id_number == PRINCIPAL_ID


def test_somebody_alike_on_file_is_linked_instead_of_registered_a_second_time(
    amal: Viewer, client_for: Clients, nour: Any
) -> None:
    salim = register_person(**NAMES, phones=["0599777666"], by=amal)
    made = acting()
    address = reverse("frontdesk:online", args=[made.uid])
    page = client_for("amal").get(address).content.decode()
    assert f'name="use" value="{salim.uid}"' in page
    assert "ليس أحداً منهم" in page
    who = reverse("frontdesk:online-who", args=[made.uid])
    assert client_for("amal").post(who, {"whom": "principal", "use": "x"}).status_code == 422
    client_for("amal").post(who, {"whom": "principal", "use": str(salim.uid)})
    request = fresh(accept_online(made.uid, by=amal).request)
    assert (request.applicant, request.agent) == (salim, nour)
    assert Party.objects.filter(given_name=NAMES["given_name"]).count() == 1


def test_a_stranger_who_acts_is_linked_apart_from_whom_they_act_for(
    amal: Viewer, nour: Any
) -> None:
    update_party(nour.uid, phones=["0599000000"], by=amal)
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, acts_by="power", by=CITIZEN)
    assert (made.request.agent, made.request.applicant) == (None, None)
    from modules.frontdesk.services.online import say_who

    say_who(made.uid, names=NAMES, by=CITIZEN)
    acting()
    with pytest.raises(PersonNotLinked):
        accept_online(made.uid, by=amal)
    link_person(made.uid, party=nour.uid, by=amal)
    register_asker(made.uid, whom=PRINCIPAL, by=amal)
    assert accept_online(made.uid, by=amal).accepted


def test_whom_they_name_changes_what_was_linked(amal: Viewer, nour: Any) -> None:
    from modules.frontdesk.constants import DeficiencyKind
    from modules.frontdesk.services import DeficiencyInput
    from modules.frontdesk.services.online_desk import return_online

    made = acting()
    register_asker(made.uid, whom=PRINCIPAL, by=amal)
    lines = [DeficiencyInput(kind=DeficiencyKind.EXPIRED_PAPER, target="power_of_attorney")]
    return_online(made.uid, deficiencies=lines, by=amal)
    again = {"number": "2026/200", "given_on": ON, "by": CITIZEN}
    say_for_whom(made.uid, id_number=PRINCIPAL_ID, names=NAMES, **again)
    assert OnlineRequest.objects.get(pk=made.pk).request.applicant is not None
    say_for_whom(made.uid, id_number="912345674", names=NAMES, **again)
    assert OnlineRequest.objects.get(pk=made.pk).request.applicant is None


def test_who_acts_learns_nothing_of_what_the_other_owes(nour: Any) -> None:
    made = acting(send=False)
    assert [one.sentence for one in warnings_for(made)] == [
        "يتحقق الموظف مما إذا كانت الذمم تمنع الطلب."
    ]


def test_they_may_ask_for_themselves_after_all(client_for: Clients, nour: Any) -> None:
    visitor = client_for()
    made = begun(visitor)
    ask_as(made.uid, ActsBy.POWER, by=CITIZEN)
    went = visitor.post(door("online-standing", made.uid), {"change": ""})
    assert went["Location"] == door("online-form", made.uid)
    request = OnlineRequest.objects.get(pk=made.pk).request
    assert (request.applicant, request.agent, request.with_agent) == (nour, None, False)


def test_nobody_is_linked_behind_who_asks_for_themselves(amal: Viewer, nour: Any) -> None:
    made = sent()
    with pytest.raises(NobodyActs):
        link_person(made.uid, party=nour.uid, whom=PRINCIPAL, by=amal)


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"given_on": ON - timedelta(days=366)}, PaperNotGood),
        ({"given_on": ON, "until": ON - timedelta(days=1)}, PowerEndsEarly),
        ({"given_on": ON, "id_number": ID_NUMBER}, PrincipalIsAsker),
    ],
)
def test_the_services_refuse_it_too(nour: Any, said: dict[str, Any], refusal: Any) -> None:
    made = begin_online("FD-001", id_number=ID_NUMBER, phone=PHONE, acts_by="power", by=CITIZEN)
    with pytest.raises(refusal):
        say_for_whom(made.uid, **{"id_number": PRINCIPAL_ID, "names": NAMES, "by": CITIZEN, **said})


def test_only_papers_that_are_known_are_written(amal: Viewer, nour: Any) -> None:
    made = draft("FD-001", by=amal, applicant=nour, answers=PETITION)
    with pytest.raises(IntegrityError), transaction.atomic(), recorded(by=amal):
        Request.objects.filter(pk=made.pk).update(acts_by="word")


def test_a_certificate_at_the_desk_speaks_for_heirs_alone(
    amal: Viewer, nour: Any, system: Viewer
) -> None:
    agent = citizen(by=system, id_number=PRINCIPAL_ID, given_name="سليم")
    made = draft(
        "FD-001", by=amal, applicant=nour, answers=PETITION, agent=agent,
        acts_by=ActsBy.INHERITANCE, agent_power_on=ON - timedelta(days=900),
    )  # fmt: skip
    from modules.frontdesk.services import submit_request

    gate = next(
        one for one in submit_request(made.uid, by=amal).stopped_by if one.code == GateCode.AGENT
    )
    assert [one.code for one in gate.reasons] == ["heirs_missing"]


@pytest.mark.parametrize(
    ("acts_by", "must_show", "wanted"),
    [
        ("", True, [("identity_card", "always"), ("power_of_attorney", "with_agent")]),
        ("power", True, [("identity_card", "always"), ("power_of_attorney", "with_agent")]),
        ("inheritance", False, [("identity_card", "always"), ("inheritance_deed", "with_agent")]),
    ],
)
def test_the_papers_wanted_follow_the_standing(
    amal: Viewer, nour: Any, acts_by: str, must_show: bool, wanted: list[tuple[str, str]]
) -> None:
    from dataclasses import replace

    design = draft("FD-001", by=amal, applicant=nour, answers=PETITION).design
    papers = (Requirement("identity_card"), Requirement("power_of_attorney", "with_agent"))
    found = with_proof(replace(design, papers=papers), acts_by, must_show=must_show)
    assert [(one.code, one.need) for one in found.papers] == wanted
    bare = with_proof(replace(design, papers=papers[:1]), "power", must_show=False)
    assert [(one.code, one.need) for one in bare.papers][1:] == [("power_of_attorney", "if_any")]
