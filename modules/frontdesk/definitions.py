"""What a service is: typed, frozen, read from and written to JSON. Pure; no table, no request.

A version of a service keeps its definition as JSON; `read_definition` turns it into these values or refuses with
every fault at once, each with the path at which it stands.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar

from django.utils.translation import get_language

from modules.frontdesk.constants import Audience, StepKind
from modules.frontdesk.errors import DefinitionInvalid

T = TypeVar("T")

FieldKind = Literal[
    "text", "longtext", "number", "money", "date", "choice", "bool", "phone", "id_number"
]
Need = Literal["always", "if_any", "with_agent"]
FeeKind = Literal["flat", "assessed"]
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
class Field:
    """One question of a form. `prefill` names a fact already known ("party.address", "place.label")."""

    code: str
    kind: FieldKind
    label: Words
    required: bool = False
    help: Words = NO_WORDS
    min: str = ""
    max: str = ""
    choices: tuple[Choice, ...] = ()
    prefill: str = ""


@dataclass(frozen=True)
class Requirement:
    """A paper the service asks for; `code` is its document type. A substitute set stands for it when it is lost."""

    code: str
    need: Need = "always"
    note: Words = NO_WORDS
    substitutes: tuple[tuple[str, ...], ...] = ()
    reuse_days: int = 0

    @property
    def accepted(self) -> frozenset[str]:
        """Document types that may be attached under this requirement."""
        return frozenset({self.code}.union(*self.substitutes))

    def is_mandatory(self, *, with_agent: bool) -> bool:
        return self.need == "always" or (self.need == "with_agent" and with_agent)


@dataclass(frozen=True)
class Fee:
    """Money for the service. A flat fee is known; an assessed one is computed by the step `assessed_by`."""

    code: str
    kind: FeeKind
    title: Words
    when: FeeWhen = "at_collection"
    amount: str = ""
    currency: str = "ILS"
    assessed_by: str = ""
    basis: Words = NO_WORDS
    dues_kind: str = "frontdesk.request_fee"


@dataclass(frozen=True)
class Step:
    """Work of one section and role. `decides`: only this step approves or rejects. `visit`: a site visit with photos."""

    code: str
    title: Words
    kind: StepKind
    section: str
    role: str = ""
    days: int = 1
    fields: tuple[Field, ...] = ()
    visit: bool = False
    decides: bool = False


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
    """A whole service: what is asked, what it costs, where it goes, how long it takes and what comes out."""

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
    def section_codes(self) -> frozenset[str]:
        return frozenset(step.section for _stage, step in self.steps())

    @property
    def deciding_step(self) -> Step | None:
        return next((step for _stage, step in self.steps() if step.decides), None)

    @property
    def costs_money(self) -> bool:
        return bool(self.fees)


def read_definition(raw: Any) -> ServiceDefinition:
    """The definition that this JSON describes. Refuses `DefinitionInvalid` naming every fault and where it stands."""
    faults: list[str] = []
    definition = _read(ServiceDefinition, raw, "", faults)
    if not faults:
        faults = check(definition)
    if faults:
        raise DefinitionInvalid(faults)
    return typing.cast(ServiceDefinition, definition)


def write_definition(definition: ServiceDefinition) -> dict[str, Any]:
    """The definition as JSON, without what equals the default: short to read, stable to compare."""
    return typing.cast(dict[str, Any], _write(definition))


def check(definition: ServiceDefinition) -> list[str]:
    """Faults that types cannot see: doubles, a route without end, a fee nobody assesses. Empty when sound."""
    faults: list[str] = []
    steps = [step for _stage, step in definition.steps()]
    for name, codes in (
        ("fields", [one.code for one in definition.fields]),
        ("papers", [one.code for one in definition.papers]),
        ("fees", [one.code for one in definition.fees]),
        ("route", [one.code for one in steps]),
    ):
        faults += [f"{name}: the code {code!r} stands twice" for code in sorted(_doubles(codes))]
        faults += [f"{name}: a code is empty" for code in codes if not code]
    if not steps:
        faults.append("route: has no step")
    faults += [
        f"route.{n}: the stage has no step"
        for n, stage in enumerate(definition.route, 1)
        if not stage.steps
    ]
    if definition.days < 0:
        faults.append("days: cannot be negative")
    deciding = [step.code for step in steps if step.decides]
    if len(deciding) > 1:
        faults.append(f"route: only one step decides, not {', '.join(deciding)}")
    for step in steps:
        faults += _step_faults(step)
    for field in definition.fields:
        faults += _field_faults(field, f"fields.{field.code}")
    by_code = {step.code: stage for stage, step in definition.steps()}
    for fee in definition.fees:
        faults += _fee_faults(fee, by_code)
        collected = [s for s, step in definition.steps() if step.kind == StepKind.FEE_COLLECTION]
        if fee.when == "at_collection" and not collected:
            faults.append(f"fees.{fee.code}: no step of the route collects it")
    if definition.applicant.anonymous and definition.fees:
        faults.append("applicant: who is not named cannot be charged a fee")
    return faults


def _step_faults(step: Step) -> list[str]:
    path = f"route.{step.code}"
    faults = [f"{path}.days: cannot be negative"] if step.days < 0 else []
    if step.kind == StepKind.DECISION and not step.decides:
        faults.append(f"{path}: a decision step must decide")
    for field in step.fields:
        faults += _field_faults(field, f"{path}.fields.{field.code}")
    faults += [
        f"{path}.fields: the code {c!r} stands twice"
        for c in sorted(_doubles([f.code for f in step.fields]))
    ]
    return faults


def _field_faults(field: Field, path: str) -> list[str]:
    faults = []
    if field.kind == "choice" and not field.choices:
        faults.append(f"{path}.choices: a choice needs something to choose from")
    for name in ("min", "max"):
        bound = getattr(field, name)
        if bound and field.kind in ("number", "money") and not _is_decimal(bound):
            faults.append(f"{path}.{name}: must be a number")
    return faults


def _fee_faults(fee: Fee, steps: dict[str, int]) -> list[str]:
    path = f"fees.{fee.code}"
    if fee.kind == "flat":
        if not _is_decimal(fee.amount) or Decimal(fee.amount) <= 0:
            return [f"{path}.amount: a flat fee needs an amount above zero"]
        return []
    if fee.assessed_by not in steps:
        return [f"{path}.assessed_by: no step is called {fee.assessed_by!r}"]
    if fee.when == "at_intake":
        return [f"{path}.when: what a step assesses cannot be asked at intake"]
    return []


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _doubles(codes: list[str]) -> set[str]:
    return {code for code in codes if codes.count(code) > 1}


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(cls)


def _read(hint: Any, raw: Any, path: str, faults: list[str]) -> Any:
    """Read one value of this type, noting faults and going on, so that all of them are told at once."""
    origin = typing.get_origin(hint)
    if origin is Literal:
        if raw not in typing.get_args(hint):
            faults.append(f"{path}: must be one of {', '.join(map(str, typing.get_args(hint)))}")
        return raw
    if isinstance(hint, types.UnionType):
        kind = next(one for one in typing.get_args(hint) if one is not type(None))
        return None if raw is None else _read(kind, raw, path, faults)
    if origin is tuple:
        if not isinstance(raw, list | tuple):
            faults.append(f"{path}: must be a list")
            return ()
        inner = typing.get_args(hint)[0]
        return tuple(_read(inner, one, f"{path}[{n}]", faults) for n, one in enumerate(raw))
    if dataclasses.is_dataclass(hint):
        return _read_dataclass(typing.cast(type[Any], hint), raw, path, faults)
    if isinstance(hint, type) and issubclass(hint, Enum):
        if raw not in {one.value for one in hint}:
            faults.append(f"{path}: must be one of {', '.join(str(one.value) for one in hint)}")
            return raw
        return hint(raw)
    if not isinstance(raw, hint) or (hint is int and isinstance(raw, bool)):
        faults.append(f"{path}: must be {hint.__name__}")
    return raw


def _read_dataclass(cls: type[T], raw: Any, path: str, faults: list[str]) -> T | None:
    if cls is Words and isinstance(raw, str):
        raw = {"ar": raw}
    if not isinstance(raw, dict):
        faults.append(f"{path or 'definition'}: must be an object")
        return None
    hints = _hints(typing.cast(Any, cls))
    fields = {field.name: field for field in dataclasses.fields(cls)}  # type: ignore[arg-type]
    before = len(faults)
    faults += [f"{_under(path, name)}: is not known" for name in raw if name not in fields]
    given = {
        name: _read(hints[name], raw[name], _under(path, name), faults)
        for name in fields
        if name in raw
    }
    for name, field in fields.items():
        if name not in raw and field.default is dataclasses.MISSING:
            faults.append(f"{_under(path, name)}: is missing")
    return cls(**given) if len(faults) == before else None


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _write(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [_write(one) for one in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: _write(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.default is dataclasses.MISSING or getattr(value, field.name) != field.default
        }
    return value
