"""What is a yes to a question of the car, and what is none."""

from __future__ import annotations

from typing import Any

import pytest

from zhixing.datatypes.localized import Lang
from zhixing.datatypes.signal import Zone
from zhixing.runtime.cabin import VirtualCabin, make_cabin

TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"
SUNROOF = "Vehicle.Cabin.Sunroof.Position"
WARMTH = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
WINDOW = "Vehicle.Cabin.Door.{}.Window.Position"
OPEN_TRUNK: dict[Lang, str] = {"zh": "打开后备箱", "en": "open the trunk", "de": "Kofferraum öffnen"}
COLD: dict[Lang, str] = {"zh": "有点冷", "en": "I'm cold", "de": "mir ist kalt"}
NO_YES: dict[Lang, str] = {
    "zh": "嗯|那个|后备箱|后备箱？|打开？|是吗|确定吗|没问题吗|要什么|要吗|"
    "行李|行人|对方|好友|好家伙|您好|对了|要下雨了|外面|里面|来|替"
    "|等等|好的等一下|不确定|不是的|没事|没关系|他说可以|好的老婆我马上到|关上|别开|不开了|不要打开后备箱|可以了|行了行了",
    "en": "absolutely not|of course not|definitely not|not sure|i'm not sure|sure not|not yes|yes later|ok wait|yes?"
    "|sure?|who opened the trunk|outside|now|then|that|would|dial|set|please|the trunk|the trunk?|yes, but not now"
    "|he said yes|yes honey i will be home at six|close it|yeah right|no yes|do not do it",
    "de": "sicher nicht|mach nicht|nicht ja|nicht einverstanden|gerne nicht|na klar nicht|ich bin nicht sicher"
    "|ja später|ok warte|ja aber|warum|es regnet|regnet"
    "|jetzt|das|bitte|ja?|klar?|er hat ja gesagt|ja klar schatz bis später",
}
YES: dict[Lang, str] = {
    "zh": "好的|确定|是|是的，打开|打开吧|要|开吧|打开后备箱|嗯，打开后备箱|没事，开",
    "en": "yes|yes please|sure|do it|yes, open it|open it|open the trunk|go ahead|why not",
    "de": "ja|ja bitte|mach auf|ja, mach auf|klar|Kofferraum öffnen|ja, ist okay|warum nicht",
}


def all_of(table: dict[Lang, str]) -> list[Any]:
    return [
        pytest.param(lang, words, id=f"{lang}-{n}") for lang in table for n, words in enumerate(table[lang].split("|"))
    ]


def say(cabin: VirtualCabin, text: str, lang: Lang | None = None, zone: Zone = Zone.DRIVER) -> str:
    return cabin.finish(cabin.hear(text, zone, lang)).outcome


@pytest.mark.parametrize(("lang", "words"), all_of(NO_YES))
def test_what_hedges_or_is_about_something_else_is_no_yes_to_a_guard(lang: Lang, words: str) -> None:
    cabin = make_cabin()
    assert say(cabin, OPEN_TRUNK[lang], lang) == "confirm"
    say(cabin, words, lang)
    assert cabin.store.value(TRUNK) is False


@pytest.mark.parametrize(("lang", "words"), all_of(NO_YES))
def test_what_hedges_or_is_about_something_else_is_no_yes_to_an_offer(lang: Lang, words: str) -> None:
    cabin = make_cabin()
    before = cabin.store.value(WARMTH)
    assert say(cabin, COLD[lang], lang) == "propose"
    say(cabin, words, lang)
    assert cabin.store.value(WARMTH) == before


@pytest.mark.parametrize(("lang", "words"), all_of(YES))
def test_a_clear_yes_or_the_same_wish_again_is_a_yes(lang: Lang, words: str) -> None:
    cabin = make_cabin()
    assert say(cabin, OPEN_TRUNK[lang], lang) == "confirm"
    assert say(cabin, words, lang) == "done"
    assert cabin.store.value(TRUNK) is True


def test_a_half_yes_is_asked_again_and_can_still_be_answered() -> None:
    cabin = make_cabin()
    say(cabin, "打开后备箱")
    assert say(cabin, "没事") == "confirm"
    assert say(cabin, "确定") == "done"


@pytest.mark.parametrize(
    ("first", "second", "untouched"),
    [
        ("打开左后车窗", "打开右后车窗", WINDOW.format("Row2.DriverSide")),
        ("unlock the rear left door", "unlock the passenger door", "Vehicle.Cabin.Door.Row2.DriverSide.IsLocked"),
        ("打开后备箱，打开远光灯", "远光灯", TRUNK),
        ("unlock the doors", "lock the doors", "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"),
    ],
)
def test_a_wish_for_something_else_is_no_yes(first: str, second: str, untouched: str) -> None:
    cabin = make_cabin()
    cabin.vehicle.set_state({"Vehicle.Cabin.IsWindowChildLockEngaged": True})
    before = cabin.store.value(untouched)
    assert say(cabin, first) == "confirm"
    say(cabin, second)
    assert cabin.store.value(untouched) == before


def test_what_was_begun_with_a_not_any_more_ends_and_nothing_opens() -> None:
    cabin = make_cabin()
    ac = "Vehicle.Cabin.HVAC.IsAirConditioningActive"
    for begin, end in (("打开空调", "空调不要了"), ("打开空调", "别开空调了"), ("打开空调", "空调别开了")):
        say(cabin, begin)
        assert cabin.store.value(ac) is True
        say(cabin, end)
        assert cabin.store.value(ac) is False
    for left in ("不开空调", "别把窗户打开", "我不想开空调", "先别开空调"):
        before = cabin.store.snapshot()
        say(cabin, left)
        assert cabin.store.snapshot() == before
