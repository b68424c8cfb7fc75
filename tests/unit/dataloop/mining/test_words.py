"""Everything that a query can say has a name in three languages."""

from __future__ import annotations

import re

import pytest

from zhixing.dataloop.ask.asking import ask
from zhixing.dataloop.ask.predicates import ONE, TWO
from zhixing.dataloop.ask.saying import in_words
from zhixing.dataloop.mining.missing import why_nothing
from zhixing.dataloop.mining.named.catalogue import NAMED
from zhixing.dataloop.mining.words import role_in_words, words, words_as_json
from zhixing.datatypes.conditions import Count, Exists, ForAll, walk
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.measures import MEASURES
from zhixing.datatypes.query import Query
from zhixing.datatypes.query_json import from_json
from zhixing.simulation.patterns.catalogue import catalogue

QUERIES = {f"pattern {name}": pattern.query() for name, pattern in catalogue().items()} | {
    name: named.query for name, named in NAMED.items()
}


def test_measures_and_their_values_have_names() -> None:
    assert list(words()["measures"]) != []
    assert set(words()["measures"]) == set(MEASURES)
    assert set(words()["values"]) == {word for measure in MEASURES.values() for word in measure.words}
    for group in words().values():
        for name, said in group.items():
            assert all(said.in_lang(lang) for lang in LANGS), name
    assert words_as_json()["measures"]["speed_mps"]["unit"] == "m/s"


@pytest.mark.parametrize("name", QUERIES)
def test_every_query_can_be_said(name: str) -> None:
    query = QUERIES[name]
    roles = {role.name for role in query.roles}
    roles |= {node.role.name for node, _, _ in walk(query.condition) if isinstance(node, Exists | ForAll | Count)}
    for lang in LANGS:
        said = in_words(query, lang)
        assert said.count("(") == said.count(")")
        assert "_m" not in said
        assert "_s" not in said
    assert {role for role in roles if role_in_words(role, "zh") == role} == set()


def test_who_comes_twice_is_told_apart() -> None:
    assert [role_in_words(role, "de") for role in ("car", "car_2", "car_more", "x_1y")] == [
        "Auto", "Auto 2", "weiterer Auto", "x_1y",
    ]  # fmt: skip


def query(condition: str) -> Query:
    return from_json(f'{{"name":"x","roles":[{{"name":"car"}}],"condition":{condition}}}')


def test_a_sentence_keeps_bounds_times_and_order() -> None:
    fast = '{"kind":"compare","measure":"speed_mps","of":["car"],"at_least":5,"at_most":10}'
    red = '{"kind":"is","measure":"ran_red","of":["car"]}'
    later = query(f'{{"kind":"then","first":{fast},"second":{red},"within_s":3}}')
    assert in_words(later, "zh") == "速度（小汽车） = 18 至 36 km/h → 3 秒内 → 闯红灯（小汽车）"
    assert in_words(query(f'{{"kind":"lasts","condition":{red},"at_least_s":2}}'), "en") == (
        "for at least 2 s: ran a red light (car)"
    )
    assert re.search("nicht fuhr bei Rot", in_words(query(f'{{"kind":"not","condition":{red}}}'), "de"))


def test_without_drives_nothing_can_be_found() -> None:
    assert [one.en for one in why_nothing(query('{"kind":"is","measure":"ran_red","of":["car"]}'), [])] == [
        "There are no drives yet."
    ]


def test_predicates_are_called_by_their_names() -> None:
    assert set(words()["predicates"]) <= {*ONE, *TWO, "ahead-in-lane"}
    query = ask("右转车没让直行的电动车", "zh").query
    assert in_words(query, "zh") == "要右转（车辆） 且 要直行（电动自行车） 且 未让行（车辆→电动自行车）"
    assert (
        in_words(query, "en")
        == "will turn right (vehicle) and will go straight (e-bike) and fails to yield to (vehicle→e-bike)"
    )
    assert in_words(ask("car cut off by a truck", "en").query, "en") == "cuts in before (truck→car)"
    assert in_words(ask("Auto und Bus in Konflikt", "de").query, "de") == "Konflikt (Auto, Bus)"
