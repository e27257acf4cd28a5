"""What a movement of the bank is in the books; the reconciliation as of a day, prepared and approved by two people."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from kernel.calendar.selectors import today
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.bank_papers import reconciliation_paper
from modules.finance.constants import AccountRole, BounceReason, EntryKind, Journal, Method
from modules.finance.errors import AccountNotPostable
from modules.finance.errors.bank import (
    AlreadyMatched,
    LinesDoNotMatch,
    ReconciliationBySamePerson,
    ReconciliationLocked,
    ReconciliationNotPrepared,
    StatementStands,
)
from modules.finance.errors.cheques import NothingChosen
from modules.finance.models import (
    Account,
    BankLine,
    BankMatch,
    BankStatement,
    CashBox,
    Cheque,
    Line,
)
from modules.finance.selectors.bank import (
    bank_lines,
    left_of,
    on_the_way,
    open_ledger_lines,
    reconciliation,
    unsettled_deposits,
)
from modules.finance.selectors.bank_offers import offers, open_bank_lines, pools
from modules.finance.selectors.books import account_of
from modules.finance.selectors.proofs import faults
from modules.finance.selectors.spending import balance_of, held_for
from modules.finance.services.bank.importing import Told, import_statements
from modules.finance.services.bank.matching import (
    clear_ours,
    clear_received,
    collect,
    match_before,
    match_with_books,
    post_from_line,
    unmatch,
)
from modules.finance.services.bank.reconciling import (
    approve_reconciliation,
    prepare_reconciliation,
)
from modules.finance.services.bank.unknown import bounce_from_line, keep_unidentified, name_payer
from modules.finance.services.cheques.moving import deposit_cheques
from modules.finance.services.payments import Payment, Tender
from modules.finance.services.posting import credit, debit, post_entry, reverse_entry
from modules.finance.services.receiving import receive
from modules.finance.services.sessions import remit_cash
from modules.finance.services.vouchers import HandLine, post_voucher
from modules.finance.tests.factories import HOUSE, owes, person, session_of, staff
from modules.finance.tests.test_bank_statements import bank
from modules.finance.tests.test_guards import refused, sql


def statement(*rows: tuple[str, str], opening: str = "0", on: date | None = None) -> BankStatement:
    """A statement of today with these movements: text and amount."""
    day = f"{on or today():%d/%m/%Y}"
    text = "date,text,amount\n" + "".join(f"{day},{one},{amount}\n" for one, amount in rows)
    (made,) = import_statements(
        bank(),
        currency="ILS",
        content=text.encode(),
        name="كشف.csv",
        told=Told(opening=Decimal(opening) if not BankStatement.objects.exists() else None),
        by=HOUSE,
    )
    return made


def line_of(made: BankStatement, at: int = 1) -> BankLine:
    return made.lines.select_related("statement__account").get(seq=at)


def offered(made: BankStatement) -> dict[int, tuple[str, bool]]:
    waiting = open_bank_lines(made.account, "ILS")
    found = offers(HOUSE, waiting, pools(made.account, "ILS"), on=today())
    seats = {one.pk: one.seq for one in waiting}
    return {seats[pk]: (one.way, one.is_sure) for pk, one in found.items()}


def remitted(amount: str, slip: str) -> Line:
    """Cash that was in the drawer, taken to the bank."""
    box = CashBox.objects.get(code="01")
    whole = money(amount)
    post_entry(
        journal=Journal.GENERAL.value,
        kind=EntryKind.JOURNAL,
        on=today(),
        description="نقد في الصندوق",
        sides=[
            debit(box.account_id, whole, base=whole.amount),
            credit(account_of(AccountRole.OPENING), whole, base=whole.amount),
        ],
        by=HOUSE,
    )
    entry = remit_cash(box, amount=whole, slip=slip, by=HOUSE)
    return entry.lines.get(account=bank())


def received(amount: str, *, method: Method, reference: str, by: Viewer) -> None:
    nour = person()
    owes(nour, amount)
    receive(
        Payment(
            party_id=nour.pk,
            payer_name="نور",
            tenders=(
                Tender(
                    method=method,
                    amount=money(amount),
                    reference=reference,
                    bank="البنك",
                    dated_on=today(),
                ),
            ),
        ),
        by=by,
    )


@pytest.fixture
def karim(town: str) -> Viewer:
    viewer = staff("karim", "cashier")
    session_of(viewer)
    return viewer


def test_a_deposit_with_its_slip_number_is_offered_and_confirmed(town: str) -> None:
    books = remitted("500", "SLIP 8841")
    made = statement(("إيداع نقدي 8841", "500"), ("عمولة", "-3"))
    assert offered(made) == {1: ("books", True)}
    match_with_books(line_of(made), [books.pk], by=HOUSE)
    post_from_line(line_of(made, 2), Account.objects.get(code="56"), by=HOUSE)
    assert open_bank_lines(bank(), "ILS") == []
    assert balance_of(bank().pk, "ILS") == 497
    figures = reconciliation(HOUSE, bank(), "ILS", on=today())
    assert (figures.bank_balance, figures.book_balance, figures.difference) == (497, 497, 0)
    assert faults(HOUSE) == []


def test_one_movement_is_several_entries_and_one_entry_several_movements(town: str) -> None:
    parts = [remitted("300", "77"), remitted("200", "77")]
    whole = remitted("1000", "9100")
    made = statement(("إيداع", "500"), ("إيداع 9100", "600"), ("إيداع 9100", "400"))
    assert offered(made)[1] == ("books", False)
    match_with_books(line_of(made), [one.pk for one in parts], by=HOUSE)
    match_with_books(line_of(made, 2), [whole.pk], by=HOUSE)
    match_with_books(line_of(made, 3), [whole.pk], by=HOUSE)
    assert open_ledger_lines([bank().pk], "ILS") == []
    with pytest.raises(AlreadyMatched):
        match_with_books(line_of(made, 3), [999_999_999], by=HOUSE)


def test_more_than_the_line_is_never_matched(town: str) -> None:
    first, second = remitted("300", "1"), remitted("300", "2")
    made = statement(("إيداع", "500"), ("سحب", "-300"))
    with pytest.raises(LinesDoNotMatch):
        match_with_books(line_of(made), [first.pk, second.pk], by=HOUSE)
    with pytest.raises(LinesDoNotMatch):
        match_with_books(line_of(made, 2), [first.pk], by=HOUSE)
    with pytest.raises(NothingChosen):
        match_with_books(line_of(made), [], by=HOUSE)
    match_with_books(line_of(made), [first.pk], by=HOUSE)
    assert left_of(bank_lines(bank(), "ILS").get(pk=line_of(made).pk)) == 200
    row = "INSERT INTO finance_bankmatch (uid, created_at, bank_line_id, ledger_line_id, kind, amount) VALUES (gen_random_uuid(), now(), %s, %s, %s, %s)"
    for kind, amount in (("books", 201), ("books", -100), ("source", 100), ("books", 301)):
        with refused("BA045"):
            sql(row, line_of(made).pk, second.pk, kind, amount)
    assert BankMatch.objects.count() == 1


def test_a_cheque_of_ours_that_the_bank_paid_takes_its_step(town: str) -> None:
    from modules.finance.constants import PayWay
    from modules.finance.services.spending.paying import PaidBy, hand_over, pay_out
    from modules.finance.tests.test_spending import People, approved, line

    mayor = staff("murad", "auditor").with_permissions("finance.approve_spending_mayor")
    people = People(staff("huda", "accountant"), staff("fadi", "finance_manager"), mayor)
    made = approved(line(), people)
    pay_out(made, PaidBy(way=PayWay.CHEQUE, reference="5001"), by=people.fadi)
    hand_over(made, receiver="سامي", id_number="900000015", by=people.fadi)
    shown = statement(("صرف شيك 005001", "-400"), opening="1000")
    assert offered(shown)[1] == ("cheque_out", True)
    before = reconciliation(HOUSE, bank(), "ILS", on=today())
    assert [one.number for one in before.cheques] == ["5001"]
    clear_ours(line_of(shown), Cheque.objects.get(way="out"), by=people.huda)
    assert Cheque.objects.get(way="out").state == "cleared"
    assert balance_of(bank().pk, "ILS") == -400
    assert reconciliation(HOUSE, bank(), "ILS", on=today()).cheques == ()
    assert faults(HOUSE) == []


def test_cheques_of_a_slip_are_cleared_by_one_movement(karim: Viewer) -> None:
    for number in ("71", "72"):
        received("100", method=Method.CHEQUE, reference=number, by=karim)
    cheques = list(Cheque.objects.order_by("id"))
    slip = deposit_cheques(cheques, by=HOUSE).slip
    made = statement((f"تحصيل شيكات {slip}", "200"))
    assert offered(made)[1] == ("cheques_in", True)
    with pytest.raises(LinesDoNotMatch):
        clear_received(line_of(made), cheques[:1], by=HOUSE)
    clear_received(line_of(made), cheques, by=HOUSE)
    assert {one.state for one in Cheque.objects.all()} == {"cleared"}
    assert open_bank_lines(bank(), "ILS") == []
    assert faults(HOUSE) == []


def test_a_returned_cheque_leaves_nothing_at_the_bank(karim: Viewer) -> None:
    received("100", method=Method.CHEQUE, reference="71", by=karim)
    cheque = Cheque.objects.get()
    deposit_cheques([cheque], by=HOUSE)
    made = statement(("إيداع شيك", "100"), ("شيك راجع 71", "-100"))
    keep_unidentified(line_of(made), by=HOUSE)
    bounce_from_line(line_of(made, 2), cheque, reason=BounceReason.NO_FUNDS, by=HOUSE)
    cheque.refresh_from_db()
    assert cheque.state == "bounced"
    assert balance_of(Account.objects.get(code="254").pk, "ILS") == 0
    assert balance_of(bank().pk, "ILS") == 0
    assert faults(HOUSE) == []


def test_cards_arrive_less_the_commission_of_the_bank(karim: Viewer) -> None:
    for reference in ("881", "882"):
        received("500", method=Method.CARD, reference=reference, by=karim)
    waiting = on_the_way("ILS")
    made = statement(("تسوية بطاقات", "970"))
    ids = [one.pk for one in waiting]
    with pytest.raises(LinesDoNotMatch):
        collect(line_of(made), ids, by=HOUSE)
    collect(line_of(made), ids, commission=True, by=HOUSE)
    figures = {
        code: balance_of(Account.objects.get(code=code).pk, "ILS")
        for code in ("1121", "1131", "56")
    }
    assert figures == {"1121": 970, "1131": 0, "56": 30}
    assert on_the_way("ILS") == []
    unmatch(line_of(made), reason="خطأ", by=HOUSE)
    assert [one.pk for one in on_the_way("ILS")] == ids
    collect(line_of(made), ids, commission=True, by=HOUSE)
    assert faults(HOUSE) == []


def test_a_transfer_is_found_by_its_reference(karim: Viewer) -> None:
    received("250", method=Method.TRANSFER, reference="TR-55120", by=karim)
    made = statement(("حوالة واردة 55120", "250"))
    assert offered(made) == {1: ("on_the_way", True)}


def test_an_unknown_deposit_waits_and_becomes_an_advance_of_its_payer(town: str) -> None:
    made = statement(("حوالة من مجهول", "320"))
    keep_unidentified(line_of(made), by=HOUSE)
    assert [one.pk for one in unsettled_deposits(HOUSE)] == [line_of(made).pk]
    nour = person()
    name_payer(line_of(made), party_id=nour.pk, note="تعرفت عليها", by=HOUSE)
    assert held_for(nour.pk, Account.objects.get(code="251"), "ILS") == 320
    assert list(unsettled_deposits(HOUSE)) == []
    with pytest.raises(AlreadyMatched):
        name_payer(line_of(made), party_id=nour.pk, by=HOUSE)
    with pytest.raises(AlreadyMatched):
        unmatch(line_of(made), reason="خطأ", by=HOUSE)
    assert faults(HOUSE) == []


def test_a_fee_goes_to_no_receivable_and_to_no_account_that_wants_a_person(town: str) -> None:
    made = statement(("x", "-3"))
    with pytest.raises(AccountNotPostable):
        post_from_line(line_of(made), Account.objects.get(code="1203"), by=HOUSE)
    post_from_line(line_of(made), Account.objects.get(code="56"), by=HOUSE)
    with pytest.raises(NothingChosen):
        post_from_line(line_of(made), Account.objects.get(code="56"), by=HOUSE)


def test_an_entry_and_its_reversal_wait_for_no_bank(town: str) -> None:
    books = remitted("500", "1")
    assert len(open_ledger_lines([bank().pk], "ILS")) == 1
    reverse_entry(books.entry, reason="خطأ", by=HOUSE)
    assert open_ledger_lines([bank().pk], "ILS") == []


def test_the_reconciliation_names_what_each_side_lacks(town: str) -> None:
    """The README's example: bank 1,497.00; 500.00 in transit; a fee of 3.00 and 200.00 unknown not in the books."""
    opening = remitted("1300", "0")
    remitted("500", "8841")
    made = statement(("عمولة", "-3"), ("حوالة", "200"), opening="1300")
    match_with_books(line_of(made, 0), [opening.pk], by=HOUSE)
    figures = reconciliation(HOUSE, bank(), "ILS", on=today())
    assert (figures.bank_balance, figures.book_balance) == (1497, 1800)
    assert [one.amount for one in figures.in_transit] == [500]
    assert sorted(one.amount for one in figures.bank_only) == [-3, 200]
    assert (figures.adjusted_bank, figures.adjusted_books, figures.difference) == (1997, 1997, 0)


def test_what_the_books_held_before_the_first_statement_is_matched_at_once(town: str) -> None:
    yesterday = today() - timedelta(days=1)
    account = Account.objects.get(code="56")
    for amount in ("500", "-120"):
        sides = [
            HandLine(account=bank(), debit=Decimal(500)),
            HandLine(account=account, credit=Decimal(500)),
        ]
        if amount == "-120":
            sides = [
                HandLine(account=account, debit=Decimal(120)),
                HandLine(account=bank(), credit=Decimal(120)),
            ]
        post_voucher(on=yesterday, description="سابق", currency="ILS", lines=sides, by=HOUSE)
    made = statement(("عمولة", "-3"), opening="400")
    with pytest.raises(NothingChosen):
        match_before(line_of(made), by=HOUSE)
    match_before(line_of(made, 0), by=HOUSE)
    assert left_of(bank_lines(bank(), "ILS").get(seq=0)) == 20
    figures = reconciliation(HOUSE, bank(), "ILS", on=today())
    assert sorted(one.amount for one in figures.bank_only) == [-3, 20]
    assert (figures.in_transit, figures.outstanding, figures.difference) == ((), (), 0)
    assert faults(HOUSE) == []


def test_one_prepares_another_approves_and_then_nothing_changes(town: str) -> None:
    huda, fadi = staff("huda", "accountant"), staff("fadi", "finance_manager")
    books = remitted("500", "8841")
    made = statement(("إيداع 8841", "500"))
    match_with_books(line_of(made), [books.pk], by=huda)
    with pytest.raises(ReconciliationNotPrepared):
        approve_reconciliation(made, by=fadi)
    prepare_reconciliation(made, by=fadi)
    with pytest.raises(ReconciliationBySamePerson):
        approve_reconciliation(made, by=fadi)
    prepare_reconciliation(made, by=huda)
    remitted("10", "late")
    with pytest.raises(ReconciliationNotPrepared):
        approve_reconciliation(made, by=fadi)
    prepare_reconciliation(made, by=huda)
    approve_reconciliation(made, by=fadi)
    with pytest.raises(ReconciliationLocked):
        unmatch(line_of(made), reason="خطأ", by=huda)
    with pytest.raises(StatementStands):
        prepare_reconciliation(made, by=huda)
    with refused("BA044"):
        sql("UPDATE finance_bankstatement SET approved_at = NULL WHERE id = %s", made.pk)
    with refused("BA046"):
        sql("DELETE FROM finance_bankmatch")
    made.refresh_from_db()
    assert reconciliation_paper(made, by=fadi).startswith(b"%PDF")
    assert made.facts["in_transit"][0][2] == "10.000"


def test_a_later_match_leaves_an_approved_day_as_it_was(town: str) -> None:
    huda, fadi = staff("huda", "accountant"), staff("fadi", "finance_manager")
    yesterday = today() - timedelta(days=1)
    first = statement(("حوالة", "90"), on=yesterday)
    prepare_reconciliation(first, by=huda)
    approve_reconciliation(first, by=fadi)
    post_from_line(line_of(first), Account.objects.get(code="254"), by=huda)
    assert Line.objects.filter(account=bank()).latest("id").date == today()
    figures = reconciliation(HOUSE, bank(), "ILS", on=yesterday)
    assert [one.amount for one in figures.bank_only] == [90]
    assert reconciliation(HOUSE, bank(), "ILS", on=today()).bank_only == ()


def test_the_pages_lead_an_accountant_through(town: str, client_for, count_queries) -> None:
    staff("huda", "accountant")
    remitted("500", "8841")
    browser: Client = client_for("huda")
    from django.core.files.uploadedfile import SimpleUploadedFile

    new = reverse("finance:bank-statement-new")
    typed = {
        "account": "1121",
        "currency": "ILS",
        "file": SimpleUploadedFile("k.csv", b"a,b\n1,2\n"),
    }
    answer = browser.post(new, typed)
    assert answer.status_code == 422
    assert "a، b" in answer.content.decode()
    day = f"{today():%d/%m/%Y}"
    content = f"date,text,amount\n{day},slip 8841,500\n{day},fee,-3\n".encode()
    typed = {
        "account": "1121",
        "currency": "ILS",
        "opening": "0",
        "file": SimpleUploadedFile("k.csv", content),
    }
    answer = browser.post(new, typed, follow=True)
    assert answer.status_code == 200
    made = BankStatement.objects.get()
    page = reverse("finance:bank-statement", args=[made.uid])
    with count_queries() as seen:
        assert browser.get(page).status_code == 200
    assert len(seen) <= 34, [one["sql"][:90] for one in seen]
    browser.post(reverse("finance:bank-confirm", args=[made.uid]), {})
    fee = line_of(made, 2)
    assert browser.get(reverse("finance:bank-line", args=[fee.uid])).status_code == 200
    move = reverse("finance:bank-line-move", args=[fee.uid, "post"])
    assert browser.post(move, {"account": "99999"}).status_code == 422
    assert browser.post(move, {"account": "56 عمولات"}).status_code == 302
    assert open_bank_lines(bank(), "ILS") == []
    for name in ("bank-lines", "bank-paper"):
        assert browser.get(reverse(f"finance:{name}", args=[made.uid])).status_code == 200
    for name in ("bank-statements", "bank-unknown"):
        assert browser.get(reverse(f"finance:{name}")).status_code == 200
    prepare = reverse("finance:bank-prepare", args=[made.uid])
    staff("rania", "auditor")
    assert client_for("rania").get(page).status_code == 200
    assert client_for("rania").post(prepare).status_code == 403
    assert browser.post(prepare).status_code == 302
    assert browser.post(reverse("finance:bank-approve", args=[made.uid])).status_code == 403
