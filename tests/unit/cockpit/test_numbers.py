from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.cockpit.understand.normalise import MAX_CHARS, clean, tokenise
from zhixing.cockpit.understand.numbers import read_number
from zhixing.datatypes.localized import LANGS, Lang

ZH = "零一二三四五六七八九"
EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
]
EN += ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
EN_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
DE = [
    "null",
    "eins",
    "zwei",
    "drei",
    "vier",
    "fünf",
    "sechs",
    "sieben",
    "acht",
    "neun",
    "zehn",
    "elf",
    "zwölf",
    "dreizehn",
    "vierzehn",
]
DE += ["fünfzehn", "sechzehn", "siebzehn", "achtzehn", "neunzehn"]
DE_TENS = ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"]
WORDS = [*"零一二三四五六七八九十百千两半点度分之", "7", "99999999999999", "x"]


def in_chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{ZH[tens]}十") + (ZH[ones] if ones or not tens else "")


def in_english(number: int) -> str:
    tens, ones = divmod(number, 10)
    return EN[number] if number < 20 else EN_TENS[tens - 2] + (f" {EN[ones]}" if ones else "")


def in_german(number: int) -> str:
    tens, ones = divmod(number, 10)
    one = "ein" if ones == 1 else DE[ones]
    return DE[number] if number < 20 else (f"{one}und" if ones else "") + DE_TENS[tens - 2]


@given(st.integers(0, 99))
def test_a_number_in_words_is_read_back_whole(number: int) -> None:
    in_words: dict[Lang, str] = {"zh": in_chinese(number), "en": in_english(number), "de": in_german(number)}
    for lang, words in in_words.items():
        tokens = tokenise(clean(words))
        spoken = read_number(tokens, 0, lang)
        assert spoken is not None
        assert (spoken.value, spoken.num_tokens) == (number, len(tokens))


@pytest.mark.parametrize(
    ("lang", "words", "value", "unit"),
    [
        ("zh", "二十二点五", 22.5, ""),
        ("zh", "百分之八十", 80, "percent"),
        ("zh", "百分之30", 30, "percent"),
        ("zh", "四分之一", 25, "percent"),
        ("zh", "一百", 100, ""),
        ("zh", "一百二", 120, ""),
        ("zh", "一百零五", 105, ""),
        ("zh", "十九度半", 19.5, "degree"),
        ("zh", "二五", 25, ""),
        ("en", "twenty-one point five", 21.5, ""),
        ("en", "one hundred", 100, ""),
        ("en", "nineteen and a half", 19.5, ""),
        ("de", "einundzwanzigeinhalb", 21.5, ""),
        ("de", "neunzehn komma fünf", 19.5, ""),
        ("de", "20,5", 20.5, ""),
        ("de", "hundert", 100, ""),
    ],
)
def test_a_number_is_read_as_people_say_it(lang: Lang, words: str, value: float, unit: str) -> None:
    spoken = read_number(tokenise(clean(words)), 0, lang)
    assert spoken is not None
    assert (spoken.value, spoken.unit) == (value, unit)


@given(
    st.lists(
        st.sampled_from([*"零一二三四五六七八九十百千两半点度分之", "7", "99999999999999", "x"]),
        min_size=1,
        max_size=12,
    )
)
def test_no_heap_of_number_words_breaks_the_reader(tokens: list[str]) -> None:
    for lang in LANGS:
        spoken = read_number(tokens, 0, lang)
        assert spoken is None or (spoken.num_tokens >= 1 and abs(spoken.value) < 1e12)


@given(st.text(max_size=2 * MAX_CHARS))
def test_a_cleaned_text_has_nothing_that_cannot_be_spoken(text: str) -> None:
    cleaned = clean(text)
    assert all(char.isprintable() for char in cleaned)
    assert "\u202e" not in cleaned
    assert all(tokenise(cleaned))
