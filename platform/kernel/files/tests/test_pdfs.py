"""One reader of PDFs at a time, the same for everybody in the process."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from kernel.files.pdfs import PdfUnreadable, opened_pdf, texts_of_pages
from kernel.files.tests.samples import LOCKED_PDF, PDF


def test_a_second_reader_waits_for_the_first() -> None:
    with ThreadPoolExecutor(1) as pool:
        with opened_pdf(PDF) as document:
            second = pool.submit(texts_of_pages, PDF)
            wait([second], timeout=0.3)
            assert not second.done()
            assert len(document) == 1
        assert second.result(timeout=10) == [""]


@pytest.mark.parametrize("content", [b"%PDF-1.7 cut off", LOCKED_PDF])
def test_what_cannot_be_read_lets_the_next_in(content: bytes) -> None:
    with pytest.raises(PdfUnreadable), opened_pdf(content):
        pass
    assert texts_of_pages(PDF) == [""]


def test_no_more_pages_are_read_than_asked_for() -> None:
    assert texts_of_pages(PDF, most=0) == []
