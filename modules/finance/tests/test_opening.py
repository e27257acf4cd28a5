"""Old dues come in from a sheet: checked, corrected, loaded, undone."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from kernel.calendar.selectors import today
from kernel.errors import NotPermitted
from kernel.files.services import store_file
from kernel.jobs.models import Job
from kernel.money import money
from kernel.viewer import Viewer
from modules.finance.constants import BatchState
from modules.finance.errors import (
    BatchHasErrors,
    BatchInUse,
    BatchNotChecked,
    SheetColumnsMissing,
    SheetEmpty,
    SheetUnreadable,
)
from modules.finance.models import Charge, Line, OpeningBatch
from modules.finance.opening_papers import reconciliation_paper
from modules.finance.selectors.opening import remembered_columns
from modules.finance.selectors.proofs import faults
from modules.finance.services.opening import checking, reconciling
from modules.finance.services.opening.loading import (
    begin_loading,
    check_sheet,
    load_batch,
    undo_batch,
)
from modules.finance.services.opening.reconciling import reconciliation, sums_by_currency
from modules.finance.services.opening.sheet import COLUMNS, read_sheet, template_sheet
from modules.finance.tests.factories import HOUSE, pays, person, rate, session_of, staff

HEADINGS = [one.heading for one in COLUMNS]


def sheet(*rows: list[object], headings: list[str] | None = None) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"default_date_format": "dd/mm/yyyy"})
    page = book.add_worksheet()
    for at, row in enumerate([headings or HEADINGS, *rows]):
        page.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


def checked(content: bytes, *, as_of: date | None = None) -> OpeningBatch:
    return check_sheet(store_file(content, "ذمم.xlsx", by=HOUSE), as_of=as_of or today(), by=HOUSE)


def loaded(content: bytes) -> OpeningBatch:
    batch = begin_loading(checked(content), only_good=False, by=HOUSE)
    return load_batch(batch, by=HOUSE)


@pytest.fixture
def nour(town: str):
    return person(id_number="900000015")


def test_a_sheet_becomes_dues_with_age_and_source(nour) -> None:
    rate("JOD", "5.20")
    batch = loaded(
        sheet(
            [900000015, "نور", "مياه", 2024, 350.5, "ILS", "30/06/2024", "", "", "فاتورة", "W-1"],
            [
                "٩٠٠٠٠٠٠١٥",
                "نور",
                "إيجارات",
                "٢٠٢٣",
                "١٢٫٢٥٠",
                "دينار",
                "",
                "01/01/2023",
                "31/12/2023",
                "",
                "",
            ],
        )
    )
    assert (batch.state, batch.rows_good) == (BatchState.COMMITTED, 2)
    water, rent = Charge.objects.order_by("id")
    assert (water.principal, water.due_on, water.year, water.source_record) == (
        money("350.50").amount,
        date(2024, 6, 30),
        2024,
        "W-1",
    )
    assert (rent.currency, rent.due_on, rent.period_from) == (
        "JOD",
        date(2023, 12, 31),
        date(2023, 1, 1),
    )
    assert rent.principal == money("12.250", "JOD").amount
    assert water.is_opening and water.party_id == nour.pk
    # Against the opening balance, not against this year's revenue.
    assert set(Line.objects.filter(credit__gt=0).values_list("account__code", flat=True)) == {"32"}
    assert faults(HOUSE) == []


def test_every_wrong_row_comes_back_with_its_reason_in_the_same_layout(nour) -> None:
    batch = checked(
        sheet(
            [900000015, "نور", "مياه", 2024, 350.5],
            [123, "", "مياه", 2024, 10],
            ["", "", "مياه", 2024, 10],
            [900000015, "", "قمر", 2024, 10],
            [900000015, "", "مياه", 1066, 10],
            [900000015, "", "مياه", 2023, "عشرة"],
            [900000015, "", "مياه", 2022, -5],
            [900000015, "", "مياه", 2021, 5, "LBP"],
            [900000015, "", "مياه", 2020, 5, "JOD"],
            [900000015, "", "مياه", 2019, 5, "", "31/02/2019"],
            [900000015, "", "مياه", 2018, 5.005],
            [900000015, "", "مياه", 2017, 5, "", "", "31/12/2017", "01/01/2017"],
            [900000015, "", "مياه", 2024, 350.5],
        )
    )
    assert (batch.rows_good, batch.rows_bad, batch.state) == (1, 12, BatchState.CHECKED)
    with batch.errors_file.open() as stream:
        rows = (
            CalamineWorkbook.from_filelike(BytesIO(stream.read())).get_sheet_by_index(0).to_python()
        )
    assert rows[0][: len(HEADINGS)] == HEADINGS
    assert len(rows) == 13
    assert all(row[len(HEADINGS)] for row in rows[1:])
    assert rows[1][0] == "123"
    assert Charge.objects.count() == 0


def test_the_error_sheet_corrected_is_accepted_as_it_is(nour) -> None:
    batch = checked(sheet([900000015, "", "قمر", 2024, 10, "", "", "", "", "", "R1"]))
    with batch.errors_file.open() as stream:
        (row,) = (
            CalamineWorkbook.from_filelike(BytesIO(stream.read()))
            .get_sheet_by_index(0)
            .to_python()[1:]
        )
    corrected = [*row[:2], "مياه", *row[3:]]
    again = checked(sheet(corrected, headings=[*HEADINGS, "التصحيح المطلوب"]))
    assert (again.rows_good, again.rows_bad) == (1, 0)


def test_wrong_rows_stop_the_loading_unless_only_the_good_are_wanted(nour) -> None:
    content = sheet([900000015, "", "مياه", 2024, 10], [900000015, "", "قمر", 2024, 10])
    batch = checked(content)
    with pytest.raises(BatchHasErrors):
        begin_loading(batch, only_good=False, by=HOUSE)
    load_batch(begin_loading(batch, only_good=True, by=HOUSE), by=HOUSE)
    assert Charge.objects.count() == 1


def test_the_same_sheet_twice_brings_nothing_twice(nour) -> None:
    content = sheet([900000015, "", "مياه", 2024, 10, "", "", "", "", "", "R1"])
    loaded(content)
    again = checked(content)
    assert (again.rows_good, again.rows_bad) == (0, 1)
    with pytest.raises(BatchNotChecked):
        begin_loading(
            OpeningBatch.objects.get(state=BatchState.COMMITTED), only_good=True, by=HOUSE
        )


def test_a_run_that_was_cut_short_goes_on_behind_its_last_chunk(nour, monkeypatch) -> None:
    monkeypatch.setattr("modules.finance.services.opening.loading.CHUNK", 2)
    batch = begin_loading(
        checked(sheet(*([900000015, "", "مياه", year, 10] for year in range(2010, 2017)))),
        only_good=False,
        by=HOUSE,
    )

    class Killed(Exception):
        pass

    def die_at_four(done: int, total: int) -> None:
        if done == 6:
            raise Killed

    with pytest.raises(Killed):
        load_batch(batch, by=HOUSE, progress=die_at_four)
    assert Charge.objects.count() == 4
    load_batch(batch, by=HOUSE, done=4)
    assert Charge.objects.count() == 7
    assert OpeningBatch.objects.get().state == BatchState.COMMITTED
    assert faults(HOUSE) == []


def test_a_batch_is_undone_whole_and_can_be_loaded_anew(nour) -> None:
    content = sheet([900000015, "", "مياه", 2024, 10], [900000015, "", "نفايات", 2024, 20])
    batch = loaded(content)
    undo_batch(batch, reason="ملف خاطئ", by=HOUSE)
    assert {one.status for one in Charge.objects.all()} == {"cancelled"}
    assert faults(HOUSE) == []
    loaded(content)
    assert Charge.objects.filter(balance__gt=0).count() == 2


def test_after_the_first_payment_a_batch_stays(karim: Viewer, nour) -> None:
    batch = loaded(sheet([900000015, "", "مياه", 2024, 10]))
    session_of(karim)
    pays(nour, "1", by=karim)
    with pytest.raises(BatchInUse):
        undo_batch(batch, reason="ملف خاطئ", by=HOUSE)


def test_the_page_says_that_a_used_batch_stays_and_starts_no_job(
    karim: Viewer, nour, client_for
) -> None:
    staff("fateh", "accountant")
    browser = client_for("fateh")
    batch = loaded(sheet([900000015, "", "مياه", 2024, 10]))
    page, undoing = f"/finance/opening/{batch.uid}", f"/finance/opening/{batch.uid}/undoing"
    assert undoing in browser.get(page).content.decode()
    without = browser.post(undoing, {"reason": " "})
    assert (without.status_code, Job.objects.count()) == (422, 0)
    session_of(karim)
    pays(nour, "1", by=karim)
    shown = browser.get(page).content.decode()
    assert undoing not in shown and "لم يعد إلغاء ترحيلها كاملة ممكناً" in shown
    refused = browser.post(undoing, {"reason": "ملف خاطئ"})
    assert (refused.status_code, Job.objects.count()) == (422, 0)
    assert "ملف خاطئ" in refused.content.decode()


def test_the_list_writes_the_day_of_the_balances_as_people_do(nour, client_for) -> None:
    staff("fateh", "accountant")
    loaded(sheet([900000015, "", "مياه", 2024, 10]))
    text = client_for("fateh").get("/finance/opening").content.decode()
    assert f"{today():%d/%m/%Y}" in text and f">{today().isoformat()}<" not in text


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (sheet(), SheetEmpty),
        (sheet(headings=["الاسم", "المبلغ"]), SheetColumnsMissing),
        (b"PK\x03\x04 not a sheet", SheetUnreadable),
        (b"", SheetUnreadable),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_in_a_sentence(
    town: str, content: bytes, refusal
) -> None:
    with pytest.raises(refusal):
        read_sheet(content)


def test_the_template_has_the_columns_and_the_kinds(town: str) -> None:
    rows = read_sheet(template_sheet())
    assert rows[0].cells["kind"] == "مياه"
    kinds = (
        CalamineWorkbook.from_filelike(BytesIO(template_sheet())).get_sheet_by_index(1).to_python()
    )
    assert ["مياه", "finance.water"] in kinds


def test_bringing_in_old_dues_needs_its_permission(karim: Viewer, nour) -> None:
    file = store_file(sheet([900000015, "", "مياه", 2024, 10]), "ذمم.xlsx", by=HOUSE)
    with pytest.raises(NotPermitted):
        check_sheet(file, as_of=today(), by=karim)


def test_the_wizard_leads_from_upload_to_loaded(nour, client_for, lets_jobs_run) -> None:
    staff("fateh", "accountant")
    browser = client_for("fateh")
    upload = BytesIO(sheet([900000015, "", "مياه", 2024, 10]))
    upload.name = "ذمم.xlsx"
    answer = browser.post("/finance/opening/new", {"file": upload, "as_of": f"{today():%d/%m/%Y}"})
    assert answer.status_code == 302, answer.context["form"].errors
    lets_jobs_run()
    batch = OpeningBatch.objects.get()
    assert browser.get(f"/finance/opening/{batch.uid}").status_code == 200
    assert browser.post(f"/finance/opening/{batch.uid}/loading", {}).status_code == 302
    lets_jobs_run()
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTED
    assert (
        browser.post(f"/finance/opening/{batch.uid}/undoing", {"reason": "تجربة"}).status_code
        == 302
    )
    lets_jobs_run()
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE


def test_the_sheet_is_reconciled_with_the_books(nour) -> None:
    """Three rows of 100.00, 50.50 and 30.00, the last of nobody: 180.50 in the sheet, 150.50 in the books."""
    content = sheet(
        ["900000015", "نور", "مياه", "2024", "100", "ILS", "", "", "", "", "W-1"],
        ["900000015", "نور", "مياه", "2024", "50.50", "ILS", "", "", "", "", "W-2"],
        ["123456782", "؟", "مياه", "2024", "30", "ILS", "", "", "", "", "W-3"],
    )
    batch = checked(content)
    (total,) = sums_by_currency(reconciliation(batch))
    assert (total.sheet_count, total.right_count, total.books_count) == (3, 2, 0)
    batch = load_batch(begin_loading(batch, only_good=True, by=HOUSE), by=HOUSE)
    (total,) = sums_by_currency(reconciliation(batch))
    assert (total.sheet_sum, total.right_sum, total.books_sum) == (
        Decimal("180.5"),
        Decimal("150.5"),
        Decimal("150.5"),
    )
    assert total.difference == 30
    assert reconciliation_paper(batch).startswith(b"%PDF")


def test_the_old_systems_headings_are_remembered(nour) -> None:
    own = {"id_number": "هوية", "kind": "الصنف", "year": "عام", "amount": "القيمة"}
    content = sheet(["900000015", "مياه", "2024", "75"], headings=list(own.values()))
    with pytest.raises(SheetColumnsMissing):
        read_sheet(content)
    batch = check_sheet(
        store_file(content, "ذمم.xlsx", by=HOUSE), as_of=today(), columns=own, by=HOUSE
    )
    assert batch.rows_good == 1
    load_batch(begin_loading(batch, only_good=False, by=HOUSE), by=HOUSE)
    assert Charge.objects.get().principal == 75
    assert remembered_columns(HOUSE) == own


@pytest.mark.parametrize("kind", ["مياه", "ليس نوعاً"])
def test_the_currency_of_the_books_is_asked_once_however_many_rows_leave_it_out(
    nour, monkeypatch, kind: str
) -> None:
    """A row's worth of policy is little; sixty thousand of them took longer than the loading."""
    asked = []

    def counted(on: date) -> str:
        asked.append(on)
        return "ILS"

    for module in (checking, reconciling):
        monkeypatch.setattr(module, "base_currency", counted)
    rows = [[900000015, "نور", kind, 2024, 10, "", "", "", "", "", f"W-{at}"] for at in range(9)]
    batch = checked(sheet(*rows))
    assert batch.rows_good == (9 if kind == "مياه" else 0)
    assert len(asked) == 2
