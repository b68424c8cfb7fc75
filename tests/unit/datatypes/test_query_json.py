"""JSON is one text for each query, and whoever attacks it gets a sentence back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Becomes,
    Compare,
    Condition,
    Count,
    Exists,
    ForAll,
    Is,
    Lasts,
    Not,
    Overlaps,
    Role,
    Then,
    Until,
    Within,
)
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import MOST_BYTES, from_json, plain_of, query_from, to_json
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

NUMBERS = st.floats(-1e6, 1e6)
SECONDS = st.floats(0.0, 1e4)
FURTHER = [f"r{k}" for k in range(3)]

leaves = st.one_of(
    st.builds(Compare, measure=st.just("speed_mps"), of=st.just(("a",)), at_least=NUMBERS),
    st.builds(Compare, measure=st.just("distance_m"), of=st.just(("a", "b")), above=st.none(), below=NUMBERS),
    st.builds(Is, measure=st.just("light"), of=st.just(("b",)), one_of=st.sampled_from([("red",), ("red", "yellow")])),
    st.builds(Is, measure=st.just("is_there"), of=st.just(("a",))),
)


def joined(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    several = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(AllOf, conditions=several),
        st.builds(AnyOf, conditions=several),
        st.builds(Not, condition=parts),
        st.builds(Becomes, condition=parts),
        st.builds(Then, first=parts, second=parts, within_s=st.floats(0.1, 100.0)),
        st.builds(Until, condition=parts, end=parts, within_s=SECONDS),
        st.builds(Overlaps, first=parts, second=parts, at_least_s=SECONDS),
        st.builds(Lasts, condition=parts, at_least_s=SECONDS),
        st.builds(Within, condition=parts, past_s=SECONDS, future_s=SECONDS),
    )


conditions: st.SearchStrategy[Condition] = st.recursive(leaves, joined, max_leaves=8)
FIXED: tuple[Condition, ...] = (
    Compare(measure="distance_m", of=("a", "b"), at_most=9.0),
    Exists(role=Role(name="c", classes=(RoadUser.BUS,), min_length_m=8.0),
           condition=Is(measure="touches", of=("c", "a"))),
    ForAll(role=Role(name="d"), condition=Compare(measure="ttc_s", of=("a", "d"), above=1.5)),
    Count(role=Role(name="e", classes=(RoadUser.EBIKE,)), at_least=3,
          condition=Compare(measure="distance_m", of=("b", "e"), at_most=5.0)),
)  # fmt: skip


@given(conditions, SECONDS)
def test_every_query_comes_back_as_it_was_and_has_one_text(condition: Condition, at_least_s: float) -> None:
    roles = (Role(name="a", classes=(RoadUser.CAR, RoadUser.TRUCK), max_width_m=2.5), Role(name="b"))
    query = Query(name="by-hand", roles=roles, condition=AllOf(conditions=(*FIXED, condition)), at_least_s=at_least_s)
    text = to_json(query)
    assert from_json(text) == query == from_json(text.encode())
    assert to_json(from_json(text)) == text
    assert to_json(query_from(plain_of(query))) == text
    assert hash(from_json(text)) == hash(query)


def plain(**changes: Any) -> dict[str, Any]:
    value: dict[str, Any] = {
        "name": "any-car",
        "roles": [{"name": "car", "classes": ["car"]}],
        "condition": {"kind": "compare", "measure": "speed_mps", "of": ["car"], "at_least": 1},
    }
    return value | changes


def condition(**changes: Any) -> dict[str, Any]:
    return plain(condition=plain()["condition"] | changes)


def test_whole_numbers_are_as_good_as_others() -> None:
    assert query_from(plain()) == query_from(condition(at_least=1.0))
    assert to_json(query_from(plain())) == to_json(query_from(condition(at_least=1.0)))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "query is a list, not an object"),
        (plain(colour="red"), "unknown key 'colour'"),
        (plain(roles={}), "query.roles is an object, not a list"),
        (plain(roles=[{"name": "car", "classes": ["ufo"]}]), r"query.roles\[0\].classes has 'ufo'"),
        (plain(roles=[{"name": "car", "classes": "car"}]), "classes is 'car', not a list"),
        (plain(roles=[{"classes": []}]), r"query.roles\[0\] lacks name"),
        (plain(roles=[{"name": "car", "lenght_m": 3}]), "unknown key 'lenght_m'"),
        (plain(name=None), "name is null"),
        (plain(at_least_s="1"), "'1'"),
        ({"name": "x", "roles": [{"name": "a"}]}, "query.condition is of no known kind: None"),
        (condition(kind="eval"), "no known kind: 'eval'"),
        (condition(kind=["compare"]), "no known kind: a list"),
        (condition(measure=3), "no measure 3"),
        (condition(measure=["speed_mps"]), "no measure"),
        (condition(of="car"), "of is 'car', not a list"),
        (condition(of=[["car"]]), "are "),
        (condition(at_least=None), "query.condition.at_least is null"),
        (condition(at_least=True), "True"),
        (condition(at_least=10**400), "too large a number"),
        (condition(at_least=[1]), r"\[1\]"),
        (plain(condition={"kind": "all-of", "conditions": []}), "query.condition: all-of joins"),
        (plain(condition={"kind": "not", "condition": condition(kind="is", one_of=[{}], measure="turn")["condition"]}),
         "query.condition.condition has an unknown key 'at_least'"),
        (plain(condition={"kind": "is", "measure": "turn", "of": ["car"], "one_of": [{}]}), "one_of of turn"),
        (plain(condition={"kind": "then", "first": plain()["condition"], "within_s": 1}), "lacks second"),
    ],
)  # fmt: skip
def test_what_is_no_query_is_refused_with_its_place(value: object, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        query_from(value)
    with pytest.raises(QueryError):
        from_json(json.dumps(value))


def nested(depth: int) -> str:
    return '{"kind":"not","condition":' * depth + json.dumps(plain()["condition"]) + "}" * depth


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        b"\xff\xfe\x00",
        "[" * 60_000,
        '{"a":' * 10_000,
        " " * (MOST_BYTES + 1),
        json.dumps(plain(roles=[{"name": f"r{k}"} for k in range(5000)])),
        '{"name":"any-car","name":"any-car"}',
        json.dumps(condition()).replace("1}", "NaN}"),
        json.dumps(condition()).replace("1}", "-Infinity}"),
        json.dumps(condition()).replace("1}", "1e999}"),
        json.dumps(condition()).replace("1}", "9" * 5000 + "}"),
        json.dumps(plain()).replace(json.dumps(plain()["condition"]), nested(30)),
        json.dumps(plain()).replace(json.dumps(plain()["condition"]), nested(2000)),
    ],
)
def test_an_attack_is_answered_with_a_sentence(text: str | bytes) -> None:
    with pytest.raises(QueryError) as caught:
        from_json(text)
    assert len(str(caught.value)) <= 400
