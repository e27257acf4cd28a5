"""Who reads English meets no Arabic but names, and arrows that point where they lead."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = sorted((Path(__file__).parents[1] / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_page_has_arabic_of_its_own(path: Path) -> None:
    """Words come from the catalogue, commas from `{% comma %}`: else they stand in English pages too."""
    assert re.findall("[\u0600-\u06ff]+", path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_the_arrow_back_points_to_where_the_line_begins(path: Path) -> None:
    """`chevron-left` points back in English, and is turned in Arabic; the other one pointed forward in both."""
    crumbs = re.findall(r"{% block crumbs %}.*?{% endblock %}", path.read_text("utf-8"), re.DOTALL)
    assert all("chevron-right" not in one for one in crumbs)
