"""The one large sentence of a person's page: what is owed, as finance answers; never a guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from frontend.templatetags.face import amount
from kernel.ports import ask
from kernel.ports.dues import DuesAnswer, DuesPort


@dataclass(frozen=True)
class Verdict:
    """A state (ok, warn, danger, info, neutral), a plain sentence, why, and the amount if there is one.

    A module's panel may give one in `PanelContent.verdict`, which then stands instead of ours.
    """

    kind: str
    sentence: str
    why: str = ""
    amount: str = ""
    icon: str = ""


def dues_verdict(party_ids: list[int], *, on: date) -> Verdict:
    """What the register of dues says of a person and the records merged into theirs."""
    return verdict_of(ask(DuesPort).dues_of(party_ids, on=on), on=on)


def verdict_of(answer: DuesAnswer, *, on: date) -> Verdict:
    if not answer.known:
        return Verdict(
            "neutral",
            _("It is not known whether dues are owed"),
            _("No finance system answers here. Ask the finance section before you decide."),
            icon="help-octagon",
        )
    if answer.is_clear:
        return Verdict("ok", _("Owes nothing to the municipality"), _("No open dues on this day."))
    totals = "\n".join(
        amount(total, code) for code, total in sorted(answer.totals.items()) if total > 0
    )
    owed = [line for line in answer.lines if line.balance > 0]
    overdue = [line for line in owed if line.due_on and line.due_on < on]
    kinds = "، ".join(dict.fromkeys(line.kind_title for line in owed))
    if not overdue:
        return Verdict("warn", _("Owes dues, none of them late"), kinds, totals)
    oldest = min(line.year for line in overdue)
    sentence = ngettext("One due is late", "%(count)s dues are late", len(overdue)) % {
        "count": len(overdue)
    }
    why = _("The oldest is of %(year)s. %(kinds)s") % {"year": oldest, "kinds": kinds}
    return Verdict("danger", sentence, why, totals)
