"""Giving out files, and what the browser may do with them."""

import pytest
from django.test import Client

from kernel.files.services import store_file
from kernel.viewer import Viewer


@pytest.fixture
def picture(amal: Viewer) -> object:
    from io import BytesIO

    from PIL import Image

    buffer = BytesIO()
    Image.new("RGB", (40, 30), "white").save(buffer, "PNG")
    return store_file(buffer.getvalue(), "هوية.png", amal)


@pytest.fixture
def text(amal: Viewer) -> object:
    return store_file("نص عادي\n".encode(), "نص.txt", amal)


def test_a_picture_is_shown_sandboxed_and_not_kept(client_for: object, picture: object) -> None:
    client: Client = client_for("amal")  # type: ignore[operator]
    answer = client.get(f"/files/{picture.uid}")  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Disposition"].startswith("inline")


def test_other_kinds_are_handed_over_to_be_saved(client_for: object, text: object) -> None:
    answer = client_for("amal").get(f"/files/{text.uid}")  # type: ignore[operator,attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


def test_download_is_asked_for(client_for: object, picture: object) -> None:
    answer = client_for("amal").get(f"/files/{picture.uid}?download")  # type: ignore[operator,attr-defined]
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_file_that_is_nobodys_business_is_not_there(client_for: object, picture: object) -> None:
    for path in ("", "/thumb", "/preview"):
        answer = client_for("karim").get(f"/files/{picture.uid}{path}")  # type: ignore[operator,attr-defined]
        assert answer.status_code == 404


def test_a_small_picture_is_made(client_for: object, picture: object) -> None:
    answer = client_for("amal").get(f"/files/{picture.uid}/thumb")  # type: ignore[operator,attr-defined]
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
