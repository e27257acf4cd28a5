"""Faults of a definition that types cannot see. Pure: no table is asked; what only this municipality knows
(its sections, roles, accounts) is judged by `selectors.publishing`.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _

from modules.frontdesk.constants import StepKind
from modules.frontdesk.definitions.faults import Fault
from modules.frontdesk.definitions.shapes import Fee, Field, ServiceDefinition, Step

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PAPER = re.compile(r"[a-z][a-z0-9_.]{0,59}")


def check(definition: ServiceDefinition) -> list[Fault]:
    """Faults that types cannot see: doubles, a route without end, a fee nobody assesses. Empty when sound."""
    faults: list[Fault] = []
    steps = [step for _stage, step in definition.steps()]
    for name, codes in (
        ("sections", [one.code for one in definition.sections]),
        ("fields", [one.code for one in definition.fields]),
        ("papers", [one.code for one in definition.papers]),
        ("fees", [one.code for one in definition.fees]),
        ("route", [one.code for one in steps]),
    ):
        faults += _code_faults(name, codes)
    if not steps:
        faults.append(Fault("route", _("has no step")))
    faults += [
        Fault(f"route.{number}", _("the stage has no step"))
        for number, stage in enumerate(definition.route, 1)
        if not stage.steps
    ]
    if definition.days < 0:
        faults.append(Fault("days", _("cannot be negative")))
    deciding = [step.code for step in steps if step.decides]
    if len(deciding) > 1:
        faults.append(
            Fault(
                "route", _("only one step decides, not %(steps)s"), {"steps": ", ".join(deciding)}
            )
        )
    for step in steps:
        faults += _step_faults(step)
    headings = {one.code for one in definition.sections}
    for field in definition.fields:
        faults += _field_faults(field, f"fields.{field.code}")
        if field.section and field.section not in headings:
            faults.append(
                Fault(
                    f"fields.{field.code}.section",
                    _("the form has no part %(code)r"),
                    {"code": field.section},
                )
            )
    by_code = {step.code: stage for stage, step in definition.steps()}
    collected = any(step.kind == StepKind.FEE_COLLECTION for step in steps)
    for fee in definition.fees:
        faults += fee_faults(fee, by_code, {one.code for one in definition.fields})
        if fee.when == "at_collection" and not collected:
            faults.append(Fault(f"fees.{fee.code}", _("no step of the route collects it")))
    if definition.applicant.anonymous and definition.fees:
        faults.append(Fault("applicant", _("who is not named cannot be charged a fee")))
    return faults


def _code_faults(name: str, codes: list[str]) -> list[Fault]:
    faults = [
        Fault(name, _("the code %(code)r stands twice"), {"code": code})
        for code in sorted(_doubles(codes))
    ]
    faults += [Fault(name, _("a code is empty")) for code in codes if not code]
    faults += [
        Fault(
            name, _("the code %(code)r is not made of small letters, digits and _"), {"code": code}
        )
        for code in codes
        if code and not (_PAPER if name == "papers" else _CODE).fullmatch(code)
    ]
    return faults


def _step_faults(step: Step) -> list[Fault]:
    path = f"route.{step.code}"
    faults = [Fault(f"{path}.days", _("cannot be negative"))] if step.days < 0 else []
    if step.kind == StepKind.DECISION and not step.decides:
        faults.append(Fault(path, _("a decision step must decide")))
    for field in step.fields:
        faults += _field_faults(field, f"{path}.fields.{field.code}")
    return faults + _code_faults(f"{path}.fields", [one.code for one in step.fields])


def _field_faults(field: Field, path: str) -> list[Fault]:
    faults = []
    if field.kind == "choice" and not field.choices:
        faults.append(Fault(f"{path}.choices", _("a choice needs something to choose from")))
    if field.kind == "table":
        if not field.columns:
            faults.append(Fault(f"{path}.columns", _("a table needs columns")))
        faults += _code_faults(f"{path}.columns", [one.code for one in field.columns])
        for column in field.columns:
            if column.kind in ("table", "longtext", "point"):
                faults.append(Fault(f"{path}.columns.{column.code}", _("is too large for a table")))
            faults += _field_faults(column, f"{path}.columns.{column.code}")
    for name in ("min", "max"):
        bound = getattr(field, name)
        if bound and field.kind in ("number", "money") and not _is_decimal(bound):
            faults.append(Fault(f"{path}.{name}", _("must be a number")))
        if bound and field.kind in ("text", "longtext", "table") and not bound.isdigit():
            faults.append(Fault(f"{path}.{name}", _("must be a number")))
    if field.pattern:
        try:
            re.compile(field.pattern)
        except re.error:
            faults.append(Fault(f"{path}.pattern", _("is not a pattern that can be read")))
    return faults


def fee_faults(fee: Fee, steps: dict[str, int], fields: set[str]) -> list[Fault]:
    """What is wrong with one fee of a route with these steps and a form with these questions."""
    path = f"fees.{fee.code}"
    faults = [
        Fault(f"{path}.{name}", _("must be a number"))
        for name in ("least", "most")
        if getattr(fee, name) and not _is_decimal(getattr(fee, name))
    ]
    if fee.kind == "flat" and not (_is_decimal(fee.amount) and Decimal(fee.amount) > 0):
        faults.append(Fault(f"{path}.amount", _("a flat fee needs an amount above zero")))
    if fee.kind in ("bands", "table") and fee.of not in fields:
        faults.append(Fault(f"{path}.of", _("the form has no question %(code)r"), {"code": fee.of}))
    if fee.kind == "bands":
        faults += _band_faults(fee, path)
    if fee.kind == "table":
        if not fee.cells:
            faults.append(Fault(f"{path}.cells", _("a tariff table needs lines")))
        for cell in fee.cells:
            if not _is_decimal(cell.amount) or Decimal(cell.amount) < 0:
                faults.append(Fault(f"{path}.cells.{cell.answer}", _("must be a number")))
    if fee.kind == "formula" and not fee.formula.strip():
        faults.append(Fault(f"{path}.formula", _("a formula is missing")))
    if fee.kind == "assessed":
        if fee.assessed_by not in steps:
            faults.append(
                Fault(
                    f"{path}.assessed_by",
                    _("no step is called %(code)r"),
                    {"code": fee.assessed_by},
                )
            )
        elif fee.when == "at_intake":
            faults.append(
                Fault(f"{path}.when", _("what a step assesses cannot be asked at intake"))
            )
    return faults


def _band_faults(fee: Fee, path: str) -> list[Fault]:
    """Bands rise without gap or overlap, and the last has no end: every quantity has exactly one price."""
    if not fee.bands:
        return [Fault(f"{path}.bands", _("bands are missing"))]
    faults, below = [], Decimal(0)
    for number, band in enumerate(fee.bands, 1):
        at = f"{path}.bands.{number}"
        if not (_is_decimal(band.amount) and _is_decimal(band.rate)):
            faults.append(Fault(at, _("must be a number")))
        if number == len(fee.bands):
            if band.upto:
                faults.append(Fault(at, _("the last band has no end; leave its limit empty")))
        elif not _is_decimal(band.upto) or Decimal(band.upto) <= below:
            faults.append(Fault(at, _("each band must end above the one before it")))
        else:
            below = Decimal(band.upto)
    return faults


def _is_decimal(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _doubles(codes: list[str]) -> set[str]:
    return {code for code in codes if codes.count(code) > 1}
