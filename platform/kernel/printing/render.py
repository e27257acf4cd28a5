"""Paper from data: one compiled template, one PDF. Pure: no database, no tenant.

The output is PDF/A-2a with our fonts embedded and depends on nothing but its arguments, so the
same document printed twice is the same bytes on every machine.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, Final

import segno
import typst

from kernel.printing.coverage import FONT_FOLDERS
from kernel.printing.labels import BY_LANGUAGE
from kernel.printing.letterhead import Letterhead, drawn
from kernel.printing.wording import (
    amount,
    hijri_date,
    long_date,
    ltr,
    on_paper,
    with_digits,
)

TEMPLATES: Final = Path(__file__).parent / "templates"
_STANDARD: Final = "a-2a"
_MASK: Final = 4  # weighing all eight masks costs more than printing the page; any one is read
_COMMON: Final = frozenset(
    {
        "title", "subtitle", "number", "date", "references", "copy", "marks", "draft", "printed",
        "verify_url", "verify_shown", "code", "notes", "labels", "language", "signatures",
    }
)  # fmt: skip


class TemplateUnknown(LookupError):
    """There is no such template among the house's papers."""


class TemplateDataWrong(ValueError):
    """What the caller gave does not fit the template: a key is missing or misspelt."""


@dataclass(frozen=True)
class Template:
    """What a paper needs and what it may carry besides the common keys."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()


CATALOGUE: Final[dict[str, Template]] = {
    "slip": Template(
        frozenset({"title", "number", "date", "service", "applicant"}),
        frozenset({"facts", "promised", "papers", "missing", "clerk"}),
    ),
    "quotation": Template(
        frozenset({"title", "number", "date", "service", "applicant", "rows"}),
        frozenset({"facts", "totals", "papers", "days", "valid_until", "clerk"}),
    ),
    "certificate": Template(
        frozenset({"title", "number", "date", "body"}),
        frozenset({"facts", "addressee", "valid_until", "receipt", "purpose", "seal", "closing"}),
    ),
    "letter": Template(
        frozenset({"date", "to", "subject", "body"}),
        frozenset({"greeting", "farewell", "attachments", "copies", "seal"}),
    ),
    "receipt": Template(
        frozenset({"title", "number", "date", "payer", "amount", "words", "method"}),
        frozenset({"payer_id", "being", "method_facts", "lines", "remaining", "facts"}),
    ),
    "statement": Template(
        frozenset({"title", "date", "accounts"}),
        frozenset({"facts", "period", "summary"}),
    ),
    "cheque": Template(
        frozenset({"title", "date", "on", "payee", "words", "amount", "labels"}),
        frozenset({"crossed"}),
    ),
    "list": Template(
        frozenset({"title", "date", "columns", "rows"}),
        frozenset({"filters", "totals", "portrait", "words"}),
    ),
}


def render_pdf(template: str, data: Mapping[str, Any], *, letterhead: Letterhead) -> bytes:
    """The paper as PDF/A-2a. Refuses an unknown template, and data with a missing or unknown key.

    `data` holds text, `date`, `datetime`, `Money`, `int`, lists and dicts of these; the keys of
    each template are in the README.
    """
    document = json.dumps(_document(template, data, letterhead), ensure_ascii=False)
    compiled = _compiler().compile(
        input=str(TEMPLATES / f"{template}.typ"),
        sys_inputs={"doc": document},
        pdf_standards=_STANDARD,
        timestamp=_stamp(data["date"]),
    )
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no single PDF.")
    return compiled


def _document(template: str, data: Mapping[str, Any], head: Letterhead) -> dict[str, Any]:
    _check(template, data)
    language = str(data.get("language", "ar"))
    document: dict[str, Any] = {
        key: on_paper(value, digits=head.digits)
        for key, value in data.items()
        if key not in ("verify_url", "verify_shown", "labels", "language")
    }
    document["language"] = language
    document["letterhead"] = drawn(head)
    document["labels"] = BY_LANGUAGE[language] | {
        key: str(text) for key, text in data.get("labels", {}).items()
    }
    on = data["date"]
    day = on.date() if isinstance(on, datetime) else on
    document["date_long"] = with_digits(
        long_date(day, months=head.months, language=language), head.digits
    )
    document["date_hijri"] = with_digits(hijri_date(day), head.digits) if language == "ar" else ""
    if "rows" in data:
        document["row_count"] = with_digits(f"{len(data['rows']):,}", head.digits)
    if url := str(data.get("verify_url", "")):
        document["qr"] = qr_svg(url)
        document["qr_shown"] = str(data.get("verify_shown") or url.split("://")[-1])
    return document


def _check(template: str, data: Mapping[str, Any]) -> None:
    if template not in CATALOGUE:
        raise TemplateUnknown(f"“{template}” is not one of {', '.join(sorted(CATALOGUE))}.")
    expected = CATALOGUE[template]
    if missing := expected.required - data.keys():
        raise TemplateDataWrong(f"{template} needs {', '.join(sorted(missing))}.")
    if unknown := data.keys() - expected.required - expected.optional - _COMMON:
        raise TemplateDataWrong(f"{template} does not know {', '.join(sorted(unknown))}.")
    if data.get("language", "ar") not in BY_LANGUAGE:
        raise TemplateDataWrong("Papers are written in ar or en.")


def qr_svg(text: str) -> str:
    """The text as a QR symbol, medium correction, with a quiet zone, one path of SVG."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False, mask=_MASK).save(
        out, kind="svg", xmldecl=False, svgns=True, border=1, nl=False, omitsize=True
    )
    return out.getvalue().decode("ascii")


def _stamp(on: date | datetime) -> int:
    """The creation time inside the PDF is the document's own, or a reprint would differ."""
    if isinstance(on, datetime):
        return int(on.timestamp())
    return int(datetime.combine(on, time(), tzinfo=UTC).timestamp())


_local = threading.local()
_fonts: Final = typst.Fonts(
    include_system_fonts=False,
    include_embedded_fonts=False,
    font_paths=[str(folder) for folder in FONT_FOLDERS],
)


def _compiler() -> typst.Compiler:
    """One compiler a thread: it keeps its file cache warm and lets the threads run beside each
    other. It can reach no package of the net and no file outside the templates."""
    if not hasattr(_local, "compiler"):
        _local.compiler = typst.Compiler(
            root=str(TEMPLATES),
            font_paths=_fonts,
            ignore_system_fonts=True,
            package_path=str(TEMPLATES / "packages"),
            package_cache_path=str(TEMPLATES / "packages"),
        )
    compiler: typst.Compiler = _local.compiler
    return compiler


__all__ = [
    "CATALOGUE",
    "Letterhead",
    "Template",
    "TemplateDataWrong",
    "TemplateUnknown",
    "amount",
    "ltr",
    "qr_svg",
    "render_pdf",
]
