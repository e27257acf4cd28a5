"""How records of the books move from state to state: every move is a row, and the state follows from the rows.

Which move may follow which stands here once: the database refuses the others (BA040), services and pages ask `may_follow`.
"""

from __future__ import annotations

from typing import Any, ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from kernel.db import Guard, LogRow
from modules.finance.models.books import Entry
from modules.finance.models.set_offs import PaysWhatIsOpen
from modules.finance.models.warning_guards import WarningRuns

# machine -> state -> states that may follow; '' is before the first step.
MACHINES: dict[str, dict[str, tuple[str, ...]]] = {
    "cheque_in": {
        "": ("in_safe",),
        "in_safe": ("deposited", "endorsed", "returned"),
        "deposited": ("cleared", "bounced", "in_safe"),
        "endorsed": ("cleared", "bounced"),
        "bounced": ("deposited", "replaced", "returned", "legal"),
        "legal": ("deposited", "replaced", "returned"),
    },
    "cheque_out": {
        "": ("issued",),
        "issued": ("handed_over", "void"),
        "handed_over": ("cleared", "stopped", "stale"),
    },
    "plan": {
        "": ("active",),
        "active": ("completed", "defaulted", "cancelled"),
        "defaulted": ("active", "completed", "cancelled"),
    },
    "spending": {
        "": ("requested",),
        "requested": ("committed", "rejected"),
        "committed": ("invoiced", "rejected"),
        "invoiced": ("approved", "rejected"),
        "approved": ("issued", "set_off", "rejected"),
        "issued": ("handed_over", "approved"),
        "handed_over": ("approved",),
        "set_off": ("approved",),
    },
    "warning": {
        "": ("issued",),
        "issued": ("served", "lapsed"),
        "served": ("contested", "enforced", "lapsed"),
        "contested": ("enforced", "lapsed"),
    },
}
# The column that names the subject, its table, and its machine as SQL over the subject's row.
SUBJECTS: tuple[tuple[str, str, str], ...] = (
    ("cheque_id", "finance_cheque", "'cheque_' || s.way"),
    ("plan_id", "finance_plan", "'plan'"),
    ("spending_id", "finance_spending", "'spending'"),
    ("warning_id", "finance_warning", "'warning'"),
)


def may_follow(machine: str, state: str) -> tuple[str, ...]:
    """The states that a record of this machine may take next."""
    return MACHINES[machine].get(state, ())


def _allowed() -> str:
    moves = [
        f"{machine}:{before}>{after}"
        for machine, states in MACHINES.items()
        for before, many in states.items()
        for after in many
    ]
    return "ARRAY[" + ", ".join(f"'{one}'" for one in moves) + "]"


class TakesStep(Guard):
    """A step starts where its record stands and goes where its machine allows; the record's state follows it."""

    name = "takes_step"
    when = pgtrigger.Before
    operation = pgtrigger.Insert
    declare = [("stands", "text"), ("machine", "text")]  # noqa: RUF012  the base has it as an instance's

    def render_func(self, model: Any) -> str:
        finds = "".join(
            f"""
            IF NEW.{column} IS NOT NULL THEN
                EXECUTE format('SELECT s.state, {machine.replace("'", "''")} FROM %I.{table} s WHERE s.id = $1 FOR UPDATE',
                    TG_TABLE_SCHEMA) INTO stands, machine USING NEW.{column};
            END IF;"""
            for column, table, machine in SUBJECTS
        )
        moves = "".join(
            f"""
            IF NEW.{column} IS NOT NULL THEN
                EXECUTE format('UPDATE %I.{table} SET state = $1, moved_on = $2 WHERE id = $3', TG_TABLE_SCHEMA)
                USING NEW.to_state, NEW.on_date, NEW.{column};
            END IF;"""
            for column, table, _machine in SUBJECTS
        )
        return f"""{finds}
            IF stands IS DISTINCT FROM NEW.from_state
                OR NOT (machine || ':' || NEW.from_state || '>' || NEW.to_state) = ANY({_allowed()}) THEN
                RAISE EXCEPTION 'a % that is % does not become %', machine, stands, NEW.to_state
                    USING ERRCODE = 'BA040';
            END IF;{moves}
            RETURN NEW;
        """


class FollowsSteps(Guard):
    """A record that moves by steps is never deleted or rewritten; its state follows from its steps alone (BA040).

    `carried` columns, too, are changed by other triggers alone.
    """

    name = "follows_steps"
    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete

    def __init__(
        self, *, kept_by_hand: tuple[str, ...] = (), carried: tuple[str, ...] = ()
    ) -> None:
        self.kept_by_hand = kept_by_hand
        self.carried = ("state", "moved_on", *carried)
        super().__init__()

    def render_func(self, model: Any) -> str:
        free = ", ".join(f"'{one}'" for one in (*self.carried, *self.kept_by_hand))
        new = ", ".join(f"NEW.{one}" for one in self.carried)
        old = ", ".join(f"OLD.{one}" for one in self.carried)
        return f"""
            IF TG_OP = 'INSERT' THEN
                IF NEW.state <> '' THEN
                    RAISE EXCEPTION 'a record begins with its first step' USING ERRCODE = 'BA040';
                END IF;
                RETURN NEW;
            END IF;
            IF TG_OP = 'DELETE' OR to_jsonb(NEW) - ARRAY[{free}] IS DISTINCT FROM to_jsonb(OLD) - ARRAY[{free}]
                OR (({new}) IS DISTINCT FROM ({old})
                    AND pg_trigger_depth() < 2) THEN
                RAISE EXCEPTION '% % stands as it is', TG_TABLE_NAME, OLD.id USING ERRCODE = 'BA040';
            END IF;
            RETURN NEW;
        """


class BeginsWithAStep(Guard):
    """At commit the record has taken its first step."""

    name = "begins_with_a_step"
    when = pgtrigger.After
    operation = pgtrigger.Insert
    timing = pgtrigger.Deferred
    declare = [("stands", "text")]  # noqa: RUF012  the base has it as an instance's
    func = """
        EXECUTE format('SELECT state FROM %I.%I WHERE id = $1', TG_TABLE_SCHEMA, TG_TABLE_NAME) INTO stands USING NEW.id;
        IF stands = '' THEN
            RAISE EXCEPTION '% % has taken no step', TG_TABLE_NAME, NEW.id USING ERRCODE = 'BA040';
        END IF;
        RETURN NULL;
    """


class Step(LogRow):
    """One move of a record: from where, to where, when, in whose hand, by whom, with which entry of the books."""

    cheque = models.ForeignKey(
        "finance.Cheque", null=True, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    plan = models.ForeignKey(
        "finance.Plan", null=True, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    spending = models.ForeignKey(
        "finance.Spending",
        null=True,
        on_delete=models.PROTECT,
        related_name="steps",
        db_index=False,
    )
    warning = models.ForeignKey(
        "finance.Warning", null=True, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    from_state = models.TextField(blank=True, default="")
    to_state = models.TextField()
    on_date = models.DateField()
    holder = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    facts = models.JSONField(default=dict)
    entry = models.ForeignKey(
        Entry, null=True, on_delete=models.PROTECT, related_name="steps", db_index=False
    )
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    taken_by_name = models.TextField(default="")

    class Meta(LogRow.Meta):
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(cheque__isnull=False)
                | Q(plan__isnull=False)
                | Q(spending__isnull=False)
                | Q(warning__isnull=False),
                name="finance_step_of_something",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["cheque"], condition=Q(cheque__isnull=False), name="finance_step_cheque"
            ),
            models.Index(
                fields=["plan"], condition=Q(plan__isnull=False), name="finance_step_plan"
            ),
            models.Index(
                fields=["spending"],
                condition=Q(spending__isnull=False),
                name="finance_step_spending",
            ),
            models.Index(
                fields=["warning"],
                condition=Q(warning__isnull=False),
                name="finance_step_warning",
            ),
        ]
        triggers: ClassVar = [*LogRow.Meta.triggers, TakesStep(), WarningRuns(), PaysWhatIsOpen()]

    def __str__(self) -> str:
        return f"{self.from_state} > {self.to_state}"
