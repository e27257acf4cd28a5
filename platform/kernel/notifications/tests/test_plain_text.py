import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.notifications.phones import mobile_number
from kernel.notifications.plain_text import END, LEFT_TO_RIGHT, isolate_numbers, segments


def _isolated(run: str) -> str:
    return f"{LEFT_TO_RIGHT}{run}{END}"


@pytest.mark.parametrize(
    ("text", "run"),
    [
        ("طلبك رقم 2026/00123 جاهز", "2026/00123"),
        ("الموعد 22/11/2026، الساعة 9", "22/11/2026"),
        ("اتصل على +970-59-9123456.", "+970-59-9123456"),
        ("المبلغ 1,250.50 شيكل", "1,250.50"),
        ("رمز التحقق PS-7B4", "PS-7B4"),
    ],
)
def test_a_number_with_marks_keeps_its_order_in_arabic(text: str, run: str) -> None:
    assert isolate_numbers(text) == text.replace(run, _isolated(run))


def test_plain_digits_addresses_and_texts_without_arabic_stay_as_they_are() -> None:
    for text in (
        "لديك 3 طلبات",
        "تابع https://khanyounis.ps/t/2026-00123?p=1",
        "Request 2026/00123 is ready",
    ):
        assert isolate_numbers(text) == text


@given(st.text(alphabet="طلب 0123/.-+:A,\u2066\u2069", max_size=40))
def test_isolating_loses_nothing(text: str) -> None:
    def bare(one: str) -> str:
        return one.replace(LEFT_TO_RIGHT, "").replace(END, "")

    assert bare(isolate_numbers(text)) == bare(text)


@pytest.mark.parametrize("text", ["طلبك رقم 2026/00123 جاهز", "المبلغ 1,250.50 شيكل"])
def test_isolating_twice_changes_nothing(text: str) -> None:
    assert isolate_numbers(isolate_numbers(text)) == isolate_numbers(text)


@pytest.mark.parametrize(
    ("text", "encoding", "units", "count"),
    [
        ("", "gsm7", 0, 1),
        ("a" * 160, "gsm7", 160, 1),
        ("a" * 161, "gsm7", 161, 2),
        ("€" * 80, "gsm7", 160, 1),
        ("ط" * 70, "ucs2", 70, 1),
        ("ط" * 71, "ucs2", 71, 2),
        ("ط" * 134, "ucs2", 134, 2),
        ("ط" * 135, "ucs2", 135, 3),
        ("😀", "ucs2", 2, 1),
    ],
)
def test_segments_are_counted_as_the_networks_do(
    text: str, encoding: str, units: int, count: int
) -> None:
    counted = segments(text)
    assert (counted.encoding, counted.units, counted.count) == (encoding, units, count)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0599123456", "+970599123456"),
        ("059-912 3456", "+970599123456"),
        ("٠٥٩٩١٢٣٤٥٦", "+970599123456"),
        ("00970567123456", "+970567123456"),
        ("+972 52-234-5678", "+972522345678"),
        ("0522345678", "+972522345678"),
        ("08 205 1234", None),
        ("12", None),
        ("لا يوجد", None),
    ],
)
def test_only_mobile_numbers_receive_text_messages(typed: str, number: str | None) -> None:
    assert mobile_number(typed) == number
