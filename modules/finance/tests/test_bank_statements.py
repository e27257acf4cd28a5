"""Files of banks: what is read, what is refused, what comes in once."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
import xlsxwriter

from kernel.viewer import Viewer
from modules.finance.errors.bank import (
    BalanceMissing,
    BalancesDoNotChain,
    StatementColumnsMissing,
    StatementDoesNotAddUp,
    StatementEmpty,
    StatementLineUnreadable,
    StatementOfAnotherAccount,
    StatementStands,
    StatementTooLong,
    StatementTwice,
    StatementUnreadable,
)
from modules.finance.models import Account, BankLine, BankStatement
from modules.finance.selectors.proofs import faults
from modules.finance.services.bank.importing import Told, discard_statement, import_statements
from modules.finance.services.bank.reading import read_statements
from modules.finance.tests.factories import HOUSE, staff
from modules.finance.tests.test_guards import refused, sql

MT940 = """:20:STMT0001
:25:PS92PALS000000000400123456702
:28C:11/1
:60F:C261101ILS1000,00
:61:2611021102D50,00NCHK5001//B5001
:86:Cheque 5001
:61:2611031103C200,50NTRFREF77
:86:Transfer from X
:62F:C261103ILS1150,50
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId>
<CreDtTm>2026-11-03T00:00:00</CreDtTm></GrpHdr><Stmt><Id>S1</Id><ElctrncSeqNb>11</ElctrncSeqNb>
<Acct><Id><IBAN>PS92PALS000000000400123456702</IBAN></Id><Ccy>JOD</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="JOD">10.125</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="JOD">8.250</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-03</Dt></Dt></Bal>
<Ntry><Amt Ccy="JOD">1.875</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-02</Dt></BookgDt>
<AddtlNtryInf>عمولة</AddtlNtryInf></Ntry></Stmt></BkToCstmrStmt></Document>"""
CSV = "التاريخ,البيان,المرجع,مدين,دائن,الرصيد\n02/11/2026,شيك,5001,50.000,,950.000\n03/11/2026,حوالة,REF77,,200.50,1150.50\n"


def bank() -> Account:
    return Account.objects.get(code="1121")


def take(
    content: str | bytes, *, currency: str = "ILS", told: Told | None = None, by: Viewer = HOUSE
) -> list[BankStatement]:
    raw = content.encode() if isinstance(content, str) else content
    name = "كشف.xlsx" if raw.startswith(b"PK") else "كشف.csv"
    return import_statements(
        bank(), currency=currency, content=raw, name=name, told=told or Told(), by=by
    )


def figures(statement: BankStatement) -> tuple[str, str, list[str]]:
    statement.refresh_from_db()
    amounts = statement.lines.filter(seq__gt=0).order_by("seq").values_list("amount", flat=True)
    return (str(statement.opening), str(statement.closing), [str(one) for one in amounts])


def sheet(rows: list[list[object]]) -> bytes:
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["mt940", "csv", "newest first", "xlsx"])
def test_the_same_movements_are_read_from_every_form(town: str, form: str) -> None:
    lines = CSV.splitlines()
    rows: list[list[object]] = [
        ["كشف حساب"],
        ["Date", "Description", "Amount", "Balance"],
        ["2026-11-02", "cheque 5001", -50.0, 950],
        ["2026-11-03", "REF77", 200.5, 1150.5],
        ["", "Total", 150.5, ""],
    ]
    content: dict[str, str | bytes] = {
        "mt940": MT940,
        "csv": CSV,
        "newest first": "\n".join([lines[0], lines[2], lines[1]]),
        "xlsx": sheet(rows),
    }
    (made,) = take(content[form])
    assert figures(made) == ("1000.000", "1150.500", ["-50.000", "200.500"])
    assert f"{made.since:%d} {made.until:%d}" == "02 03"
    assert faults(HOUSE) == []


def test_a_dinar_keeps_its_third_decimal_in_camt(town: str) -> None:
    (made,) = take(CAMT, currency="JOD")
    assert figures(made) == ("10.125", "8.250", ["-1.875"])
    assert (made.reference, made.file, len(made.sha256)) == ("11", None, 64)


def test_the_same_statement_is_refused_and_known_lines_are_left_out(town: str) -> None:
    take(CSV)
    with pytest.raises(StatementTwice):
        take(CSV)
    (second,) = take(CSV + "04/11/2026,عمولة,,5,,1145.50\n")
    assert figures(second) == ("1150.500", "1145.500", ["-5.000"])
    assert BankLine.objects.filter(seq__gt=0).count() == 3
    assert faults(HOUSE) == []


def test_two_equal_fees_of_one_day_are_two_movements(town: str) -> None:
    (made,) = take(
        "date,text,amount\n02/11/2026,fee,-5\n02/11/2026,fee,-5\n", told=Told(opening=Decimal(100))
    )
    assert figures(made)[2] == ["-5.000", "-5.000"]


def test_balances_must_chain_and_add_up(town: str) -> None:
    take(CSV)
    with pytest.raises(BalancesDoNotChain):
        take("date,text,amount,balance\n05/11/2026,x,10,2000\n")
    with pytest.raises(StatementDoesNotAddUp):
        take(
            MT940.replace("11/1", "12/1")
            .replace("ILS1000,00", "ILS1150,50")
            .replace("C261103ILS1150,50", "C261104ILS1300,51")
            .replace("261102", "261104")
            .replace("2611031103", "2611041104")
        )
    assert BankStatement.objects.count() == 1


def test_a_sheet_without_balances_needs_them_once(town: str) -> None:
    with pytest.raises(BalanceMissing):
        take("date,text,amount\n05/11/2026,x,10\n")
    take("date,text,amount\n05/11/2026,x,10\n", told=Told(opening=Decimal(7)))
    (second,) = take("date,text,amount\n06/11/2026,y,1\n")
    assert figures(second) == ("17.000", "18.000", ["1.000"])


def test_the_headings_of_a_bank_are_remembered(town: str) -> None:
    content = "a,b,c\n05/11/2026,x,10\n"
    with pytest.raises(StatementColumnsMissing) as refusal:
        take(content)
    assert "a، b، c" in str(refusal.value)
    take(
        content,
        told=Told(opening=Decimal(0), columns={"date": "a", "text": "b", "amount": "c"}),
    )
    take("a,b,c\n06/11/2026,y,-2\n")
    assert bank().at_bank["columns"] == {"date": "a", "text": "b", "amount": "c"}


def test_the_file_of_another_account_is_refused_once_the_number_is_known(town: str) -> None:
    take(MT940)
    other = MT940.replace("PS92PALS000000000400123456702", "PS00OTHER").replace("11/1", "12/1")
    with pytest.raises(StatementOfAnotherAccount):
        take(other)
    with pytest.raises(StatementOfAnotherAccount):
        take(CAMT, currency="ILS")


BOMB = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "&#97;">]>' + CAMT.split("?>", 1)[1]
UTF16 = CAMT.replace("UTF-8", "UTF-16").encode("utf-16")


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", StatementColumnsMissing),
        (b"\0\1\2", StatementUnreadable),
        (b"PK\x03\x04broken", StatementUnreadable),
        (b"<html><body>no</body></html>", StatementUnreadable),
        (b"<Document>", StatementUnreadable),
        (BOMB.encode(), StatementUnreadable),
        (UTF16, StatementUnreadable),
        (CAMT.replace("1.875", "NaN").encode(), StatementLineUnreadable),
        (CAMT.replace("1.875", "1e99").encode(), StatementLineUnreadable),
        (b":20:x\n:60F:zzz\n", StatementUnreadable),
        (MT940.replace(":62F:", ":99:").encode(), StatementUnreadable),
        (b"date,text,amount\n05/11/2026,x,1.234\n", StatementLineUnreadable),
        (b"date,text,amount\n05/11/2026,x,=1+1\n", StatementLineUnreadable),
        (b"date,text,amount\nno day,x,1\n", StatementEmpty),
        (b"x" * (5 * 1024 * 1024 + 1), StatementTooLong),
        (b"date,text,amount\n" + b"05/11/2026,x,1\n" * 20_050, StatementTooLong),
    ],
)
def test_what_is_no_statement_is_refused_with_a_sentence(
    town: str, content: bytes, refusal: type[Exception]
) -> None:
    currency = "JOD" if b"JOD" in content or content == UTF16 else "ILS"
    with pytest.raises(refusal):
        take(content, currency=currency, told=Told(opening=Decimal(0)))
    assert BankStatement.objects.count() == 0


def test_a_text_that_a_screen_cannot_show_does_not_come_in(town: str) -> None:
    read = read_statements(
        "date,text,amount\n05/11/2026,a\u202eb\u200fc,1\n".encode(), currency="ILS", columns={}
    )
    assert read[0].lines[0].text == "a b c"


def test_only_the_newest_untouched_statement_is_taken_out(town: str) -> None:
    (first,) = take(CSV)
    (second,) = take("date,text,amount\n06/11/2026,y,1\n")
    with pytest.raises(StatementStands):
        discard_statement(first, reason="خطأ", by=HOUSE)
    discard_statement(second, reason="خطأ", by=HOUSE)
    discard_statement(first, reason="خطأ", by=HOUSE)
    assert BankLine.objects.count() == 0


def test_the_database_refuses_to_break_the_chain(town: str) -> None:
    (first,) = take(CSV)
    columns = "uid, created_at, account_id, currency, position, reference, since, until, opening, closing, sha256, prepared_by_name, approved_by_name, facts"
    row = "gen_random_uuid(), now(), account_id, currency, {at}, 'x', until, until, {opening}, {opening}, '', '', '', '{{}}'"
    for at, opening in ((2, "closing + 1"), (3, "closing"), (1, "closing")):
        chosen = row.format(at=at, opening=opening)
        with refused("BA044"):
            sql(
                f"INSERT INTO finance_bankstatement ({columns}) SELECT {chosen} FROM finance_bankstatement WHERE id = %s",
                first.pk,
            )
    with refused("BA044"):
        sql("UPDATE finance_bankline SET amount = amount + 1 WHERE statement_id = %s", first.pk)
    with refused("BA044"):
        sql("UPDATE finance_bankstatement SET closing = 0 WHERE id = %s", first.pk)
    with refused("BA044"):
        sql(
            "INSERT INTO finance_bankline (uid, statement_id, seq, on_date, amount, reference, text, key)"
            " VALUES (gen_random_uuid(), %s, 9, '2026-11-03', 1, '', '', 'k')",
            first.pk,
        )


def test_only_who_reconciles_takes_statements_in(town: str) -> None:
    from kernel.errors import NotPermitted

    with pytest.raises(NotPermitted):
        take(CSV, by=staff("karim", "cashier"))
