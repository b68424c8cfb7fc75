"""Why, as a part of a sentence: of every rule, of every road user, in every language."""

from __future__ import annotations

import pytest

from zhixing.datatypes.localized import LANGS, Localized
from zhixing.datatypes.plan import Decision
from zhixing.datatypes.tracks import RoadUser
from zhixing.driving.asking import NO_PLAN
from zhixing.driving.because import cause_of
from zhixing.driving.explain import explain
from zhixing.driving.safety.sentences import explain_check

PLAIN = ("free-road", "curve", "red-light", "yellow-light", "goal", "lane-ends", "no-route", "pull-over", "speed-wish",
         "hidden")  # fmt: skip
CHECKS = ("safety-longitudinal", "safety-lateral", "safety-ttc")
ABOUT = ("follow", "queue", "yield", "right-of-way", "beside", "way-round", "overtake", "emergency")
DECISIONS = [
    *(explain(rule, 0, -1) for rule in PLAIN),
    *(
        explain(rule, user, 4)
        for rule in ("follow", "queue", "yield", "right-of-way", "beside", "way-round", "overtake", "emergency")
        for user in RoadUser
    ),
    *(explain_check(rule, user, 4) for rule in CHECKS for user in RoadUser),
    *(explain_check(rule, 0, -1) for rule in ("safety-off-road", "safety-kinematics", "safety-no-plan")),
    NO_PLAN,
]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda d: d.rule)
def test_every_decision_of_the_house_has_words_of_its_own(decision: Decision) -> None:
    user = next((user for user in RoadUser if decision.object_id >= 0), None)
    because = cause_of(decision, user).because
    for lang in LANGS:
        part = because.in_lang(lang)
        assert part
        assert "{" not in part
        if lang != "zh":  # not the way out for strangers
            assert decision.say.in_lang(lang) not in part
        assert not part.endswith((".", "。"))
    assert because.en[0] in " :"
    assert because.de[0] in ",:"


def test_it_names_who_it_was() -> None:
    cause = cause_of(explain("yield", RoadUser.EBIKE, 17), RoadUser.EBIKE)
    assert cause.because == Localized(
        "为横穿的电动车让行", " to give way to a crossing e-bike", ", um ein querendes E-Bike durchzulassen"
    )
    assert cause.decision.object_id == 17


def test_of_somebody_who_is_gone_and_of_a_strangers_rule_the_decisions_own_sentence_is_told() -> None:
    say = Localized("为彩虹让路", "Giving way to a rainbow.", "Ich lasse einen Regenbogen vor.")
    strange = Decision(action="yield", rule="rainbow", say=say)
    for decision in (strange, explain("yield", RoadUser.BUS, 9)):
        because = cause_of(decision, None).because
        assert decision.say.en in because.en
        assert decision.say.de in because.de
        assert decision.say.zh in because.zh
