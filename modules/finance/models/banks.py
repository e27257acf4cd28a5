"""Bank statements, line by line, and what in the books each line is.

A match says that a line of the bank and a line of the books are the same money. As of a day only those matches
count whose two sides are of that day or earlier, so that a reconciliation, once approved, is never changed by a
match made later.
"""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kernel.db import Guard, Row, uuid7
from modules.finance.constants import MatchKind
from modules.finance.models import columns, guards
from modules.finance.models.books import Account, Line


class ChainsStatements(Guard):
    """A statement begins where the one before it ended; only the newest one goes away, and none that is approved.

    Whoever imports for the same account at the same time waits (BA044).
    """

    name = "chains_statements"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [("last", "record"), ("free", "text[]")]  # noqa: RUF012  the base has it as an instance's
    func = """
        IF TG_OP = 'DELETE' THEN
            EXECUTE format('SELECT max(position) AS position FROM %I.finance_bankstatement
                WHERE account_id = $1 AND currency = $2', TG_TABLE_SCHEMA)
            INTO last USING OLD.account_id, OLD.currency;
            IF OLD.approved_at IS NOT NULL OR last.position > OLD.position THEN
                RAISE EXCEPTION 'statement % stands', OLD.id USING ERRCODE = 'BA044';
            END IF;
            RETURN OLD;
        END IF;
        IF TG_OP = 'UPDATE' THEN
            free := ARRAY['prepared_at', 'prepared_by_id', 'prepared_by_name', 'approved_at', 'approved_by_id',
                'approved_by_name', 'facts'];
            IF OLD.approved_at IS NOT NULL OR to_jsonb(NEW) - free IS DISTINCT FROM to_jsonb(OLD) - free THEN
                RAISE EXCEPTION 'statement % stands', OLD.id USING ERRCODE = 'BA044';
            END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended(
                'finance.statement:' || TG_TABLE_SCHEMA || ':' || NEW.account_id || NEW.currency, 0));
            RETURN NEW;
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended(
            'finance.statement:' || TG_TABLE_SCHEMA || ':' || NEW.account_id || NEW.currency, 0));
        EXECUTE format('SELECT position, closing, until FROM %I.finance_bankstatement
            WHERE account_id = $1 AND currency = $2 ORDER BY position DESC LIMIT 1', TG_TABLE_SCHEMA)
        INTO last USING NEW.account_id, NEW.currency;
        IF NEW.approved_at IS NOT NULL OR NEW.prepared_at IS NOT NULL
            OR NEW.position IS DISTINCT FROM COALESCE(last.position, 0) + 1
            OR NEW.opening IS DISTINCT FROM COALESCE(last.closing, NEW.opening)
            OR NEW.since < COALESCE(last.until, NEW.since) THEN
            RAISE EXCEPTION 'statement % does not follow the one before it', NEW.reference USING ERRCODE = 'BA044';
        END IF;
        RETURN NEW;
    """


class AddsUp(Guard):
    """At commit the lines of a statement lead from its opening to its closing balance (BA044)."""

    name = "adds_up"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    declare = [("moved", "numeric"), ("stands", "boolean")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT COALESCE(sum(amount), 0) FROM %I.finance_bankline
            WHERE statement_id = $1 AND seq > 0', TG_TABLE_SCHEMA) INTO moved USING NEW.id;
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I.finance_bankstatement WHERE id = $1)', TG_TABLE_SCHEMA)
        INTO stands USING NEW.id;
        IF stands AND NEW.opening + moved <> NEW.closing THEN
            RAISE EXCEPTION 'statement %: % and % do not make %', NEW.reference, NEW.opening, moved, NEW.closing
                USING ERRCODE = 'BA044';
        END IF;
        RETURN NULL;
    """


class BankStatement(Row):
    """كشف حساب بنكي, as the bank gave it, with the reconciliation as of its last day.

    `facts` are the figures of the reconciliation as they were when it was prepared.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    currency = columns.currency()
    position = models.PositiveIntegerField()
    reference = models.TextField(_("number of the statement"))
    since = models.DateField(_("from"))
    until = models.DateField(_("to"))
    opening = columns.amount(verbose_name=_("opening balance"))
    closing = columns.amount(verbose_name=_("closing balance"))
    file = models.ForeignKey(
        "files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    sha256 = models.TextField(editable=False)
    prepared_at = models.DateTimeField(null=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    prepared_by_name = models.TextField(blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    approved_by_name = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict)

    class Meta(Row.Meta):
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["account", "currency", "reference"], name="finance_bankstatement_once"
            ),
            models.UniqueConstraint(
                fields=["account", "currency", "position"], name="finance_bankstatement_chain"
            ),
            models.CheckConstraint(
                condition=~Q(reference="") & Q(until__gte=F("since")),
                name="finance_bankstatement_named",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | (
                    Q(prepared_at__isnull=False)
                    & (
                        Q(prepared_by__isnull=True)
                        | Q(approved_by__isnull=True)
                        | ~Q(prepared_by=F("approved_by"))
                    )
                ),
                name="finance_bankstatement_two_people",
            ),
        ]
        triggers: ClassVar = [
            *Row.Meta.triggers,
            ChainsStatements(),
            AddsUp(),
            guards.NeverEmptied(),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_approved(self) -> bool:
        return self.approved_at is not None


class BankLineStands(Guard):
    """A line of a bank is never rewritten, and goes only with its statement before that is prepared (BA044)."""

    name = "bank_line_stands"
    when = pgtrigger.Before
    operation = pgtrigger.Update | pgtrigger.Delete
    declare = [("prepared", "timestamptz")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT prepared_at FROM %I.finance_bankstatement WHERE id = $1', TG_TABLE_SCHEMA)
        INTO prepared USING OLD.statement_id;
        IF TG_OP = 'UPDATE' OR prepared IS NOT NULL THEN
            RAISE EXCEPTION 'line % of the bank stands', OLD.id USING ERRCODE = 'BA044';
        END IF;
        RETURN OLD;
    """


class LinesInOneGo(Guard):
    """All lines of a statement come in one statement and lead from its opening to its closing balance (BA044)."""

    name = "lines_in_one_go"
    level = pgtrigger.Statement
    when = pgtrigger.After
    operation = pgtrigger.Insert
    referencing = pgtrigger.Referencing(new="posted")  # type: ignore[no-untyped-call]
    declare = [("bad", "bigint")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format($sql$
            SELECT p.statement_id FROM (
                SELECT statement_id, count(*) AS lines, COALESCE(sum(amount) FILTER (WHERE seq > 0), 0) AS moved,
                    min(on_date) FILTER (WHERE seq > 0) AS first_day, max(on_date) AS last_day
                FROM posted GROUP BY statement_id) p
            JOIN %1$I.finance_bankstatement s ON s.id = p.statement_id
            WHERE s.prepared_at IS NOT NULL OR s.opening + p.moved <> s.closing
                OR p.first_day < s.since OR p.last_day > s.until
                OR p.lines <> (SELECT count(*) FROM %1$I.finance_bankline l WHERE l.statement_id = s.id) LIMIT 1
        $sql$, TG_TABLE_SCHEMA) INTO bad;
        IF bad IS NOT NULL THEN
            RAISE EXCEPTION 'the lines of statement % do not make it', bad USING ERRCODE = 'BA044';
        END IF;
        RETURN NULL;
    """


class BankLine(models.Model):
    """One movement as the bank wrote it: in is above zero, out below. Line 0 of the first statement is its opening.

    `key` is made of account, currency, day, amount, reference, text and its turn among equals of that day: the
    same movement comes in once, in however many files it stands.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid7, editable=False, unique=True)
    statement = models.ForeignKey(
        BankStatement, on_delete=models.CASCADE, related_name="lines", db_index=False
    )
    seq = models.PositiveIntegerField()
    on_date = models.DateField(_("date"))
    amount = columns.amount(verbose_name=_("amount"))
    reference = models.TextField(_("reference"), blank=True, default="")
    text = models.TextField(_("text of the bank"), blank=True, default="")
    key = models.TextField()

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of bank statements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "seq"], name="finance_bankline_seq"),
            models.UniqueConstraint(fields=["key"], name="finance_bankline_once"),
            models.CheckConstraint(
                condition=~Q(amount=0) | Q(seq=0), name="finance_bankline_something"
            ),
        ]
        triggers: ClassVar = [BankLineStands(), LinesInOneGo(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.on_date} {self.amount}"


class MatchesWithin(Guard):
    """Matches never exceed their two sides, and touch no day of an approved reconciliation (BA045, BA046).

    A match of kind "books" ties a line of the bank to one on the bank's own account, in its currency and
    direction; the balance before the first statement is what all entries before it came to, in and out. One of kind
    "source" says from which receipt on its way the money came. Both lines are held while it
    is judged, so that two people at once cannot use one of them twice.
    """

    name = "matches_within"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    declare = [  # noqa: RUF012  the base has it as an instance's
        ("bank", "record"),
        ("book", "record"),
        ("used", "numeric"),
        ("locked", "date"),
        ("pair", "record"),
    ]
    func = """
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'a match is never rewritten' USING ERRCODE = 'BA045';
        END IF;
        IF TG_OP = 'DELETE' THEN
            pair := OLD;
        ELSE
            pair := NEW;
        END IF;
        EXECUTE format('SELECT b.amount, b.seq, b.on_date, s.account_id, s.currency FROM %1$I.finance_bankline b
            JOIN %1$I.finance_bankstatement s ON s.id = b.statement_id WHERE b.id = $1 FOR UPDATE OF b', TG_TABLE_SCHEMA)
        INTO bank USING pair.bank_line_id;
        EXECUTE format('SELECT debit - credit AS amount, date, account_id, currency FROM %I.finance_line WHERE id = $1',
            TG_TABLE_SCHEMA) INTO book USING pair.ledger_line_id;
        PERFORM pg_advisory_xact_lock_shared(hashtextextended(
            'finance.statement:' || TG_TABLE_SCHEMA || ':' || bank.account_id || bank.currency, 0));
        PERFORM pg_advisory_xact_lock(hashtextextended(
            'finance.match:' || TG_TABLE_SCHEMA || ':' || pair.ledger_line_id, 0));
        EXECUTE format('SELECT max(until) FROM %I.finance_bankstatement
            WHERE account_id = $1 AND currency = $2 AND approved_at IS NOT NULL', TG_TABLE_SCHEMA)
        INTO locked USING bank.account_id, bank.currency;
        IF GREATEST(bank.on_date, book.date) <= locked THEN
            RAISE EXCEPTION 'the reconciliation of % is approved', locked USING ERRCODE = 'BA046';
        END IF;
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        IF book.currency <> bank.currency OR (sign(NEW.amount) <> sign(bank.amount) AND bank.seq > 0)
            OR sign(NEW.amount) <> sign(book.amount)
            OR (NEW.kind = 'books' AND book.account_id <> bank.account_id)
            OR (NEW.kind = 'source' AND book.account_id = bank.account_id) THEN
            RAISE EXCEPTION 'line % of the books is not this money', NEW.ledger_line_id USING ERRCODE = 'BA045';
        END IF;
        EXECUTE format('SELECT COALESCE(sum(abs(amount)), 0) FROM %I.finance_bankmatch WHERE ledger_line_id = $1',
            TG_TABLE_SCHEMA) INTO used USING NEW.ledger_line_id;
        IF used + abs(NEW.amount) > abs(book.amount) THEN
            RAISE EXCEPTION 'line % of the books is matched already', NEW.ledger_line_id USING ERRCODE = 'BA045';
        END IF;
        EXECUTE format('SELECT COALESCE(sum(abs(amount)), 0) FROM %I.finance_bankmatch
            WHERE bank_line_id = $1 AND kind = ''books''', TG_TABLE_SCHEMA) INTO used USING NEW.bank_line_id;
        IF NEW.kind = 'books' AND bank.seq > 0 AND used + abs(NEW.amount) > abs(bank.amount) THEN
            RAISE EXCEPTION 'line % of the bank is matched already', NEW.bank_line_id USING ERRCODE = 'BA045';
        END IF;
        RETURN NEW;
    """


class BankMatch(Row):
    """So much of this line of the bank is so much of that line of the books."""

    bank_line = models.ForeignKey(
        BankLine, on_delete=models.PROTECT, related_name="matches", db_index=False
    )
    ledger_line = models.ForeignKey(
        Line, on_delete=models.PROTECT, related_name="matches", db_index=False
    )
    kind = models.TextField(choices=MatchKind.choices, default=MatchKind.BOOKS)
    amount = columns.amount()

    class Meta(Row.Meta):
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["bank_line", "ledger_line"], name="finance_bankmatch_once"
            ),
            models.CheckConstraint(
                condition=~Q(amount=0) & Q(kind__in=MatchKind.values),
                name="finance_bankmatch_something",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ledger_line"], name="finance_bankmatch_ledger")]
        triggers: ClassVar = [*Row.Meta.triggers, MatchesWithin(), guards.NeverEmptied()]

    def __str__(self) -> str:
        return f"{self.bank_line_id} {self.ledger_line_id}"
