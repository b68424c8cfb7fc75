"""What the car says it has done is what it has done; nothing that is said stops it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from zhixing.cockpit.claims import Watch, claims_a_deed
from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import SetRequest, Zone
from zhixing.runtime.cabin import VirtualCabin, make_cabin
from zhixing.testing.parked_car import single

WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
SUNROOF = "Vehicle.Cabin.Sunroof.Position"
NO_FACTS = [
    *(
        "我老婆喜欢二十六度",
        "我不喜欢二十六度",
        "我喜欢二十六度吗",
        "别忘记关窗",
        "我忘记带钥匙了",
        "昨天我把空调开到二十度",
    ),
    *("my wife likes 26 degrees", "I don't like 26 degrees", "ich mag keine 26 Grad", "don't forget the sunroof"),
]
REAR_WINDOWS = [f"Vehicle.Cabin.Door.Row2.{side}.Window.Position" for side in ("DriverSide", "PassengerSide")]


def say(cabin: VirtualCabin, text: str, zone: Zone = Zone.DRIVER) -> tuple[str, str]:
    turn = cabin.finish(cabin.hear(text, zone))
    return turn.outcome, turn.reply


def test_a_group_of_which_the_door_grants_some_is_told_as_those() -> None:
    cabin = make_cabin()
    cabin.vehicle.set_state({"Vehicle.Cabin.IsWindowChildLockEngaged": True})
    outcome, reply = say(cabin, "打开所有车窗", Zone.REAR_LEFT)
    assert outcome == "partial"
    assert reply.startswith("好的，前排车窗打开了。")


def test_of_two_wishes_for_one_thing_the_one_that_was_done_is_told() -> None:
    assert say(make_cabin(), "温度24度，温度20度") == ("done", "好的，主驾温度 20 度。")


def test_undo_leaves_what_somebody_else_has_set_since() -> None:
    cabin = make_cabin()
    cabin.vehicle.set_state({"Vehicle.Cabin.IsWindowChildLockEngaged": True})
    say(cabin, "打开所有车窗", Zone.REAR_LEFT)
    say(cabin, "打开所有车窗")
    say(cabin, "好的")
    say(cabin, "撤销", Zone.REAR_LEFT)
    assert [cabin.store.value(path) for path in REAR_WINDOWS] == [100, 100]


def test_a_touch_on_what_a_correction_sets_back_does_not_stop_the_car() -> None:
    cabin = make_cabin()
    say(cabin, "打开车窗")
    turn = cabin.hear("不对，是天窗", Zone.DRIVER)
    cabin.step(0.1)
    cabin.store.request(SetRequest(path=WINDOW, value=80, zone=Zone.DRIVER, source="touch"))
    turn = cabin.finish(turn)
    assert (turn.outcome, cabin.store.value(SUNROOF)) == ("done", 100)


@pytest.mark.parametrize("first", ["how fast are we going", "现在几度", "讲个笑话", "打开空调", "打开冰箱"])
@pytest.mark.parametrize("then", ["stop", "停", "halt", "暂停", "再来一次", "撤销"])
def test_words_after_a_question_never_raise(first: str, then: str, caplog: pytest.LogCaptureFixture) -> None:
    cabin = make_cabin()
    with caplog.at_level(logging.ERROR):
        for text in (first, "撤销", then, then):
            say(cabin, text)
    assert not caplog.records


@pytest.mark.parametrize(
    ("told", "wishes"),
    [
        ("never fold the mirrors", ["fold the mirrors"]),
        ("never play music", ["play music"]),
        ("never unlock the doors", ["unlock the doors"]),
        ("never heat my seat", ["seat heating on"]),
        ("never release the child lock", ["release the child lock"]),
        ("never turn up the volume", ["make it louder"]),
        ("never open the rear blind", ["open the rear blind"]),
        ("never switch on the reading light", ["all lights on"]),
        ("never open the sunroof", ["open my window", "no, the sunroof"]),
        ("永远不要打开天窗遮阳帘", ["打开天窗"]),
        ("öffne nie das Schiebedach", ["Schiebedach halb auf"]),
    ],
)
def test_what_was_never_to_be_done_is_asked_about_however_it_comes(told: str, wishes: list[str]) -> None:
    cabin = make_cabin()
    if "child lock" in told:
        cabin.vehicle.set_state({"Vehicle.Cabin.IsWindowChildLockEngaged": True})
    assert say(cabin, told)[0] == "done"
    for wish in wishes[:-1]:
        say(cabin, wish)
    before = cabin.store.snapshot()
    assert say(cabin, wishes[-1])[0] == "propose"
    changed = {path for path, value in cabin.store.snapshot().items() if value != before[path]}
    assert changed <= {WINDOW, WINDOW.replace("Position", "IsOpen")}


def test_undo_of_a_closing_is_asked_about_too_and_a_yes_does_it() -> None:
    cabin = make_cabin()
    cabin.vehicle.set_state({SUNROOF: 100})
    say(cabin, "永远不要打开天窗")
    say(cabin, "关闭天窗")
    assert say(cabin, "撤销")[0] == "propose"
    assert cabin.store.value(SUNROOF) == 0
    assert say(cabin, "好的")[0] == "done"
    assert cabin.store.value(SUNROOF) == 100


def test_a_place_of_a_prohibition_is_kept() -> None:
    cabin = make_cabin()
    say(cabin, "永远不要打开左后车窗")
    assert say(cabin, "打开左后车窗")[0] == "propose"
    assert say(cabin, "打开副驾车窗")[0] == "done"


@pytest.mark.parametrize(
    "text",
    NO_FACTS,
)
def test_what_is_no_fact_about_the_speaker_is_neither_kept_nor_done(text: str) -> None:
    cabin = make_cabin()
    before = cabin.store.snapshot()
    say(cabin, text)
    assert cabin.store.snapshot() == before
    assert cabin.assistant.preferences.all() == ()


def test_a_value_that_this_car_cannot_reach_is_not_kept() -> None:
    cabin = make_cabin()
    assert say(cabin, "我喜欢五十度")[0] == "unavailable"
    assert cabin.assistant.preferences.all() == ()


def test_everything_is_forgotten_only_when_it_is_said_so() -> None:
    cabin = make_cabin()
    say(cabin, "我喜欢二十三度")
    say(cabin, "永远不要打开天窗")
    for text in ("忘掉", "忘记我说的", "I forgot", "forget it", "别忘记关窗"):
        say(cabin, text)
    assert len(cabin.assistant.preferences.all()) == 2
    say(cabin, "忘掉我喜欢的温度")
    assert [fact.device for fact in cabin.assistant.preferences.all()] == ["sunroof"]
    say(cabin, "把我的偏好删了")
    assert cabin.assistant.preferences.all() == ()


@pytest.mark.parametrize(
    ("lang", "text", "claims"),
    [
        ("zh", "后备箱已经打开了，车门也解锁了", True),
        ("zh", "天窗是玻璃做的。", False),
        ("en", "I have opened the trunk for you.", True),
        ("en", "The sunroof is made of glass.", False),
        ("de", "Ich habe den Kofferraum geöffnet.", True),
        ("de", "Das Schiebedach ist aus Glas.", False),
    ],
)
def test_words_that_claim_a_deed_are_noticed(lang: Lang, text: str, claims: bool) -> None:
    assert claims_a_deed(text, lang) is claims


@pytest.mark.parametrize("wish", ["关窗", "把窗关上", "窗户关小点", "close the window", "Fenster zu"])
def test_a_closing_without_a_place_is_for_the_only_window_that_is_open(wish: str) -> None:
    cabin = make_cabin()
    passenger = WINDOW.replace("DriverSide", "PassengerSide")
    cabin.vehicle.set_state({passenger: 60})
    assert say(cabin, wish)[0] == "done"
    assert float(single(cabin.store.value(passenger))) < 60
    cabin.vehicle.set_state({passenger: 60, WINDOW: 60})
    say(cabin, wish)
    assert cabin.store.value(passenger) == 60, "with two open, the speaker's own is meant"
    cabin.vehicle.set_state({passenger: 60, WINDOW: 0})
    say(cabin, "关上我这边的窗")
    assert cabin.store.value(passenger) == 60


def test_a_reply_that_grows_is_read_once_and_a_deed_in_it_is_seen_wherever_it_is_cut(
    countings: Callable[..., float],
) -> None:
    text = "从前有一只兔子。它打开了天窗。后来呢？"
    for cut in range(1, len(text)):
        watch = Watch()
        assert watch.sees(text[:cut], "zh") is (cut >= text.index("天窗") + 2)
        assert watch.sees(text, "zh")

    def listen() -> None:
        watch, rabbit = Watch(), "从前有一只兔子，它住在森林里。"
        for num in range(1, 500):
            assert not watch.sees(rabbit * num, "zh")

    assert countings(listen, 1000.0) < 1000.0
