"""Eighteen amounts as vouchers write them, and the rules behind them as properties."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import CURRENCIES, AmountHasNoWords, decimals_of, in_words, money
from kernel.money.nouns import NOUNS
from kernel.money.words import HUNDREDS, ONES, ONES_FEMININE, SCALES, TENS

EXAMPLES = [
    ("1.00", "ILS", "فقط شيكل واحد لا غير"),
    ("2.50", "ILS", "فقط شيكلان وخمسون أغورة لا غير"),
    ("10.10", "ILS", "فقط عشرة شواكل وعشر أغورات لا غير"),
    ("11.11", "ILS", "فقط أحد عشر شيكلاً وإحدى عشرة أغورة لا غير"),
    ("18.18", "ILS", "فقط ثمانية عشر شيكلاً وثماني عشرة أغورة لا غير"),
    ("102.00", "ILS", "فقط مائة وشيكلان لا غير"),
    ("103.05", "ILS", "فقط مائة وثلاثة شواكل وخمس أغورات لا غير"),
    ("200.00", "ILS", "فقط مائتا شيكل لا غير"),
    ("1215.75", "ILS", "فقط ألف ومائتان وخمسة عشر شيكلاً وخمس وسبعون أغورة لا غير"),
    ("12000.02", "ILS", "فقط اثنا عشر ألف شيكل وأغورتان لا غير"),
    (
        "99999.90",
        "ILS",
        "فقط تسعة وتسعون ألفاً وتسعمائة وتسعة وتسعون شيكلاً وتسعون أغورة لا غير",
    ),
    ("350.000", "JOD", "فقط ثلاثمائة وخمسون ديناراً أردنياً لا غير"),
    ("8.250", "JOD", "فقط ثمانية دنانير أردنية ومائتان وخمسون فلساً لا غير"),
    ("2000.500", "JOD", "فقط ألفا دينار أردني وخمسمائة فلس لا غير"),
    ("2002.001", "JOD", "فقط ألفان وديناران أردنيان وفلس واحد لا غير"),
    ("21.22", "USD", "فقط واحد وعشرون دولاراً أمريكياً واثنان وعشرون سنتاً لا غير"),
    ("115000.00", "USD", "فقط مائة وخمسة عشر ألف دولار أمريكي لا غير"),
    ("1000000.00", "USD", "فقط مليون دولار أمريكي لا غير"),
]
EDGES = [
    ("0", "ILS", "فقط صفر شيكل لا غير"),
    ("0.50", "ILS", "فقط خمسون أغورة لا غير"),
    ("0.28", "ILS", "فقط ثمانٍ وعشرون أغورة لا غير"),
    ("0.01", "ILS", "فقط أغورة واحدة لا غير"),
    ("0.12", "ILS", "فقط اثنتا عشرة أغورة لا غير"),
    ("101", "ILS", "فقط مائة وشيكل واحد لا غير"),
    ("3000", "ILS", "فقط ثلاثة آلاف شيكل لا غير"),
    ("2500", "ILS", "فقط ألفان وخمسمائة شيكل لا غير"),
    ("101000", "ILS", "فقط مائة ألف وألف شيكل لا غير"),
    ("202000", "ILS", "فقط مائتا ألف وألفا شيكل لا غير"),
    ("111111", "ILS", "فقط مائة وأحد عشر ألفاً ومائة وأحد عشر شيكلاً لا غير"),
    ("2000000", "ILS", "فقط مليونا شيكل لا غير"),
    ("1200", "JOD", "فقط ألف ومائتا دينار أردني لا غير"),
    ("2", "JOD", "فقط ديناران أردنيان لا غير"),
    ("1", "JOD", "فقط دينار أردني واحد لا غير"),
]


@pytest.mark.parametrize(("amount", "currency", "words"), EXAMPLES + EDGES)
def test_the_words_are_those_of_the_vouchers(amount: str, currency: str, words: str) -> None:
    assert in_words(money(amount, currency)) == words


def test_a_municipality_may_write_plainly() -> None:
    assert in_words(money(150), style="plain") == "فقط مائة وخمسون شيكل لا غير"
    assert in_words(money(15_015), style="plain") == "فقط خمسة عشر ألف وخمسة عشر شيكل لا غير"


def test_a_municipality_may_choose_its_spelling() -> None:
    choice = {"shekel": "شيقل", "hundred": "مئة"}
    assert in_words(money(203), spelling=choice) == "فقط مئتان وثلاثة شواقل لا غير"
    assert in_words(money(300), spelling=choice) == "فقط ثلاثمئة شيقل لا غير"


def test_less_than_nothing_has_no_words() -> None:
    with pytest.raises(AmountHasNoWords):
        in_words(money("-0.01"))


@pytest.mark.parametrize("choice", [{"shekel": "شكل"}, {"penny": "أغورة"}])
def test_an_unknown_spelling_is_a_fault(choice: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="unknown spelling"):
        in_words(money(1), spelling=choice)


WHOLE = st.integers(0, 10**9) | st.sampled_from(
    [10**k + d for k in range(10) for d in (-1, 0, 1, 2)]
)
CURRENCY = st.sampled_from(sorted(CURRENCIES))


@given(WHOLE, CURRENCY)
def test_the_last_two_digits_decide_the_noun(whole: int, currency: str) -> None:
    noun = NOUNS[currency][0]
    phrase = in_words(money(whole, currency)).removeprefix("فقط ").removesuffix(" لا غير")
    rest = whole % 100
    if rest == 0:
        assert phrase.endswith(noun.singular())
    elif rest == 1:
        assert phrase.endswith(f"{noun.singular()} واحد")
    elif rest == 2:
        assert phrase.endswith(noun.dual())
    elif rest <= 10:
        assert phrase.endswith(f"{ONES[rest]} {noun.several()}")
    else:
        assert phrase.endswith(noun.many())


@given(st.integers(3, 10))
def test_three_to_ten_oppose_the_gender_of_the_noun(count: int) -> None:
    assert in_words(money(count)).split()[1] == ONES[count]
    assert in_words(money(f"0.{count:02d}")).split()[1] == ONES_FEMININE[count]


@given(st.integers(0, 10**12 - 1), CURRENCY)
def test_the_words_read_back_as_the_same_amount(smallest: int, currency: str) -> None:
    amount = money(Decimal(smallest).scaleb(-decimals_of(currency)), currency)
    assert read_back(in_words(amount), currency) == smallest


@given(st.integers(0, 10**9), st.sampled_from(["formal", "plain"]), CURRENCY)
def test_every_amount_up_to_a_milliard_has_words(whole: int, style: str, currency: str) -> None:
    words = in_words(money(whole, currency), style=style)
    assert words.startswith("فقط ")
    assert words.endswith(" لا غير")
    assert "  " not in words


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_different_amounts_have_different_words(one: int, other: int) -> None:
    assert (in_words(money(one)) == in_words(money(other))) == (one == other)


def read_back(words: str, currency: str) -> int:
    """The amount in its smallest coin, read word by word as an auditor would."""
    coins = dict(zip(NOUNS[currency], (10 ** decimals_of(currency), 1), strict=True))
    adjectives = [
        "أردني",
        "أردنيان",
        "أردنية",
        "أردنياً",
        "أمريكي",
        "أمريكيان",
        "أمريكية",
        "أمريكياً",
    ]
    paid = total = group = coin = 0
    after_noun = False
    for written in words.split()[1:-2]:
        if written in ("واحد", "واحدة") and after_noun:
            paid += coin
            continue
        word = written if written in NUMBERS else written.removeprefix("و")
        if word in NUMBERS:
            group += NUMBERS[word]
        elif word in THOUSANDS:
            scale, counts_for = THOUSANDS[word]
            total += (counts_for or group or 1) * scale
            group = 0
        elif word not in adjectives:
            noun = next(noun for noun in coins if word in vars(noun).values())
            coin = coins[noun]
            paid += (total + group + (2 if word == noun.two else 0)) * coin
            total = group = 0
        after_noun = word not in NUMBERS and word not in THOUSANDS
    return paid


NUMBERS = {
    **{word: value for value, word in enumerate(ONES) if word},
    **{word: value for value, word in enumerate(ONES_FEMININE) if word},
    **{word: value * 10 for value, word in enumerate(TENS) if word},
    **{f"{word}مائة": value * 100 for value, word in enumerate(HUNDREDS) if word},
    "صفر": 0,
    "أحد": 1,
    "اثنا": 2,
    "اثنتا": 2,
    "ثمانٍ": 8,
    "مائة": 100,
    "مائتان": 200,
    "مائتا": 200,
}
THOUSANDS = {
    word: (1000**power, 2 if word in (scale.two, scale.two_before_noun) else 0)
    for power, scale in enumerate(SCALES, start=1)
    for word in vars(scale).values()
}
