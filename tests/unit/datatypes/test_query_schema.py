"""The schema lets through what the reader reads, and stops what it can stop."""

from __future__ import annotations

import json
from typing import Any

import pytest

from zhixing.datatypes.conditions import (
    AllOf,
    AnyOf,
    Becomes,
    Compare,
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
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import plain_of, query_from
from zhixing.datatypes.query_schema import json_schema
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

STANDS = Is(measure="is_standing", of=("a",))
FAST = Compare(measure="speed_mps", of=("a",), at_least=5.0, below=20.0)
NEAR = Compare(measure="distance_m", of=("a", "b"), at_most=2.0)
EVERY_KIND = AllOf(
    conditions=(
        AnyOf(conditions=(STANDS, FAST)),
        Not(condition=Is(measure="turn", of=("a",), one_of=("left", "u-turn"))),
        Then(first=STANDS, second=FAST, within_s=3.0),
        Lasts(condition=FAST, at_least_s=1.0, at_most_s=9.0),
        Becomes(condition=FAST),
        Within(condition=FAST, past_s=1.0),
        Until(condition=STANDS, end=FAST, within_s=1.0),
        Overlaps(first=STANDS, second=FAST),
        Exists(role=Role(name="b", classes=(RoadUser.BUS,), min_length_m=9.0), condition=NEAR),
        ForAll(role=Role(name="c"), condition=Compare(measure="ttc_s", of=("a", "c"), above=1.0)),
        Count(role=Role(name="d"), condition=Compare(measure="left_m", of=("d", "a"), above=1.0), at_least=2),
    )
)


def plain(condition: Any) -> dict[str, Any]:
    return {"name": "by-hand", "roles": [{"name": "a", "classes": ["ebike"]}], "condition": condition}


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema comes with vss-tools")
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


def test_a_query_with_every_kind_of_condition_passes(validator: Any) -> None:
    query = Query(name="every-kind", roles=(Role(name="a"),), condition=EVERY_KIND, at_least_s=0.5)
    validator.validate(plain_of(query))
    assert query_from(plain_of(query)) == query


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_can_be_asked_for(validator: Any, name: str) -> None:
    measure = MEASURES[name]
    asked: dict[str, Any] = {"measure": name, "of": ["a", "b"][: measure.num_roles]}
    match measure.form:
        case "quantity":
            asked |= {"kind": "compare", "at_most": 1.0}
        case "fact":
            asked |= {"kind": "is"}
        case "word":
            asked |= {"kind": "is", "one_of": list(measure.words)}
    assert validator.is_valid(plain(asked))


@pytest.mark.parametrize(
    "condition",
    [
        {"kind": "eval", "code": "1"},
        {"kind": "is", "measure": "speed_mps", "of": ["a"]},
        {"kind": "compare", "measure": "speed_mps", "of": ["a", "b"], "at_most": 1},
        {"kind": "compare", "measure": "distance_m", "of": ["a"], "at_most": 1},
        {"kind": "compare", "measure": "speed_mps", "of": ["A!"], "at_most": 1},
        {"kind": "is", "measure": "light", "of": ["a"]},
        {"kind": "is", "measure": "light", "of": ["a"], "one_of": ["blue"]},
        {"kind": "is", "measure": "is_standing", "of": ["a"], "one_of": ["red"]},
        {"kind": "all-of", "conditions": []},
        {"kind": "not"},
        {"kind": "lasts", "condition": {"kind": "is", "measure": "is_standing", "of": ["a"]}, "at_least_s": -1},
        {"measure": "is_standing", "of": ["a"]},
    ],
)
def test_what_the_schema_stops_the_reader_stops_too(validator: Any, condition: dict[str, Any]) -> None:
    assert not validator.is_valid(plain(condition))
    with pytest.raises(QueryError):
        query_from(plain(condition))


def test_the_schema_is_small_enough_to_be_shown_to_a_language_model() -> None:
    assert len(json.dumps(json_schema())) < 10_000
