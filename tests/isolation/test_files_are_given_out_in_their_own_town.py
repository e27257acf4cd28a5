"""Leak: a file's address in one town that gives the bytes to a stranger, or to somebody of another town."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kernel.files.models import StoredFile
from kernel.tenancy import current_schema, use
from kernel.testing.database import TOWNS
from tests.doors import TOWN as URLS
from tests.doors import doors

Programme = Callable[..., Client]
PICTURE = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)


@pytest.fixture
def uid(town: str, api_for: Programme) -> str:
    """A paper that Amal's programme has just stored."""
    given = SimpleUploadedFile("هوية.png", PICTURE, content_type="image/png")
    answer = api_for("amal").post(
        "/api/v1/files", {"file": given}, format="multipart", HTTP_IDEMPOTENCY_KEY="file-1"
    )
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def _addresses(uid: str) -> list[str]:
    """Every address of the house that takes a file's id, found by walking its doors."""
    found = [
        door.address(uid=uid)
        for door in doors(URLS)
        if door.objects == ("uid",) and "files" in door.route
    ]
    assert len(found) >= 3
    return found


def test_every_address_of_a_file_is_closed_to_strangers_and_to_other_towns(
    uid: str, town: str, other_town: str, api_for: Programme, client_for: Programme
) -> None:
    with use(other_town):
        from kernel.identity.models import User

        theirs = Client(HTTP_HOST=TOWNS[other_town])
        theirs.force_login(User.objects.get(username="amal"))
    for address in _addresses(uid):
        assert theirs.get(address).status_code in (401, 404), address
        assert Client(HTTP_HOST=TOWNS[town]).get(address).status_code in (302, 401), address
        stranger = Client(HTTP_HOST=TOWNS[other_town]).get(address)
        assert stranger.status_code in (302, 401), address
        carried = api_for("amal").get(address, HTTP_HOST=TOWNS[other_town])
        assert carried.status_code in (302, 401), address


def test_bytes_lie_in_a_folder_of_their_town(uid: str, town: str, other_town: str) -> None:
    from pathlib import Path
    from urllib.parse import urlsplit

    home = Path(urlsplit(settings.STORAGE_URL).path)
    assert StoredFile.objects.get(uid=uid).read() == PICTURE
    assert [path for path in home.rglob("*") if path.is_file()]
    assert {path.relative_to(home).parts[0] for path in home.rglob("*") if path.is_file()} == {
        current_schema()
    }
    with use(other_town):
        assert not StoredFile.objects.filter(uid=uid).exists()
