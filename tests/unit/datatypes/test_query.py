"""A query that cannot be meant is refused when it is born, with what to do instead."""

from __future__ import annotations

import math
from typing import Any

import pytest

from zhixing.datatypes.conditions import (
    CONDITIONS,
    AllOf,
    Compare,
    Condition,
    Count,
    Exists,
    Is,
    Lasts,
    Not,
    Role,
    Then,
    Within,
    parts_of,
    walk,
)
from zhixing.datatypes.lights import Light
from zhixing.datatypes.measures import LIGHTS, MEASURES, UNITS
from zhixing.datatypes.query import MOST_DEPTH, MOST_NODES, Query
from zhixing.datatypes.tracks import RoadUser
from zhixing.errors import QueryError

A, B = Role(name="a"), Role(name="b")
BUS = Role(name="b", classes=(RoadUser.BUS,))
STANDS = Is(measure="is_standing", of=("a",))
NEAR = Compare(measure="distance_m", of=("a", "b"), at_most=2.0)


def query(condition: Condition, *roles: Role) -> Query:
    return Query(name="by-hand", roles=roles or (A,), condition=condition)


@pytest.mark.parametrize(
    ("fields", "message", "hint"),
    [
        ({"measure": "sped_mps", "of": ("a",), "at_most": 1.0}, "no measure 'sped_mps'", "speed_mps"),
        ({"measure": "is_standing", "of": ("a",), "at_most": 1.0}, "is_standing is a fact", "Use is."),
        ({"measure": "speed_mps", "of": ("a", "b"), "at_most": 1.0}, "takes one role, not a, b", ""),
        ({"measure": "distance_m", "of": ("a",), "at_most": 1.0}, "takes two different roles, not a", ""),
        ({"measure": "distance_m", "of": ("a", "a"), "at_most": 1.0}, "takes two different roles, not a, a", ""),
        ({"measure": "speed_mps", "of": (), "at_most": 1.0}, "takes one role, not none", ""),
        ({"measure": "speed_mps", "of": "a", "at_most": 1.0}, "are 'a'", "tuple"),
        ({"measure": "speed_mps", "of": ("a",)}, "compared with nothing", "at_least"),
        ({"measure": "speed_mps", "of": ("a",), "at_most": math.nan}, "nan", "finite"),
        ({"measure": "speed_mps", "of": ("a",), "above": math.inf}, "inf", "finite"),
        ({"measure": "speed_mps", "of": ("a",), "at_least": True}, "True", "finite"),
        ({"measure": "speed_mps", "of": ("a",), "at_least": 3.0, "at_most": 2.0}, "at least 3.0", "Swap"),
        ({"measure": "speed_mps", "of": ("a",), "at_least": 2.0, "below": 2.0}, "no speed_mps lies", ""),
        ({"measure": "speed_mps", "of": ("a",), "above": 2.0, "at_most": 2.0}, "no speed_mps lies", ""),
    ],
)
def test_a_comparison_that_cannot_be_meant_is_refused(fields: dict[str, Any], message: str, hint: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        Compare(**fields)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"measure": "speed_mps", "of": ("a",)}, "speed_mps is a quantity"),
        ({"measure": "turn", "of": ("a",)}, "turn is one of several words"),
        ({"measure": "turn", "of": ("a",), "one_of": ("up",)}, "turn is never 'up'"),
        ({"measure": "is_standing", "of": ("a",), "one_of": ("yes",)}, "is_standing is yes or no"),
    ],
)
def test_a_fact_or_word_that_cannot_be_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Is(**fields)


@pytest.mark.parametrize(
    ("role", "message"),
    [
        ({"name": ""}, "no name of a role"),
        ({"name": "Car"}, "no name of a role"),
        ({"name": "a" * 33}, "no name of a role"),
        ({"name": "a", "classes": ("car",)}, "classes of role a"),
        ({"name": "a", "min_length_m": math.nan}, "length of role a"),
        ({"name": "a", "min_width_m": 2.0, "max_width_m": 1.0}, "width of role a"),
    ],
)
def test_a_role_that_nobody_can_play_is_refused(role: dict[str, Any], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        Role(**role)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AllOf(conditions=()), "all-of joins"),
        (lambda: AllOf(conditions=[STANDS]), "all-of joins"),  # type: ignore[arg-type]
        (lambda: Not(condition="a"), "not joins"),  # type: ignore[arg-type]
        (lambda: Then(first=STANDS, second=STANDS, within_s=0.0), "within_s of then is 0.0 s"),
        (lambda: Then(first=STANDS, second=STANDS, within_s=math.nan), "nan"),
        (lambda: Lasts(condition=STANDS, at_least_s=-1.0), "at_least_s of lasts is -1.0 s"),
        (lambda: Lasts(condition=STANDS, at_least_s=3.0, at_most_s=2.0), "at least 3.0 and at most 2.0"),
        (lambda: Within(condition=STANDS, past_s=1e9), "past_s of within"),
        (lambda: Count(role=B, condition=NEAR), "nobody counts b"),
        (lambda: Count(role=B, condition=NEAR, at_least=-1), "-1 is no number of road users"),
        (lambda: Count(role=B, condition=NEAR, at_least=1.5), "1.5 is no number of road users"),  # type: ignore[arg-type]
        (lambda: Count(role=B, condition=NEAR, at_least=3, at_most=2), "at least 3 and at most 2"),
        (lambda: Exists(role="b", condition=NEAR), "exists brings in 'b'"),  # type: ignore[arg-type]
        (lambda: Exists(role=Role(name="ego"), condition=NEAR), "of which there is one only"),
    ],
)
def test_a_condition_that_cannot_be_meant_is_refused(make: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        make()


@pytest.mark.parametrize(
    ("condition", "roles", "message", "hint"),
    [
        (NEAR, (A,), "'b', which is no role here", "Known here: a."),
        (STANDS, (A, B), "nothing is asked of role 'b'", "Leave it out"),
        (STANDS, (A, A), "two roles are named 'a'", "another name"),
        (AllOf(conditions=(Exists(role=B, condition=NEAR), NEAR)), (A, B), "two roles are named 'b'", ""),
        (AllOf(conditions=(Exists(role=B, condition=NEAR), NEAR)), (A,), "'b', which is no role here", ""),
        (Exists(role=B, condition=STANDS), (A,), "nothing is asked of role 'b'", ""),
        (Exists(role=B, condition=Exists(role=B, condition=NEAR)), (A,), "two roles are named 'b'", "another name"),
        (
            AllOf(conditions=(Exists(role=B, condition=NEAR), Exists(role=BUS, condition=NEAR))),
            (A,),
            "two roles are named 'b'",
            "another name",
        ),
        (Is(measure="is_standing", of=("buss",)), (Role(name="bus"),), "'buss'", "Did you mean bus?"),
    ],
)
def test_every_role_is_known_used_and_named_once(
    condition: Condition, roles: tuple[Role, ...], message: str, hint: str
) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        query(condition, *roles)
    assert hint in caught.value.hint


def test_the_same_role_may_be_brought_in_again_beside() -> None:
    near = Exists(role=B, condition=NEAR)
    both = AllOf(conditions=(near, Not(condition=Within(condition=near, past_s=3.0))))
    assert query(both).condition is both


def test_a_query_has_a_name_and_somebody_to_find() -> None:
    with pytest.raises(QueryError, match="no name of a query"):
        Query(name="Red Light!", roles=(A,), condition=STANDS)
    with pytest.raises(QueryError, match="without roles"):
        Query(name="nobody", roles=(), condition=STANDS)


def test_a_query_that_is_too_deep_too_long_or_has_too_many_roles_is_refused() -> None:
    deep: Condition = STANDS
    for _ in range(MOST_DEPTH - 1):
        deep = Not(condition=deep)
    assert query(deep).condition is deep
    with pytest.raises(QueryError, match="too large"):
        query(Not(condition=deep))
    with pytest.raises(QueryError, match="too large"):
        query(AllOf(conditions=(STANDS,) * MOST_NODES))
    many = tuple(Role(name=f"r{k}") for k in range(7))
    asked = AllOf(conditions=tuple(Is(measure="is_there", of=(role.name,)) for role in many))
    with pytest.raises(QueryError, match="too large"):
        query(asked, *many)


def test_a_quantified_role_is_in_scope_below_its_quantifier() -> None:
    condition = Exists(role=B, condition=AllOf(conditions=(NEAR, Not(condition=STANDS))))
    found = [
        (node.kind, [role.name for role in roles], depth) for node, roles, depth in walk(query(condition).condition)
    ]
    assert found == [
        ("exists", [], 1),
        ("all-of", ["b"], 2),
        ("compare", ["b"], 3),
        ("not", ["b"], 3),
        ("is", ["b"], 4),
    ]


def test_every_kind_has_its_own_name_and_knows_its_parts() -> None:
    assert len({condition.__dataclass_fields__["kind"].default for condition in CONDITIONS}) == len(CONDITIONS)
    assert parts_of(Then(first=STANDS, second=NEAR, within_s=1.0)) == (STANDS, NEAR)
    assert parts_of(STANDS) == ()


def test_measures_end_in_their_unit_and_words_are_those_of_the_nouns() -> None:
    assert all(measure.unit in UNITS.values() for measure in MEASURES.values() if measure.form == "quantity")
    assert all(measure.name.startswith(("is_", "has_", "changes_", "crosses_", "ran_", "touches"))
               for measure in MEASURES.values() if measure.form == "fact")  # fmt: skip
    assert [light.name.lower().replace("_", "-") for light in Light] == list(LIGHTS)
    assert {measure.num_roles for measure in MEASURES.values()} == {1, 2}


def test_roles_have_classes_of_the_tracks() -> None:
    assert Role(name="rider", classes=(RoadUser.EBIKE, RoadUser.BICYCLE)).classes[0] is RoadUser.EBIKE
