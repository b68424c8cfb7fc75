from __future__ import annotations

import pytest

from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.safety.sentences import explain_check

RULES = (
    "safety-longitudinal",
    "safety-lateral",
    "safety-ttc",
    "safety-off-road",
    "safety-kinematics",
    "safety-no-plan",
)


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_says_what_it_does_in_every_language(rule: str) -> None:
    for road_user in (*RoadUser, 0):
        decision = explain_check(rule, road_user, 7)
        assert (decision.rule, decision.object_id) == (rule, 7)
        sentences = [decision.say.in_lang(lang) for lang in LANGS]
        assert len(set(sentences)) == len(LANGS)
        assert all(sentences)


def test_sentences_name_who_it_is() -> None:
    say = explain_check("safety-ttc", RoadUser.PEDESTRIAN, 1).say
    assert say.zh == "可能与行人相撞，安全系统减速"
    assert say.de == "Ein Zusammenstoß mit dem Fußgänger droht, ich bremse."
