"""What comes from a browser is checked before anybody uses it."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zhixing.errors import InputError
from zhixing.runtime.wire import complaint
from zhixing.web.parcels import MAX_BYTES, pack, unpack

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=5))
def test_what_is_packed_is_unpacked_again(message: dict[str, object]) -> None:
    assert unpack(pack(message)) == message


@given(st.text() | st.binary())
@example("[" * 8000)
@example('{"value": NaN}')
def test_whatever_is_sent_is_an_object_or_an_input_error(text: str | bytes) -> None:
    try:
        message: object = unpack(text)
    except InputError as error:
        message = complaint(error)
    assert isinstance(message, dict)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 8000, "not JSON"),
        ('{"value": NaN}', "not JSON"),
        ('{"value": Infinity}', "not JSON"),
        ('{"value": 1e999}', "not JSON"),
        ('{"value": ' + "9" * 400 + "}", "not JSON"),
        ('{"text": "\\ud800"}', "not JSON"),
        ('"say"', "not a str"),
        ("[]", "not a list"),
        ("null", "not a NoneType"),
        ('{"text": "' + "x" * MAX_BYTES + '"}', "too large"),
        ('{"text": "' + "冷" * (MAX_BYTES // 3) + '"}', "too large"),
        (b"{}", "binary"),
    ],
)
def test_garbage_is_refused_with_its_reason(text: str | bytes, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        unpack(text)


@given(st.dictionaries(st.text(), st.floats() | st.lists(st.floats(), max_size=3), max_size=4))
@example({"limit": math.inf})
def test_every_browser_can_read_what_is_packed(message: dict[str, object]) -> None:
    def no_constant(name: str) -> float:
        raise AssertionError(name)

    json.loads(pack(message), parse_constant=no_constant)


def test_numbers_that_are_not_finite_become_null_at_any_depth() -> None:
    assert json.loads(pack({"a": [math.nan, {"b": (math.inf, 1.5)}], "c": True})) == {
        "a": [None, {"b": [None, 1.5]}],
        "c": True,
    }


def test_a_complaint_names_the_message_it_is_about_and_stays_short() -> None:
    answer = complaint(InputError("no", hint="Send less."), message_id="7" * 1000)
    assert answer == {"type": "error", "message": "no", "hint": "Send less.", "id": "7" * 64}
