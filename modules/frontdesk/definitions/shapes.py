"""The typed, frozen values of which a service is made. Pure; no table, no request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from modules.frontdesk.constants import Audience, StepKind

FieldKind = Literal[
    "text",
    "longtext",
    "number",
    "money",
    "date",
    "choice",
    "bool",
    "phone",
    "id_number",
    "point",
    "table",
]
Need = Literal["always", "if_any", "with_agent"]
FeeKind = Literal["flat", "assessed", "bands", "table", "formula"]
FeeWhen = Literal["at_intake", "at_collection"]
DuesGate = Literal["block", "warn", "never"]
Presence = Literal["none", "optional", "required"]


@dataclass(frozen=True)
class Words:
    """The same words in both languages; `str()` gives the reader's."""

    ar: str
    en: str = ""

    def __str__(self) -> str:
        in_english = (get_language() or "ar").startswith("en")
        return self.en if in_english and self.en else self.ar


NO_WORDS = Words("")


@dataclass(frozen=True)
class Choice:
    code: str
    label: Words


@dataclass(frozen=True)
class FormSection:
    """A part of the form under a heading of its own; its fields name it. `shown_if` is a rule."""

    code: str
    title: Words
    help: Words = NO_WORDS
    shown_if: str = ""


@dataclass(frozen=True)
class Field:
    """One question of a form. `prefill` names a fact already known ("party.address", "place.label").

    `shown_if` is a rule: where it does not hold the question is neither asked nor kept. `pattern` is what the whole
    text must look like, `valid_if` a rule over all answers; `refusal` says why in the citizen's words. A table asks
    its `columns` once for each row, `min` to `max` rows.
    """

    code: str
    kind: FieldKind
    label: Words
    required: bool = False
    help: Words = NO_WORDS
    min: str = ""
    max: str = ""
    choices: tuple[Choice, ...] = ()
    prefill: str = ""
    section: str = ""
    shown_if: str = ""
    pattern: str = ""
    valid_if: str = ""
    refusal: Words = NO_WORDS
    columns: tuple[Field, ...] = ()


@dataclass(frozen=True)
class Requirement:
    """A paper the service asks for; `code` is its document type. A substitute set stands for it when it is lost.

    `asked_if` is a rule: where it does not hold the paper is not asked for. What cannot be judged is asked for.
    """

    code: str
    need: Need = "always"
    note: Words = NO_WORDS
    substitutes: tuple[tuple[str, ...], ...] = ()
    reuse_days: int = 0
    asked_if: str = ""
    legal_basis: Words = NO_WORDS

    @property
    def accepted(self) -> frozenset[str]:
        """Document types that may be attached under this requirement."""
        return frozenset({self.code}.union(*self.substitutes))

    def is_mandatory(self, *, with_agent: bool) -> bool:
        return self.need == "always" or (self.need == "with_agent" and with_agent)


@dataclass(frozen=True)
class Band:
    """Up to this quantity (empty: without end) the fee is `amount` and `rate` for each unit above the band below."""

    upto: str
    amount: str = "0"
    rate: str = "0"


@dataclass(frozen=True)
class Cell:
    """One line of a tariff table: for this answer, this amount."""

    answer: str
    amount: str


@dataclass(frozen=True)
class Fee:
    """Money for the service: flat, by bands or a table over the answer `of`, by a formula, or assessed by a step.

    `charged_if` is a rule; a fee that cannot be judged or computed is left to a person, never taken as zero.
    """

    code: str
    kind: FeeKind
    title: Words
    when: FeeWhen = "at_collection"
    amount: str = ""
    currency: str = "ILS"
    assessed_by: str = ""
    basis: Words = NO_WORDS
    dues_kind: str = "frontdesk.request_fee"
    of: str = ""
    bands: tuple[Band, ...] = ()
    cells: tuple[Cell, ...] = ()
    formula: str = ""
    least: str = ""
    most: str = ""
    charged_if: str = ""

    @property
    def is_computed(self) -> bool:
        """Known from the answers alone, without a person."""
        return self.kind != "assessed"


@dataclass(frozen=True)
class Step:
    """Work of one section and role. `decides`: only this step approves or rejects. `visit`: a site visit with photos.

    `done_if` is a rule judged when its stage opens: where it does not hold the step is not needed; what cannot be
    judged is left to the section. `body` is the outside body that is asked, `escalate_to` the role told of delays.
    """

    code: str
    title: Words
    kind: StepKind
    section: str
    role: str = ""
    days: int = 1
    fields: tuple[Field, ...] = ()
    visit: bool = False
    decides: bool = False
    done_if: str = ""
    body: Words = NO_WORDS
    escalate_to: str = ""
    legal_basis: Words = NO_WORDS


@dataclass(frozen=True)
class Stage:
    """Steps that run side by side; the next stage opens when all of them are done."""

    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Gates:
    """What may stop a request. Dues `never` block complaints, objections, appeals and payments, whatever is set."""

    dues: DuesGate = "warn"
    holds: tuple[str, ...] = ("requests",)
    dues_unknown: Literal["warn", "refuse"] = "warn"


@dataclass(frozen=True)
class Output:
    """The paper the desk prints. `validity` names the policy of its days; `clear_dues`: never printed over open dues."""

    kind: str
    title: Words
    template: Literal["certificate", "letter"] = "letter"
    validity: Literal["", "clearance", "statement"] = ""
    body: Words = NO_WORDS
    clear_dues: bool = False


@dataclass(frozen=True)
class Messages:
    """Sentences to the citizen where the service has its own; empty ones fall back to the house's."""

    submitted: Words = NO_WORDS
    approved: Words = NO_WORDS
    rejected: Words = NO_WORDS
    ready: Words = NO_WORDS


@dataclass(frozen=True)
class ApplicantRules:
    """Who may ask. `anonymous`: nobody need be named; `hidden`: the officer does not learn who it was."""

    anonymous: bool = False
    hidden: bool = False
    agent: bool = True


@dataclass(frozen=True)
class ServiceDefinition:
    """A whole service: what is asked, what it costs, where it goes, how long it takes and what comes out.

    `online`: a citizen may ask for it on the web; the desk verifies it before it is accepted.
    """

    title: Words
    days: int
    route: tuple[Stage, ...]
    group: str = "front_desk"
    summary: Words = NO_WORDS
    audience: Audience = Audience.CITIZEN
    days_text: str = ""
    fee_text: Words = NO_WORDS
    result: Words = NO_WORDS
    applicant: ApplicantRules = ApplicantRules()
    place: Presence = "optional"
    online: bool = False
    sections: tuple[FormSection, ...] = ()
    fields: tuple[Field, ...] = ()
    papers: tuple[Requirement, ...] = ()
    fees: tuple[Fee, ...] = ()
    gates: Gates = Gates()
    output: Output | None = None
    messages: Messages = Messages()

    def steps(self) -> Iterator[tuple[int, Step]]:
        """Every step with the number of its stage, from 1."""
        for number, stage in enumerate(self.route, start=1):
            for step in stage.steps:
                yield number, step

    def step(self, code: str) -> Step:
        return next(step for _stage, step in self.steps() if step.code == code)

    def requirement(self, code: str) -> Requirement | None:
        return next((one for one in self.papers if one.code == code), None)

    def fee(self, code: str) -> Fee | None:
        return next((one for one in self.fees if one.code == code), None)

    @property
    def days_words(self) -> str:
        """How long it takes, as a sentence for the guide: "the same day", "5 to 7 working days", or the text itself."""
        text = self.days_text or str(self.days)
        low, _dash, high = text.partition("-")
        if not low.isdecimal() or not (high or low).isdecimal():
            return text
        first, last = int(low), int(high or low)
        if last == 0:
            return _("the same day")
        if first == last:
            return ngettext("%(days)s working day", "%(days)s working days", last) % {"days": last}
        if first == 0:
            return ngettext(
                "the same day, or within %(days)s working day",
                "the same day, or within %(days)s working days",
                last,
            ) % {"days": last}
        return ngettext(
            "%(first)s to %(days)s working day", "%(first)s to %(days)s working days", last
        ) % {"first": first, "days": last}

    @property
    def section_codes(self) -> frozenset[str]:
        return frozenset(step.section for _stage, step in self.steps())

    @property
    def deciding_step(self) -> Step | None:
        return next((step for _stage, step in self.steps() if step.decides), None)

    @property
    def has_conditions(self) -> bool:
        """Whether what is asked depends on what was answered."""
        return any(one.shown_if for one in self.fields) or any(
            one.shown_if for one in self.sections
        )

    @property
    def costs_money(self) -> bool:
        return bool(self.fees)
