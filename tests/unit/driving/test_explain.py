from __future__ import annotations

import re

import pytest

from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.explain import explain

ALONE = ("free-road", "curve", "red-light", "yellow-light", "goal", "lane-ends", "no-route")
ABOUT = ("follow", "queue", "yield", "right-of-way", "way-round", "overtake", "emergency")


@pytest.mark.parametrize("rule", ALONE)
def test_every_rule_is_said_in_three_languages(rule: str) -> None:
    decision = explain(rule, 0, -1)
    assert decision.rule == rule
    assert re.search(r"[\u4e00-\u9fff]", decision.say.zh)
    assert decision.say.en.endswith(".")
    assert decision.say.de.endswith(".")


@pytest.mark.parametrize("rule", ABOUT)
def test_the_sentence_names_the_class_of_the_road_user(rule: str) -> None:
    sentences = {explain(rule, user, 7).say for user in RoadUser}
    for lang in ("zh", "en", "de"):
        assert len({getattr(say, lang) for say in sentences}) == len(RoadUser)
    assert explain(rule, RoadUser.EBIKE, 7).object_id == 7
    assert "电动车" in explain(rule, RoadUser.EBIKE, 7).say.zh


def test_the_same_reason_is_the_same_decision() -> None:
    assert explain("yield", RoadUser.BUS, 3) == explain("yield", RoadUser.BUS, 3)


def test_a_rule_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(KeyError):
        explain("because", 0, -1)
