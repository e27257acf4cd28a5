"""One of everything: what a door is tried with. Each module that brings pages about objects makes some here.

`test_doors` finds by itself which object belongs to which door; a door for which nothing here answers fails it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import time, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from api.keys import issue_key
from api.webhooks.catalogue import offered_to
from api.webhooks.services import make_webhook, ping
from kernel import registry
from kernel.activation.services import is_active
from kernel.audit.recording import recorded
from kernel.calendar.selectors import today
from kernel.calendar.services import declare_holiday
from kernel.db.rows import uuid7
from kernel.files.services import store_file
from kernel.identity.models import User
from kernel.jobs.services import start_job
from kernel.money import money
from kernel.notifications.services import notify, send_sms
from kernel.organisation.models import Assignment, Role, Section
from kernel.organisation.selectors import viewer_for
from kernel.organisation.services import delegate
from kernel.parties.models import Party
from kernel.parties.services import register_person
from kernel.places.facts import LandUnitFacts
from kernel.places.holdings import record_holding
from kernel.places.models import LandUnit
from kernel.places.services import register_land_unit, register_neighbourhood, register_premises
from kernel.policies.services import set_value
from kernel.printing.services import revoke_document
from kernel.testing.people import seat_person
from kernel.viewer import Viewer

AT_MOST = 3
"""Objects of one kind with which a door is tried."""

NAMED_BY = {"api.WebhookDelivery": "message"}
"""What addresses call an object by where it is not its uid."""

AT_HOME = "+970569000007"
"""The telephone of somebody who asks on the web."""


def picture(shade: int = 200) -> bytes:
    """A small real PNG; each shade is another content."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), (shade, shade, shade)).save(made, "PNG")
    return made.getvalue()


def citizen(
    given: str = "نور", *, id_number: str = "401234562", phone: str = "0599123456"
) -> Party:
    """A person of the town with a telephone."""
    return register_person(
        given_name=given,
        father_name="خليل",
        grandfather_name="محمد",
        family_name="الأسطل",
        id_number=id_number,
        phones=[phone],
        by=Viewer.system("tests"),
    )


def parcel(block_no: str = "643", parcel_no: str = "15") -> LandUnit:
    return register_land_unit(
        LandUnitFacts(block_no=block_no, parcel_no=parcel_no, area_m2=500),
        by=Viewer.system("tests"),
    )


def owes(party: Party, amount: str, *, kind: str = "finance.waste", by: Viewer) -> None:
    """The person owes this, due today."""
    from modules.finance.services.charging import assess_by_hand

    assess_by_hand(
        party_id=party.pk,
        kind=kind,
        amount=money(amount),
        due_on=today(),
        description="نفايات 2026",
        by=by,
    )


def seat_mighty(username: str = "mighty") -> Viewer:
    """Somebody with every permission in every section: what is shut for them is shut by the town, not by a role."""
    return _seat(username, list(registry.permissions()), everywhere=True)


def seat_powerless(username: str = "powerless") -> Viewer:
    """A member of staff without a single permission, in a section that no route passes."""
    return _seat(username, [], everywhere=False)


def _seat(username: str, permissions: list[str], *, everywhere: bool) -> Viewer:
    with recorded(by=Viewer.system("tests")):
        role = Role.objects.create(
            code=username, name_ar=username, name_en=username, permissions=permissions
        )
        user = seat_person(
            username=username,
            name_ar=username,
            name_en=username,
            role=username,
            section=f"room_of_{username}",
        )
        for section in Section.objects.exclude(code=f"room_of_{username}") if everywhere else []:
            Assignment.objects.create(user=user, section=section, role=role, starts_on="2020-01-01")
    return viewer_for(user, channel="web", request_id=f"test-{username}")


def make_things(by: Viewer) -> None:
    """One of everything in the town that is entered, owned by that viewer where things have owners."""
    nour, land = citizen(), parcel()
    quarter = register_neighbourhood(name_ar="حي الأمل", by=by)
    premises = register_premises(
        kind="shop", name="بقالة الأمل", land_unit=land, neighbourhood=quarter, by=by
    )
    record_holding(nour, land, relation="owner", by=by)
    record_holding(nour, premises, relation="owner", by=by)
    assert by.user_id is not None
    notify([by.user_id], verb="test", text="خبر", url="/me/", by=by)
    store_file(picture(), "صورة.png", by)
    start_job(next(iter(registry.job_kinds())), title="عمل", by=by)
    send_sms(phone="0599123456", text="خبر", by=by)
    _stand_in(by)
    set_value("FRD-04.threshold", "100 ILS", starts_on=today() + timedelta(days=9), by=by)
    declare_holiday(first_day=today() + timedelta(days=9), name_ar="عطلة", by=by)
    account = User.objects.get(pk=by.user_id)
    key, _text = issue_key(
        account=account, name="برنامج المدارس", scopes=["parties:read", "frontdesk:read"], by=by
    )
    if types := list(offered_to(key.scopes)):
        hook, _secret = make_webhook(key=key, url="https://example.org/", types=types[:1], by=by)
        ping(hook, by=by)
    for code, make in MODULE_THINGS.items():
        if is_active(code):
            make(by, nour)


def _stand_in(by: Viewer) -> None:
    """Amal's seat is lent to Karim for a day."""
    lends, takes = (User.objects.get(username=one) for one in ("amal", "karim"))
    delegate(
        from_user=lends, to_user=takes, starts_on=today(), ends_on=today(), reason="مهمة", by=by
    )


def _archive(by: Viewer, nour: Party) -> None:
    from modules.archive.services import file_by_hand

    paper = store_file(picture(70), "عقد.png", by)
    file_by_hand(paper, title="عقد صيانة", type_code="archive.contract", party_id=nour.pk, by=by)


def _finance(by: Viewer, nour: Party) -> None:
    from modules.finance.models import CashBox, OpeningBatch
    from modules.finance.services.charging import assess_by_hand
    from modules.finance.services.cheques.taking import NewCheque, take_cheques
    from modules.finance.services.receiving import Payment, Tender, receive
    from modules.finance.services.sessions import open_session

    charge = assess_by_hand(
        party_id=nour.pk,
        kind="finance.waste",
        amount=money("85"),
        due_on=today(),
        description="نفايات",
        by=by,
    )
    open_session(CashBox.objects.get(code="01"), opening_float={}, by=by)
    receive(
        Payment(
            party_id=nour.pk,
            payer_name=nour.full_name,
            tenders=(Tender(method="cash", amount=money("50")),),  # type: ignore[arg-type]
            charge_ids=(charge.pk,),
        ),
        by=by,
    )
    cheque = NewCheque(
        number="1", bank="البنك", amount=money("35"), dated_on=today() + timedelta(days=9)
    )
    take_cheques(
        party_id=nour.pk,
        drawer=nour.full_name,
        cheques=[cheque],
        charge_ids=[charge.pk],
        by=by,
    )
    _more_of_finance(by, nour)
    _campaign_and_book(by)
    sheet = store_file(picture(90), "ذمم.png", by)
    with recorded(by=by):
        OpeningBatch.objects.create(file=sheet, as_of=today(), changed_by_id=by.user_id)


def _campaign_and_book(by: Viewer) -> None:
    """A campaign whose window has passed, and a collector's receipt book with a void leaf."""
    from modules.finance.models import Campaign
    from modules.finance.services.campaigning import open_campaign
    from modules.finance.services.leaves import account_for, add_book, allot_book
    from modules.finance.services.sessions import add_box

    ended = today() - timedelta(days=200)
    open_campaign(
        Campaign(
            title="حملة الصيف",
            kind="discount",
            percent=10,
            since=ended,
            until=ended,
            decision_no="3",
            decided_on=ended,
            authority="council",
        ),
        by=by,
    )
    book = add_book(series="A", first=1, last=10, by=by)
    box = add_box(code="J9", name_ar="صندوق الجباية", by=by)
    allot_book(book, box=box, collector=User.objects.get(pk=by.user_id), by=by)
    account_for(book, [1], state="void", note="كتبت خطأ", by=by)  # type: ignore[arg-type]


def _more_of_finance(by: Viewer, nour: Party) -> None:
    """A plan, a warning, a closed day, a line of the budget and a request to spend from it."""
    from modules.finance.constants import SpendingKind
    from modules.finance.models import Account
    from modules.finance.services.budgeting import BudgetPaper, add_line
    from modules.finance.services.charging import assess_by_hand
    from modules.finance.services.closing_day import close_day
    from modules.finance.services.planning import Terms, agree_plan
    from modules.finance.services.receiving import Payment, Tender, receive
    from modules.finance.services.spending.asking import AskedLine, request_spending
    from modules.finance.services.warning import write_warning

    def due(amount: str, days: int) -> int:
        return assess_by_hand(
            party_id=nour.pk,
            kind="finance.waste",
            amount=money(amount),
            due_on=today() - timedelta(days=days),
            description="نفايات",
            by=by,
        ).pk

    planned = due("250", 0)
    receive(
        Payment(
            party_id=nour.pk,
            payer_name=nour.full_name,
            tenders=(Tender(method="cash", amount=money("50")),),  # type: ignore[arg-type]
            charge_ids=(planned,),
        ),
        by=by,
    )
    terms = Terms(count=2, first_on=today() + timedelta(days=30))
    agree_plan(party_id=nour.pk, charge_ids=[planned], terms=terms, by=by)
    due("40", 60)
    write_warning(nour.pk, by=by)
    close_day(today() - timedelta(days=1), by=by)
    account = Account.objects.get(code="52")
    paper = BudgetPaper(number="1", decided_on=today())
    line = add_line(
        year=today().year, account=account, amount=money("900").amount, paper=paper, by=by
    )
    asked = AskedLine(account=account, amount=money("90"), budget_line=line, text="ورق")
    request_spending(
        kind=SpendingKind.PURCHASE, party_id=nour.pk, purpose="قرطاسية", lines=[asked], by=by
    )
    _at_the_bank(by)
    _suppliers(by, nour)
    _scanned(by)
    _from_home(by, nour)


def _from_home(by: Viewer, nour: Party) -> None:
    """A payment that was begun at the trial bank, and one of which the bank says something else."""
    from modules.finance.models import Charge, PaymentIntent
    from modules.finance.services.online import Wish, begin_payment
    from modules.finance.services.online_setup import configure_gateway

    owes(nour, "64", by=by)
    owed = Charge.objects.latest("id")
    wish = Wish(party=nour, charge_uids=[str(owed.uid)], home="https://town.example")
    with override_settings(PAYMENT_SANDBOX=True):
        configure_gateway(adapter="sandbox", is_on=True, currencies=["ILS"], by=by)
        odd, _begun = begin_payment(wish, by=by), begin_payment(wish, by=by)
    with recorded(by=by):
        PaymentIntent.objects.filter(pk=odd.pk).update(
            state="failed", told="63.99 ILS", problem="amount_differs"
        )


def _scanned(by: Viewer) -> None:
    """A scanned paper behind a receipt and one behind a request to spend."""
    from modules.finance.models import Receipt, Spending
    from modules.finance.services.attaching import attach_to_receipt, attach_to_spending

    attach_to_receipt(
        Receipt.objects.order_by("id")[0], [store_file(picture(31), "هوية.png", by)], by=by
    )
    attach_to_spending(
        Spending.objects.order_by("id")[0], [store_file(picture(32), "فاتورة.png", by)], by=by
    )


def _suppliers(by: Viewer, nour: Party) -> None:
    """A supplier and a book of cheques with a spoiled leaf."""
    from modules.finance.models import Account
    from modules.finance.services.chequebooks import receive_book, spoil_leaf
    from modules.finance.services.supplying import PayingFacts, add_supplier

    add_supplier(nour, PayingFacts(bank="بنك فلسطين", note="قرطاسية"), by=by)
    account = Account.objects.get(code="1122")
    book = receive_book(account, first=501, last=510, holder="أمينة الصندوق", by=by)
    spoil_leaf(book, number=501, reason="تمزقت", by=by)


def _at_the_bank(by: Viewer) -> None:
    """A bank statement with a fee that is in the books and a deposit that is not."""
    from modules.finance.models import Account
    from modules.finance.services.bank.importing import Told, import_statements
    from modules.finance.services.bank.matching import post_from_line

    day = f"{today():%d/%m/%Y}"
    (made,) = import_statements(
        Account.objects.get(code="1121"),
        currency="ILS",
        content=f"date,text,reference,amount\n{day},عمولة,م1,-3\n{day},حوالة,م2,90\n".encode(),
        name="كشف.csv",
        told=Told(opening=money("0").amount),
        by=by,
    )
    fee = made.lines.select_related("statement__account").get(seq=1)
    post_from_line(fee, Account.objects.get(code="56"), by=by)


def _frontdesk(by: Viewer, nour: Party) -> None:
    from modules.frontdesk.models import RequestStep
    from modules.frontdesk.services import (
        Persons,
        attach_paper,
        open_draft,
        save_tool,
        submit_request,
        wait_external,
    )
    from modules.frontdesk.services.hall import give_ticket

    _sessions(by)
    persons = Persons(applicant=nour)
    answers = {"subject": "إنارة شارع 41", "details": "الشارع معتم."}
    # Doors are tried with the newest: what was taken at the counter comes last.
    _taken_offline(by, nour)
    _from_the_web(answers)
    _appointment(by)
    for number in range(2):  # one stays a draft, one is submitted
        made = open_draft("FD-001", persons=persons, answers=answers, by=by)
        attach_paper(
            made.uid,
            requirement="identity_card",
            file=store_file(picture(80), "هوية.png", by),
            by=by,
        )
        if number == 0:
            _plan_of_action(made, by)
    done = submit_request(made.uid, by=by)
    assert done.accepted, [gate.sentence for gate in done.gates]
    step = RequestStep.objects.get(request=done.request, state="open")
    wait_external(made.uid, step.uid, body="الدفاع المدني", by=by)
    save_tool("macro", name="ملاحظة", definition={"note": "استُكملت"}, by=by)
    give_ticket("A", by=by)


def _taken_offline(by: Viewer, nour: Party) -> None:
    """A block of provisional numbers, one of them received, one given up."""
    from modules.frontdesk.services.offline import OfflinePerson, Taken, give_up, receive_offline
    from modules.frontdesk.services.offline_blocks import sit_down

    (block,) = sit_down(uuid7(), by=by)
    for number in (block.first, block.first + 1):
        taken = Taken(
            key=uuid7(),
            service_code="FD-001",
            taken_at=timezone.now(),
            provisional=block.label(number),
            block=block.uid,
            number=number,
            person=OfflinePerson(uid=nour.uid),
            answers={"subject": "إنارة شارع 41", "details": "الشارع معتم."},
        )
        if number == block.first:
            receive_offline(taken, by=by)
        else:
            give_up(taken, reason="انصرف المراجع", by=by)


def _from_the_web(answers: dict[str, str]) -> None:
    """Requests of somebody who is not on file: one is being filled in, one waits for the desk."""
    from modules.frontdesk.services.online import (
        begin_online,
        fill_in,
        hand_in,
        say_who,
        send_online,
    )

    at_home = Viewer.citizen()
    names = {"given_name": "سعاد", "father_name": "أحمد", "family_name": "شراب"}
    for number, phone in enumerate((AT_HOME, "+970569000008")):
        made = begin_online("FD-001", id_number="912345674", phone=phone, by=at_home)
        say_who(made.uid, names=names, address="حي الأمل", by=at_home)
        fill_in(made.uid, answers=answers, by=at_home)
        hand_in(
            made.uid,
            requirement="identity_card",
            content=picture(70 + number),
            name="هوية.png",
            by=at_home,
        )
    send_online(made.uid, declared=True, by=at_home)


def _appointment(by: Viewer) -> None:
    """A kind of appointment, and somebody who has one."""
    from modules.frontdesk.selectors.appointments import Slots, free_days, free_times
    from modules.frontdesk.services.appointments import book, save_slots

    hours = {day: ((time(8), time(13)),) for day in range(1, 8)}
    kind = Slots("engineer", "مقابلة المهندس", "Engineer", "A", 20, 2, hours)
    save_slots(kind, by=by)
    day = free_days(kind, for_desk=True)[-1]
    at = free_times(kind, day, for_desk=True)[0].at
    book("engineer", day=day, at=at, name="نور الأسطل", phone="0599123456", note="ملف", by=by)


def _sessions(by: Viewer) -> None:
    """A committee's sessions: one whose minutes were taken back, one that is called, one that was held."""
    from modules.frontdesk.services import hold_session, plan_session
    from modules.frontdesk.services.committee import Member

    section = Section.objects.order_by("pk")[0]
    wrong, _called, held = (
        plan_session(
            section, held_on=today(), members=[Member("سالم")], quorum=1, place="القاعة", by=by
        )
        for _number in range(3)
    )
    for one in (wrong, held):
        closed = hold_session(one.uid, present=["سالم"], verdicts={}, by=by)
        if one is wrong:
            revoke_document(closed.minutes, reason="خطأ في الحضور", by=by)


def _plan_of_action(draft: Any, by: Viewer) -> None:
    """What the citizen signs: the whole of the dues, if there are any, and a paper to bring."""
    from modules.frontdesk.selectors.asking import asked_of
    from modules.frontdesk.selectors.gates import dues_gate
    from modules.frontdesk.services import draw_plan
    from modules.frontdesk.services.plans import Instalment

    owed = dues_gate(asked_of(draft, on=today())).total
    draw_plan(
        draft.uid,
        instalments=[Instalment(today(), one) for one in owed],
        papers=[("identity_card", today())],
        text="خطة",
        by=by,
    )


MODULE_THINGS: dict[str, Callable[[Viewer, Party], None]] = {
    "finance": _finance,
    "archive": _archive,  # after finance: what is walked is the newest, and finance's scans are confidential
    "frontdesk": _frontdesk,
}


def things_of(module: str, *, hint: str = "") -> Iterator[tuple[str, list[Any]]]:
    """(table, newest uids) in the town that is entered: tables that the hint names first, then the module's own."""

    def order(model: type[models.Model]) -> tuple[bool, bool]:
        return str(model._meta.model_name) not in hint, model._meta.app_label != module

    tables = [
        one
        for one in apps.get_models()
        if one._meta.app_label in settings.TENANT_LABELS
        and _has(one, _name(one))
        and (one._meta.app_label == module or one.__module__.startswith(("kernel.", "api.")))
    ]
    for model in sorted(tables, key=order):
        newest = model._default_manager.order_by("-pk")
        uids = list(newest.values_list(_name(model), flat=True)[:AT_MOST])
        if uids:
            yield model._meta.label, uids


def _name(model: type[models.Model]) -> str:
    return NAMED_BY.get(model._meta.label, "uid")


def _has(model: type[models.Model], name: str) -> bool:
    return any(field.name == name for field in model._meta.get_fields())
