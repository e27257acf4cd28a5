"""The books at millions of lines: a person's dues and statement, the trial balance, an entry of 5,000 lines; 60,000 old dues."""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any

from measure.stage import TOWN, Stage
from measure.table import Row, emit, percentile, rows_in

SMALL = 50_000
PARTIES = 60_000
READS = 300
OLD_DUES = 60_000
LONG_ENTRY = 5_000


def measure(stage: Stage, wishes: argparse.Namespace) -> list[Row]:
    """Fills the books by one statement a table, reads at 50,000 lines and again at `--lines`."""
    lines = str(wishes.lines)
    return rows_in(stage.inside("measure.works.books", "--lines", lines, within=3600))


def main() -> None:
    """Runs inside the product."""
    from measure.product import begin, tell

    wishes = begin("books", lines=5_000_000)
    from kernel.tenancy import use
    from measure.cashiers import ensure_town

    ensure_town()
    with use(TOWN):
        _persons(1, PARTIES)
        # A person has as many lines in small books as in large ones: the first hundredth of all shares those of the small.
        small = _grown(SMALL, tell, first=0, people=PARTIES // 100)
        _import(tell)
        large = _grown(wishes.lines, tell, first=PARTIES // 100, people=PARTIES - PARTIES // 100)
        _compare(small, large, wishes.lines)
        _long_entry()
    sys.stdout.flush()


# --- Old dues from a sheet ----------------------------------------------------------------------------


def _import(tell: Callable[[str], None]) -> None:
    """A sheet of 60,000 old dues, checked and loaded as a clerk would have it done."""
    from django.core.files.base import ContentFile

    from kernel.calendar.selectors import today
    from kernel.files.services import store_file
    from kernel.viewer import Viewer
    from modules.finance.services.opening.loading import begin_loading, check_sheet, load_batch

    by = Viewer.system("infra/bench")
    began = time.perf_counter()
    content = _sheet(OLD_DUES)
    tell(f"a sheet of {OLD_DUES:,} rows written in {time.perf_counter() - began:.0f} s")
    file = store_file(ContentFile(content, "ذمم.xlsx"), "ذمم.xlsx", by=by)
    began = time.perf_counter()
    batch = check_sheet(file, as_of=today().replace(month=1, day=1), by=by)
    checked = time.perf_counter()
    begin_loading(batch, only_good=False, by=by)
    load_batch(batch, by=by)
    loaded = time.perf_counter()
    tell(f"checked in {checked - began:.1f} s, loaded in {loaded - checked:.1f} s")
    emit(
        Row(
            work=f"import of {OLD_DUES:,} old dues, check and load",
            figure=loaded - began,
            unit="s",
            goal="< 60 s",
            holds=loaded - began < 60 and batch.rows_good == OLD_DUES,
        )
    )


def _sheet(rows: int) -> bytes:
    from io import BytesIO

    import xlsxwriter

    from modules.finance.services.opening.sheet import COLUMNS

    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet()
    for at, one in enumerate(COLUMNS):
        sheet.write_string(0, at, one.heading)
    for row in range(1, rows + 1):
        cells = {
            "id_number": f"7{row % PARTIES + 1:08d}",
            "kind": ("مياه", "نفايات", "إيجارات")[row % 3],
            "year": str(2015 + row % 10),
            "amount": f"{row % 900 + 10}.50",
            "reference": f"OLD-{row}",
        }
        for at, one in enumerate(COLUMNS):
            if one.name in cells:
                sheet.write_string(row, at, cells[one.name])
    book.close()
    return buffer.getvalue()


# --- Filling ------------------------------------------------------------------------------------------


def _persons(first: int, last: int) -> None:
    """That many persons by one statement; columns without a word in it take their defaults."""
    from kernel.parties.models import Party

    with _guards_rest("parties_party"):
        rows = [
            Party(
                kind="person",
                id_kind="national",
                id_number=f"7{number:08d}",
                full_name="سامي خليل محمد الأسطل",
                given_name="سامي",
                father_name="خليل",
                grandfather_name="محمد",
                family_name="الأسطل",
            )
            for number in range(first, last + 1)
        ]
        Party.objects.bulk_create(rows, batch_size=5_000)


class _guards_rest:
    """As the owner of the tables, with their guards resting while rows are made that would satisfy them."""

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def __enter__(self) -> None:
        from kernel.tenancy import as_owner

        self._owner = as_owner()
        self._owner.__enter__()
        self._say("DISABLE")

    def __exit__(self, *_gone: object) -> None:
        self._say("ENABLE")
        self._owner.__exit__(None, None, None)

    def _say(self, word: str) -> None:
        from django.db import connection

        with connection.cursor() as cursor:
            for table in self.tables:
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER USER")


# A quarter of the lines are dues, another quarter what was paid of them, the rest costs against the bank.
_FILL = (
    """
    INSERT INTO finance_entry (id, uid, created_at, journal, year, number, date, period_id, kind, description, source,
        posted_at, posted_by_name)
    SELECT %(base)s + g, gen_random_uuid(), now(), 'XB', p.year, %(base)s + g,
        make_date(p.year, p.month, 1 + (g %% 28)), p.id, CASE WHEN g %% 2 = 0 THEN 'charge' ELSE 'journal' END, '', '',
        now(), 'infra/bench'
    FROM generate_series(1, %(entries)s) g
    CROSS JOIN LATERAL (SELECT id, year, month FROM finance_period WHERE state = 'open'
        ORDER BY year, month OFFSET g %% (SELECT count(*) FROM finance_period WHERE state = 'open') LIMIT 1) p
    """,
    """
    INSERT INTO finance_charge (id, uid, created_at, source_module, source_record, source_code, source_period, party_id,
        kind_id, year, due_on, description, currency, principal, base_principal, paid, credited, cancelled, base_settled,
        is_opening, entry_id)
    SELECT %(base)s + g, gen_random_uuid(), now(), 'bench', 'B' || (%(base)s + g), 'water', '',
        people[1 + g %% array_length(people, 1)], kind.id, 2000 + (g / 60000) %% 26,
        make_date(2000 + (g / 60000)::int %% 26, 1 + g %% 12, 1), '', 'ILS', 100, 100,
        CASE WHEN g %% 10 < 9 THEN 100 ELSE 0 END, 0, 0, CASE WHEN g %% 10 < 9 THEN 100 ELSE 0 END, false,
        %(base)s + 2 + 2 * (g %% (%(entries)s / 2 - 1))
    FROM generate_series(1, %(charges)s) g,
        (SELECT array_agg(id ORDER BY id) AS people FROM (SELECT id FROM parties_party ORDER BY id OFFSET %(first)s LIMIT %(people)s) x) p,
        (SELECT id FROM finance_dueskind WHERE code = 'finance.water') kind
    """,
    """
    INSERT INTO finance_line (entry_id, seq, date, account_id, party_id, charge_id, fund, description, currency, debit,
        credit, rate, base_debit, base_credit)
    SELECT c.entry_id, c.id - %(base)s, e.date, k.receivable_id, c.party_id, c.id, 'current', '', 'ILS', 100, 0, 1, 100, 0
    FROM finance_charge c JOIN finance_entry e ON e.id = c.entry_id JOIN finance_dueskind k ON k.id = c.kind_id
    WHERE c.id > %(base)s AND c.source_module = 'bench'
    """,
    """
    INSERT INTO finance_settlement (charge_id, kind, date, amount, base, tendered, entry_id)
    SELECT c.id, 'cancelled', e.date, 100, 100, 0, c.entry_id FROM finance_charge c JOIN finance_entry e ON e.id = c.entry_id
    WHERE c.id > %(base)s AND c.source_module = 'bench' AND c.paid > 0
    """,
    """
    INSERT INTO finance_line (entry_id, seq, date, account_id, party_id, charge_id, fund, description, currency, debit,
        credit, rate, base_debit, base_credit)
    SELECT c.entry_id, 3000000 + c.id - %(base)s, e.date, k.receivable_id, c.party_id, c.id, 'current', '', 'ILS', 0, 100,
        1, 0, 100
    FROM finance_charge c JOIN finance_entry e ON e.id = c.entry_id JOIN finance_dueskind k ON k.id = c.kind_id
    WHERE c.id > %(base)s AND c.source_module = 'bench' AND c.paid > 0
    """,
    """
    INSERT INTO finance_line (entry_id, seq, date, account_id, fund, description, currency, debit, credit, rate,
        base_debit, base_credit)
    SELECT e.id, 9000000 + s, e.date, a.accounts[1 + (e.id + s) %% array_length(a.accounts, 1)], 'current', '', 'ILS',
        CASE WHEN s %% 2 = 0 THEN 50 ELSE 0 END, CASE WHEN s %% 2 = 1 THEN 50 ELSE 0 END, 1,
        CASE WHEN s %% 2 = 0 THEN 50 ELSE 0 END, CASE WHEN s %% 2 = 1 THEN 50 ELSE 0 END
    FROM finance_entry e CROSS JOIN generate_series(1, %(each)s) s,
        (SELECT array_agg(id) AS accounts FROM finance_account WHERE is_posting AND NOT needs_party) a
    WHERE e.id > %(base)s AND e.journal = 'XB' AND e.kind = 'journal'
    """,
    """
    INSERT INTO finance_monthlybalance AS kept (account_id, currency, period_id, journal, debit, credit, base_debit, base_credit)
    SELECT l.account_id, l.currency, e.period_id, e.journal, sum(l.debit), sum(l.credit), sum(l.base_debit), sum(l.base_credit)
    FROM finance_line l JOIN finance_entry e ON e.id = l.entry_id WHERE e.id > %(base)s AND e.journal = 'XB'
    GROUP BY 1, 2, 3, 4
    ON CONFLICT (account_id, currency, period_id, journal) DO UPDATE SET debit = kept.debit + EXCLUDED.debit,
        credit = kept.credit + EXCLUDED.credit, base_debit = kept.base_debit + EXCLUDED.base_debit,
        base_credit = kept.base_credit + EXCLUDED.base_credit
    """,
)
_TABLES = (
    "finance_entry", "finance_charge", "finance_line", "finance_settlement", "finance_monthlybalance",
)  # fmt: skip


def _grown(lines: int, tell: Callable[[str], None], *, first: int, people: int) -> dict[str, float]:
    """The books grown to that many lines of so many people behind the first ones, and what reading takes then."""
    from django.db import connection

    began = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM finance_line")
        missing = max(lines - cursor.fetchone()[0], 1_000)
        cursor.execute(
            "SELECT greatest((SELECT max(id) FROM finance_entry), (SELECT max(id) FROM finance_charge), 0)"
        )
        base = cursor.fetchone()[0] + 1
    entries = max(missing // 50 // 2 * 2, 100)
    charges = missing // 4
    each = max(2, (missing - charges * 19 // 10) // (entries // 2) // 2 * 2)
    facts = {
        "base": base, "entries": entries, "charges": charges, "each": each, "first": first, "people": people,
    }  # fmt: skip
    with _guards_rest(*_TABLES), connection.cursor() as cursor:
        for text in _FILL:
            cursor.execute(text, facts)
        for table in _TABLES:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )
            # As the database does by itself soon after that many rows came.
            cursor.execute(f"VACUUM (ANALYZE) {table}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM finance_line")
        tell(f"{cursor.fetchone()[0]:,} lines in {time.perf_counter() - began:.0f} s")
    return _read(first, people)


# --- Reading ------------------------------------------------------------------------------------------


def _read(first: int, count: int) -> dict[str, float]:
    from kernel.calendar.selectors import today
    from kernel.parties.models import Party
    from kernel.viewer import Viewer
    from modules.finance.selectors.books import trial_balance
    from modules.finance.selectors.dues import dues_facts
    from modules.finance.selectors.statements import statement_of

    by, on = Viewer.system("infra/bench"), today()
    ids = Party.objects.order_by("id").values_list("pk", flat=True)[first : first + count]
    people = list(ids)[:: max(1, count // READS)][:READS]
    since = date(on.year, 1, 1)
    # The most that is ever read: half of a month that is over.
    middle = date(on.year, max(on.month - 1, 1), 15)
    found = {
        "panel": _each(people, lambda one: dues_facts([one], today=on)),
        "statement": _each(people, lambda one: statement_of(by, [one], since=since, until=on)),
        "trial": [_timed(lambda: trial_balance(by, on=on)) for _turn in range(15)],
        "middle": [_timed(lambda: trial_balance(by, on=middle)) for _turn in range(15)],
    }
    return {
        **{f"{name} p95": percentile(took, 0.95) for name, took in found.items()},
        **{f"{name} median": statistics.median(took) for name, took in found.items()},
    }


def _each(people: list[int], read: Callable[[int], Any]) -> list[float]:
    for one in people[:20]:
        read(one)
    return [_timed(lambda one=one: read(one)) for one in people]  # type: ignore[misc]


def _timed(read: Callable[[], Any]) -> float:
    began = time.perf_counter()
    read()
    return (time.perf_counter() - began) * 1000


def _compare(small: dict[str, float], large: dict[str, float], lines: int) -> None:
    for name, title in (("panel", "a person's dues"), ("statement", "a person's statement")):
        figure, comparison = large[f"{name} median"], small[f"{name} median"]
        high = large[f"{name} p95"]
        emit(
            Row(
                work=f"{title} at {lines:,} lines (median)",
                figure=figure,
                unit=f"ms, p95 {high:.1f} ms",
                against=f"at {SMALL:,} lines, ms",
                comparison=comparison,
                ratio=figure / comparison,
                goal="<= 1.5x, p95 <= 5 ms",
                holds=figure <= 1.5 * comparison and high <= 5,
            )
        )
    for name, title in (
        ("trial", "trial balance of today"),
        ("middle", "trial balance of the middle of last month"),
    ):
        emit(
            Row(
                work=f"{title} at {lines:,} lines (median)",
                figure=large[f"{name} median"],
                unit=f"ms, p95 {large[f'{name} p95']:.0f} ms",
                against=f"at {SMALL:,} lines, ms",
                comparison=small[f"{name} median"],
                goal="<= 100 ms",
                holds=large[f"{name} median"] <= 100,
            )
        )


def _long_entry() -> None:
    """One entry of 5,000 lines, posted through the service with every guard awake."""
    from decimal import Decimal

    from kernel.calendar.selectors import today
    from kernel.viewer import Viewer
    from modules.finance.models import Account
    from modules.finance.services.posting import Side, post_entry

    accounts = list(
        Account.objects.filter(is_posting=True, needs_party=False, is_active=True).values_list(
            "pk", flat=True
        )
    )
    sides = [
        Side(
            account_id=accounts[at % len(accounts)],
            currency="ILS",
            **{side: Decimal(10), f"base_{side}": Decimal(10)},
        )
        for at in range(LONG_ENTRY)
        for side in (("debit", "credit")[at % 2],)
    ]
    took = [
        _timed(
            lambda: post_entry(
                journal="JV",
                kind="journal",
                on=today(),
                description="",
                sides=sides,
                by=Viewer.system("infra/bench"),
            )  # type: ignore[arg-type]
        )
        for _turn in range(5)
    ]
    emit(
        Row(
            work=f"an entry of {LONG_ENTRY:,} lines (median)",
            figure=statistics.median(took),
            unit="ms",
            goal="< 500 ms",
            holds=statistics.median(took) < 500,
        )
    )


if __name__ == "__main__":
    main()
