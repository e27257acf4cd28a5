"""Papers come out whole: archival, embedded fonts, Arabic in order, columns from the right."""

from __future__ import annotations

import dataclasses
import re
import zlib
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from kernel.money import money
from kernel.printing.coverage import covered_characters
from kernel.printing.render import CATALOGUE, TemplateDataWrong, TemplateUnknown, render_pdf
from kernel.printing.tests.papers import RAMALLAH, papers, tortured


def texts(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf)]


def as_seen(pdf: bytes, page: int = 0) -> str:
    """The characters of a page from left to right, row by row: how an eye meets its codes.

    Reading programs reverse the words of a left-to-right island on a row that is mostly Arabic;
    where the glyphs stand is what counts.
    """
    reader = pypdfium2.PdfDocument(pdf)[page].get_textpage()
    whole = reader.get_text_range()
    seen: list[tuple[float, float, str]] = []
    for index, character in enumerate(whole[: reader.count_chars()]):
        if character.isprintable() and not character.isspace():
            left, bottom, _right, top = reader.get_charbox(index, loose=True)
            seen.append((-(bottom + top) / 2, left, character))
    rows: list[list[tuple[float, str]]] = []
    height = float("-inf")
    for middle, left, character in sorted(seen):
        if middle - height > 2.2:
            rows.append([])
            height = middle
        rows[-1].append((left, character))
    return "\n".join("".join(character for _, character in sorted(row)) for row in rows)


def inflated(pdf: bytes) -> bytes:
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    found = pdf
    for stream in streams:
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            found += stream
    return found


@pytest.mark.parametrize("template", sorted(CATALOGUE))
def test_every_template_prints_an_archival_pdf_with_its_fonts_inside(template: str) -> None:
    pdf = render_pdf(template, papers()[template], letterhead=RAMALLAH)

    whole = inflated(pdf)
    assert b"<pdfaid:part>2</pdfaid:part>" in whole
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in whole
    fonts = set(re.findall(rb"/FontName\s*/([A-Z]{6}\+\S+)", whole))
    assert fonts and whole.count(b"/FontFile2") >= len(fonts)
    assert b"/Lang" in whole


@pytest.mark.parametrize("template", sorted(CATALOGUE))
def test_the_same_data_is_the_same_bytes(template: str) -> None:
    paper = papers()[template]
    assert render_pdf(template, paper, letterhead=RAMALLAH) == render_pdf(
        template, paper, letterhead=RAMALLAH
    )


@pytest.mark.parametrize("template", sorted(CATALOGUE))
def test_every_template_prints_in_english_with_arabic_digits_as_a_demo_and_on_stationery(
    template: str,
) -> None:
    head = dataclasses.replace(
        RAMALLAH, digits="arabic_indic", months="both", is_demo=True, preprinted=True
    )
    paper = papers()[template] | {"language": "en", "copy": 2}
    assert render_pdf(template, paper, letterhead=head).startswith(b"%PDF-1.7")


def test_arabic_is_extracted_in_logical_order() -> None:
    (page,) = texts(render_pdf("certificate", papers()["certificate"], letterhead=RAMALLAH))

    assert "تشهد البلدية بأن السيد نور خليل الحاج" in page


def test_codes_read_from_left_to_right_wherever_they_stand() -> None:
    shown = as_seen(render_pdf("certificate", tortured(), letterhead=RAMALLAH))

    for code in ("CL-2026/00312", "4990-A", "643/15", "+970599123456", "INV#2026-88/", "a@b.ps"):
        assert code in shown
    assert "7KQM-X2RT-9HPW-A4ZC" in shown
    assert "ramallah.example/v/7KQMX2RT9HPWA4ZC" in shown


def test_the_first_column_stands_at_the_right_in_arabic_and_at_the_left_in_english() -> None:
    paper = papers()["list"]
    for language, in_order in (("ar", "0.00₪"), ("en", "RV-2026/00000")):
        pdf = render_pdf("list", paper | {"language": language}, letterhead=RAMALLAH)
        row = next(row for row in as_seen(pdf).split("\n") if "RV-2026/00000" in row)
        assert row.startswith(in_order)


def test_a_long_list_repeats_its_head_and_counts_its_pages() -> None:
    pages = texts(render_pdf("list", papers()["list"], letterhead=RAMALLAH))

    assert len(pages) > 1
    for number, page in enumerate(pages, start=1):
        assert "المكلف" in page
        assert f"صفحة {number}" in page


def test_texts_that_break_printers_are_printed() -> None:
    pdf = render_pdf("certificate", tortured(), letterhead=RAMALLAH)

    whole = "\n".join(texts(pdf))
    assert "123456789012" in whole
    assert "`raw`" in as_seen(pdf)  # data is never read as markup
    assert "😀" not in whole


def test_every_character_we_call_covered_prints_in_both_faces() -> None:
    text = "".join(chr(code) for code in sorted(covered_characters()))
    for template in ("certificate", "letter"):
        paper = papers()[template] | {"body": [text], "notes": text}
        render_pdf(template, paper, letterhead=RAMALLAH)


def test_a_copy_and_a_demonstration_are_marked() -> None:
    demo = dataclasses.replace(RAMALLAH, is_demo=True)
    paper = papers()["certificate"] | {"copy": 2}

    pdf = render_pdf("certificate", paper, letterhead=demo)

    (page,) = texts(pdf)
    assert "نسخة رقم 2" in page
    assert "Copy2" in as_seen(pdf)
    assert "تجريبي" in page
    (clean,) = texts(render_pdf("certificate", papers()["certificate"], letterhead=RAMALLAH))
    assert "نسخة رقم" not in clean and "تجريبي" not in clean


def test_the_municipality_chooses_its_digits_and_months() -> None:
    head = dataclasses.replace(RAMALLAH, digits="arabic_indic", months="both")
    paper = papers()["certificate"] | {"facts": [["الرسم", money("1240.5", "ILS")]]}
    pdf = render_pdf("certificate", paper, letterhead=head)

    shown = as_seen(pdf)
    assert "١٬٢٤٠٫٥٠₪" in shown
    assert "٢٢" in shown and "٢٠٢٦" in shown
    assert "مفون" in shown  # نوفمبر, as the eye meets it from the left
    assert "CL-2026/00312" in shown  # a number with Latin letters is typed back as it stands


def test_an_emblem_is_printed_from_png_and_svg() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4"/></svg>'
    head = dataclasses.replace(RAMALLAH, emblem=svg, emblem_media_type="image/svg+xml")
    assert render_pdf("slip", papers()["slip"], letterhead=head)


@pytest.mark.parametrize(
    ("template", "change", "refused"),
    [
        ("poster", {}, TemplateUnknown),
        ("receipt", {"payer": None}, TemplateDataWrong),
        ("receipt", {"payr": "نور"}, TemplateDataWrong),
        ("receipt", {"language": "fr"}, TemplateDataWrong),
        ("receipt", {"amount": 12.5}, TypeError),
    ],
)
def test_wrong_data_is_refused_with_its_name(
    template: str, change: dict[str, object], refused: type[Exception]
) -> None:
    paper = papers()["receipt"] | change
    if change == {"payer": None}:
        del paper["payer"]
    with pytest.raises(refused):
        render_pdf(template, paper, letterhead=RAMALLAH)


def test_a_date_of_creation_is_the_documents_own() -> None:
    paper = papers()["certificate"]
    other = render_pdf("certificate", paper | {"date": date(2025, 1, 1)}, letterhead=RAMALLAH)
    assert b"2025-01-01" in inflated(other)


def test_a_plain_decimal_keeps_its_places() -> None:
    paper = papers()["receipt"] | {"lines": [{"title": "رسم", "amount": Decimal("7.125")}]}
    (page,) = texts(render_pdf("receipt", paper, letterhead=RAMALLAH))
    assert "7.125" in page
