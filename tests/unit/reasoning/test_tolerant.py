from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.reasoning.tolerant import parse_arguments, parse_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ("", {}),
        ("  \n", {}),
        ("null", {}),
        ("{}", {}),
        ('{"a": 1,}', {"a": 1}),
        ('{"a": [1, 2, ], }', {"a": [1, 2]}),
        ('```json\n{"a": 1}\n```', {"a": 1}),
        ('"{\\"a\\": 1}"', {"a": 1}),
        ("{'a': 'it\\'s \"so\"'}", {"a": 'it\'s "so"'}),
        ("{a: True, b: None, c: 'x'}", {"a": True, "b": None, "c": "x"}),
        ('{"a": 1}}', {"a": 1}),
        ('{"a": "x,}"}', {"a": "x,}"}),
        ('{"a": "True, don\'t"}', {"a": "True, don't"}),
        ('{"文": "有点冷"}', {"文": "有点冷"}),
    ],
)
def test_what_has_one_meaning_is_mended(text: str, arguments: object) -> None:
    assert parse_arguments(text) == arguments


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 2',
        '{"a": "x',
        '{"a"',
        '{"a": 1, "a": 2}',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": 1}{"a": 2}',
        'Sure: {"a": 1}',
        "[1, 2]",
        "21",
        '"words"',
        "{a: b}",
        '{"a": 0x10}',
        "[" * 100_000,
        '{"a":' * 50_000,
        "{'" * 30_000,
        '{"a": ' + "9" * 5000 + "}",
        "x" * 70_000,
    ],
)
def test_what_has_none_or_two_is_refused(text: str) -> None:
    assert parse_arguments(text) is None


@given(JSON)
def test_good_json_means_what_it_says(value: object) -> None:
    text = json.dumps(value)
    if not isinstance(value, str):
        assert parse_json(text) == value


@given(
    st.dictionaries(st.text("abc_", min_size=1), st.booleans() | st.none() | st.integers() | st.text("ab'\" 好{},:"))
)
def test_python_is_read_as_python(value: dict[str, object]) -> None:
    assert parse_arguments(repr(value)) == value


@given(st.text("{}[]\"':,\\ a1-tT\n`", max_size=40))
def test_nothing_else_than_a_value_error_comes_out(text: str) -> None:
    parse_arguments(text)
