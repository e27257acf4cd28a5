"""The number of a parcel, however it is typed."""

import pytest

from kernel.places.codes import ParcelCode, looks_like_code, read_code


@pytest.mark.parametrize(
    "typed",
    [
        "643/15", "٦٤٣/١٥", "643-15", "643 15", "643 / 15", "\u2066643/15\u2069",
        "قطعة 643 قسيمة 15", "حوض 643 قطعة 15", "قطعة رقم 643 قسيمة رقم 15",
    ],
)  # fmt: skip
def test_a_parcel_is_read_in_either_dialect(typed: str) -> None:
    assert read_code(typed) == ParcelCode("643", "", "15")
    assert looks_like_code(typed)


def test_names_of_blocks_and_sub_numbers_are_read() -> None:
    assert read_code("حوض 12 الكروم قطعة 5") == ParcelCode("12", "الكروم", "5")
    assert read_code("643/15/2") == ParcelCode("643", "", "15", "2")
    assert read_code("643/15أ") == ParcelCode("643", "", "15ا")
    assert read_code("حوض 12") == ParcelCode("12")


@pytest.mark.parametrize("typed", ["", "محمد", "محمد 12", "0599123456", "15", "12345678/3"])
def test_other_texts_are_no_parcels(typed: str) -> None:
    assert not looks_like_code(typed)
