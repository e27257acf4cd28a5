"""Small files of every kind, and the hostile ones."""

from __future__ import annotations

import io
import zipfile

import pypdfium2
from PIL import Image

WORD_PARTS = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}
EXCEL_PARTS = {"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"}


def _pdf() -> bytes:
    document = pypdfium2.PdfDocument.new()
    document.new_page(595, 842)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


PDF = _pdf()


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), colour: str = "olive") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def package(parts: dict[str, bytes], *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


LOCKED_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/O<28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A>"
    b"/U<0000000000000000000000000000000000000000000000000000000000000000>/P -4>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]>>\n%%EOF"
)

GOOD = {
    "عقد.pdf": (PDF, "application/pdf"),
    "صورة.jpeg": (picture("JPEG"), "image/jpeg"),
    "id.PNG": (picture("PNG"), "image/png"),
    "a.webp": (picture("WEBP"), "image/webp"),
    "scan.tif": (picture("TIFF"), "image/tiff"),
    "كتاب.docx": (
        package(WORD_PARTS),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "كشف.xlsx": (
        package(EXCEL_PARTS),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    "ملاحظة.txt": ("نص عربي\n".encode(), "text/plain"),
    "قديم.csv": ("اسم,رقم\r\n".encode("cp1256"), "text/plain"),
}
