"""The pages and papers of cheques, as the accountant uses them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.viewer import Viewer
from modules.finance.constants import BounceReason, ChequeState
from modules.finance.models import Cheque
from modules.finance.services.cheques.bouncing import bounce_cheque
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.tests.factories import HOUSE, owes, person, session_of, staff
from modules.finance.tests.test_cheques import covers, matured, paper

Door = Callable[..., Client]


def accountant(client_for: Door) -> Client:
    staff("huda", "accountant")
    return client_for("huda")


def test_the_accountant_takes_a_row_of_cheques_for_a_persons_dues(
    town: str, client_for: Door
) -> None:
    nour = person()
    water = owes(nour, "200")
    page = reverse("finance:cheques-new") + f"?party={nour.uid}"
    huda = accountant(client_for)
    shown = huda.get(page)
    typed = {
        "bank": "بنك القدس",
        "drawer": "نور",
        "number": "0099",
        "first_on": f"{today() + timedelta(days=1):%d/%m/%Y}",
        "count": "2",
        "amount": "100",
        "currency": "ILS",
        "charges": [str(water.uid)],
    }

    answer = huda.post(page, typed)

    assert shown.status_code == 200
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert list(Cheque.objects.order_by("id").values_list("number", flat=True)) == ["0099", "0100"]


def test_the_safe_writes_a_deposit_slip_and_the_bank_pays(town: str, client_for: Door) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    matured(cheque)
    huda = accountant(client_for)

    huda.post(reverse("finance:cheque-safe"), {"cheques": [str(cheque.uid)], "bank": "1121"})
    slip = huda.get(reverse("finance:deposit-slip", args=[f"D-{today().year}/00001"]))
    huda.post(reverse("finance:cheques-deposited"), {"cheques": [str(cheque.uid)], "bank": "1121"})

    cheque.refresh_from_db()
    assert slip.content.startswith(b"%PDF")
    assert cheque.state == ChequeState.CLEARED


def test_every_page_of_cheques_opens(town: str, client_for: Door) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    huda = accountant(client_for)
    for name in ("cheques", "cheque-calendar", "cheque-safe", "cheques-deposited", "cheques-new"):
        assert huda.get(reverse(f"finance:{name}")).status_code == 200, name
    assert huda.get(reverse("finance:cheque", args=[cheque.uid])).status_code == 200
    taken = huda.get(reverse("finance:cheque-paper", args=[cheque.uid, "taken"]))
    assert taken.content.startswith(b"%PDF")


def test_a_bounced_cheque_is_entered_on_its_page_and_has_its_letter(
    town: str, client_for: Door
) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)
    huda = accountant(client_for)

    answer = huda.post(
        reverse("finance:cheque-move", args=[cheque.uid, "bounced"]),
        {"reason": "no_funds", "bank_fee": "15", "note": ""},
    )
    letter = huda.get(reverse("finance:cheque-paper", args=[cheque.uid, "letter"]))

    assert answer.status_code == 302
    assert letter.content.startswith(b"%PDF")


def test_a_move_that_cannot_follow_is_refused_on_the_page(town: str, client_for: Door) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100"), papers=[paper()]).cheques
    answer = accountant(client_for).post(
        reverse("finance:cheque-move", args=[cheque.uid, "legal"]), {"reason": "x"}
    )
    assert answer.status_code == 422


def test_integrators_read_the_register(town: str, api_for: Door) -> None:
    nour = person()
    (cheque,) = covers(nour, owes(nour, "100")).cheques
    deposit_cheques([matured(cheque)], by=HOUSE)
    bounce_cheque(cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    staff("huda", "accountant")
    huda = api_for("huda")

    listed = huda.get("/api/v1/cheques?state=bounced").json()
    one = huda.get(f"/api/v1/cheques/{cheque.uid}").json()

    assert [row["number"] for row in listed["data"]] == ["101"]
    assert [row["state"] for row in one["steps"]] == ["in_safe", "deposited", "bounced"]


def test_a_cashier_sees_the_register_and_moves_nothing(
    town: str, client_for: Door, karim: Viewer
) -> None:
    assert client_for("karim").get(reverse("finance:cheques")).status_code == 200
    assert client_for("karim").get(reverse("finance:cheque-safe")).status_code == 403


def test_the_cashier_receives_cash_and_a_cheque_on_one_receipt(
    town: str, client_for: Door, karim: Viewer
) -> None:
    nour = person()
    water = owes(nour, "150")
    session_of(karim)
    answer = client_for("karim").post(
        reverse("finance:receive", args=[nour.uid]),
        {
            "amount": "50",
            "currency": "ILS",
            "method": "cash",
            "payer_name": "نور",
            "charges": [str(water.uid)],
            "second_amount": "100",
            "second_method": "cheque",
            "second_reference": "700",
            "second_bank": "بنك القدس",
            "second_date": f"{today():%d/%m/%Y}",
        },
    )
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    water.refresh_from_db()
    assert (water.balance, Cheque.objects.get().amount) == (0, 100)
