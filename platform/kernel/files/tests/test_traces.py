"""A citizen's photograph is kept without the place, the device and the person that stand in it."""

from __future__ import annotations

import hashlib
import io
from typing import Any

import pytest
from PIL import Image, ImageChops, PngImagePlugin

from kernel.files.errors import FileDamaged
from kernel.files.selectors import own_file_with
from kernel.files.services import store_file, untraced_copy
from kernel.files.traces import ORIENTATION, untraced
from kernel.viewer import Viewer

SECRETS = (b"SN-0815-4711", b"Nour al-Astal", b"GPano", b"taken at home")


def telephone_exif() -> Image.Exif:
    """What a telephone writes: 31.3461 N, 34.3060 E, its serial number, its owner, turned by 90 degrees."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[0x010F] = "Telephone"
    exif[0x013B] = "Nour al-Astal"
    details = exif.get_ifd(0x8769)
    details[0xA431] = "SN-0815-4711"
    details[0x9003] = "2026:12:01 21:14:03"
    place = exif.get_ifd(0x8825)
    place[1], place[2] = "N", (31.0, 20.0, 45.96)
    place[3], place[4] = "E", (34.0, 18.0, 21.6)
    return exif


def photograph(kind: str = "JPEG", **more: Any) -> bytes:
    picture, made = Image.effect_mandelbrot((160, 120), (-2, -1, 1, 1), 40), io.BytesIO()
    picture.convert("RGB").save(made, kind, exif=telephone_exif(), **more)
    return made.getvalue()


def test_the_sample_does_tell_where_it_was_taken() -> None:
    with Image.open(io.BytesIO(photograph())) as picture:
        assert picture.getexif().get_ifd(0x8825)[1] == "N"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_device_and_person_are_taken_out_and_the_picture_stands_as_it_was(kind: str) -> None:
    came = photograph(kind)
    cleaned = untraced(io.BytesIO(came))
    assert cleaned is not None
    assert not any(secret in cleaned for secret in SECRETS)
    with Image.open(io.BytesIO(came)) as before, Image.open(io.BytesIO(cleaned)) as after:
        exif = after.getexif()
        assert exif.get(ORIENTATION) == 6
        assert set(exif) == {ORIENTATION}
        assert exif.get_ifd(0x8825) == {} and exif.get_ifd(0x8769) == {}
        assert after.size == before.size
        apart = ImageChops.difference(before.convert("RGB"), after.convert("RGB")).getextrema()
        assert max(high for _low, high in apart) <= 24  # type: ignore[misc]
    assert untraced(io.BytesIO(cleaned)) is None


def test_comments_and_texts_go_too() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "taken at home")
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "PNG", pnginfo=words)
    assert b"taken at home" not in (untraced(made) or b"taken at home")
    said = io.BytesIO()
    Image.new("RGB", (8, 8)).save(said, "JPEG", comment=b"taken at home", xmp=b"<x>GPano</x>")
    assert not any(secret in (untraced(said) or SECRETS[2]) for secret in SECRETS)


def test_a_telephones_double_picture_becomes_one() -> None:
    made = io.BytesIO()
    first, second = (Image.new("RGB", (32, 32), (shade, 10, 10)) for shade in (10, 200))
    first.save(made, "MPO", save_all=True, append_images=[second])
    cleaned = untraced(made)
    assert cleaned is not None
    with Image.open(io.BytesIO(cleaned)) as after:
        assert (after.format, getattr(after, "n_frames", 1)) == ("JPEG", 1)


def test_a_picture_that_tells_nothing_is_kept_byte_for_byte(amal: Viewer) -> None:
    made = io.BytesIO()
    Image.new("RGB", (8, 8)).save(made, "JPEG")
    kept = store_file(made.getvalue(), "ورقة.jpg", amal, without_traces=True)
    assert (kept.read(), kept.came_sha256) == (made.getvalue(), "")


def test_the_hash_of_what_came_in_is_remembered_and_finds_the_file(amal: Viewer) -> None:
    came = photograph()
    mark = hashlib.sha256(came).hexdigest()
    kept = store_file(came, "شكوى.jpg", amal, without_traces=True)
    assert kept.came_sha256 == mark != kept.sha256
    assert not any(secret in kept.read() for secret in SECRETS)
    assert own_file_with(amal, mark) == kept
    assert store_file(came, "شكوى.jpg", amal, without_traces=True).blob == kept.blob


def test_an_original_that_nobody_asked_to_clean_is_kept_as_evidence(amal: Viewer) -> None:
    kept = store_file(photograph(), "كشف.jpg", amal)
    assert (kept.read(), kept.came_sha256) == (photograph(), "")
    copy = untraced_copy(kept, by=amal)
    assert copy.came_sha256 == kept.sha256
    assert untraced_copy(copy, by=amal) == copy


def test_a_cut_off_photograph_is_refused_in_words(amal: Viewer) -> None:
    with pytest.raises(FileDamaged):
        store_file(photograph()[:-2200], "مقطوع.jpg", amal, without_traces=True)
