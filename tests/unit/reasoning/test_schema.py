from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.errors import InputError
from zhixing.reasoning.schema import check_schema, complaint
from zhixing.reasoning.tools import Tool

QUERY = {
    "type": "object",
    "properties": {"find": {"$ref": "#/$defs/term"}},
    "required": ["find"],
    "$defs": {
        "term": {
            "anyOf": [
                {"type": "object", "properties": {"not": {"$ref": "#/$defs/term"}}, "required": ["not"]},
                {"type": "string", "enum": ["cut-in", "dart-out"]},
            ]
        }
    },
}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "number", "minimum": 16, "maximum": 32}, [16, 32, 21.5], [15.9, 32.1, True, "21", None, math.nan]),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, [0.5], [0, 1]),
        ({"type": "number", "multipleOf": 0.1}, [0.3, 21.7, -4], [0.25]),
        ({"type": "number", "multipleOf": 0.5}, [21.5, 0, 1e9], [21.4, math.inf]),
        ({"type": "integer"}, [1, 2.0, -3], [1.5, True, "1", math.inf]),
        ({"type": "boolean"}, [True, False], [0, 1, "true", None]),
        ({"type": ["string", "null"]}, ["x", None], [1, []]),
        ({"type": "string", "minLength": 1, "maxLength": 3}, ["有点冷", "😀"], ["", "long!", "a\ud83d"]),
        ({"enum": ["on", "off", 1]}, ["on", 1], ["ON", True, None]),
        ({"const": 0}, [0], [False, 1]),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}, [[1]], [[], [1, 2, 3], ["1"]]),
        ({"type": "object", "required": ["a"]}, [{"a": 1}], [{}, []]),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": False}, [{}], [{"b": 1}]),
        ({"type": "object", "additionalProperties": {"type": "string"}}, [{"b": "x"}], [{"b": 1}]),
        ({}, [1, "x", {"deep": []}], [math.nan, {"deep": math.inf}]),
        (QUERY, [{"find": {"not": {"not": "cut-in"}}}], [{"find": {"not": "u-turn"}}, {"find": 3}, {}]),
    ],
)
def test_what_fits_has_no_complaint(schema: dict[str, Any], good: list[object], bad: list[object]) -> None:
    check_schema(schema)
    for value in good:
        assert not complaint(value, schema), value
    for value in bad:
        assert complaint(value, schema), value


def test_a_complaint_names_the_place_the_rule_and_the_value() -> None:
    seats = {"type": "array", "items": {"type": "object", "properties": {"level": {"type": "integer", "maximum": 3}}}}
    schema = {"type": "object", "properties": {"seats": seats}}
    assert complaint({"seats": [{"level": 2}, {"level": 9}]}, schema) == "seats[1].level must be at most 3, not 9"
    assert len(complaint({"seats": "x" * 10_000}, schema)) < 200


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "a"},
        {"type": "text"},
        {"minimum": "3"},
        {"minimum": True},
        {"multipleOf": 0},
        {"properties": {"a": {"maxLen": 3}}},
        {"properties": {"a": 3}},
        {"items": {"oneOf": []}},
        {"$ref": "#/$defs/nobody"},
        {"$ref": "http://elsewhere"},
        {"enum": "on"},
        {"anyOf": [{"not": {}}]},
    ],
)
def test_a_rule_that_nobody_checks_is_refused(schema: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        check_schema(schema)


def test_what_refers_to_itself_ends() -> None:
    schema = {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}
    check_schema(schema)
    assert "deeply" in complaint(1, schema)
    nested: object = 1
    for _ in range(10_000):
        nested = [nested]
    assert "deeply" in complaint(nested, {"items": {}})


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda i: st.lists(i) | st.dictionaries(st.text(), i)
    )
)
def test_every_value_is_judged_without_an_error(value: object) -> None:
    assert isinstance(complaint(value, QUERY), str)


@pytest.mark.parametrize("name", ["", "has space", "x" * 65, "窗", "a.b"])
def test_a_tool_has_a_name_that_every_server_takes(name: str) -> None:
    with pytest.raises(InputError):
        Tool(name, "", {"type": "object"}, is_read_only=True)


@pytest.mark.parametrize(
    "parameters", [{}, {"type": "string"}, {"type": "object", "properties": {"a": {"pattern": "x"}}}]
)
def test_a_tool_has_arguments_that_can_be_checked(parameters: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        Tool("x", "", parameters, is_read_only=True)
