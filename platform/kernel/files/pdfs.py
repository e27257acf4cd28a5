"""PDFs are read here, one at a time in each process.

PDFium is not made for two threads at once, not even with two papers: it calls a sound paper damaged, or takes the
process down. So there is one lock for everybody, and no second place that reads (`opens_pdfs_here_alone`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pypdfium2

PdfUnreadable = pypdfium2.PdfiumError
"""What PDFium says of bytes that are no PDF, are cut off, or are locked with a password."""

_ONE_READER: Final = threading.Lock()


@contextmanager
def opened_pdf(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The paper, while the block lasts; others wait. Take out plain data, never a page. Raises `PdfUnreadable`."""
    with _ONE_READER:
        document = pypdfium2.PdfDocument(content)
        try:
            yield document
        finally:
            document.close()  # closes its pages and their texts, too


def texts_of_pages(content: bytes, *, most: int | None = None) -> list[str]:
    """What stands on each page, of at most `most` pages; a scan without a text layer gives empty texts."""
    with opened_pdf(content) as document:
        pages = len(document) if most is None else min(len(document), most)
        return [document[n].get_textpage().get_text_range() for n in range(pages)]
