from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.signal import Zone
from zhixing.errors import InputError
from zhixing.runtime.wire import AnswerMessage, SayMessage, SetMessage, parse_message

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)
MESSAGES = st.fixed_dictionaries(
    {"type": st.sampled_from(["set", "confirm", "deny", "say"]) | JSON},
    optional=dict.fromkeys(("id", "path", "value", "zone", "token", "text", "lang"), JSON),
)


@given(JSON | MESSAGES)
def test_any_json_is_a_message_or_an_input_error(message: object) -> None:
    answer: object
    try:
        answer = parse_message(message)
    except InputError as error:
        answer = error
    assert isinstance(answer, SetMessage | AnswerMessage | SayMessage | InputError)
    if isinstance(answer, InputError):
        assert answer.hint
        assert len(str(answer)) < 200


def test_a_touch_is_never_taken_for_the_cars_own_wish() -> None:
    parsed = parse_message(
        {"type": "set", "id": "7", "path": "Vehicle.Speed", "value": 1, "zone": "driver", "source": "system"}
    )
    assert isinstance(parsed, SetMessage)
    assert parsed.request.source == "touch"
    assert parsed.request.zone is Zone.DRIVER


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (["say"], "JSON object"),
        ({"type": "say", "text": "x" * 501}, "501 characters"),
        ({"type": "say", "text": 3}, "text is missing"),
        ({"type": "say", "text": "hi", "lang": "fr"}, "'fr'"),
        ({"type": "set", "path": "Vehicle.Speed", "value": None}, "None"),
        ({"type": "set", "path": "Vehicle.Speed", "value": [1]}, "[1]"),
        ({"type": "set", "value": 1}, "path is missing"),
        ({"type": "say", "text": "hi", "zone": "roof"}, "'roof'"),
        ({"type": "say", "text": "hi", "zone": ["driver"]}, "driver"),
        ({"type": "confirm"}, "token is missing"),
    ],
)
def test_what_is_wrong_is_named(message: object, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_message(message)
    assert said in str(caught.value)
