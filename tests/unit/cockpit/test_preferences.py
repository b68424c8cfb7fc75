"""What the car remembers of its people: learned from words, used where words leave something open, shown, deleted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.cockpit.devices import load_devices
from zhixing.cockpit.preferences import AMOUNTS, Fact, Preferences
from zhixing.cockpit.remembering import told
from zhixing.cockpit.speech import speech_in
from zhixing.cockpit.understand.lexicon import load_lexicon
from zhixing.datatypes.localized import LANGS
from zhixing.datatypes.signal import Zone
from zhixing.errors import InputError
from zhixing.runtime.cabin import VirtualCabin, make_cabin

DRIVER_C = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
PASSENGER_C = "Vehicle.Cabin.HVAC.Station.Row1.Passenger.Temperature"
HEAT = "Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling"
SUNROOF = "Vehicle.Cabin.Sunroof.Position"
REAR_SEAT = "Vehicle.Cabin.Seat.Row2.DriverSide.OccupancyStatus"


def fact(**more: Any) -> Fact:
    return Fact(**{"number": 0, "person": "driver", "kind": "likes", "device": "temperature", "value": 22.0, **more})


def always(_: str) -> bool:
    return True


class Seat:
    """Somebody in a car that remembers."""

    def __init__(self, file: Path | None = None, zone: Zone = Zone.DRIVER) -> None:
        self.cabin: VirtualCabin = make_cabin(preferences=file)
        self.zone = zone

    def say(self, text: str, zone: Zone | None = None) -> str:
        self.turn = self.cabin.finish(self.cabin.hear(text, zone or self.zone))
        return self.turn.outcome

    def __getitem__(self, path: str) -> object:
        return self.cabin.store.value(path)


@pytest.mark.parametrize(
    ("told", "wish"),
    [
        ("记住我喜欢二十三度", "把温度调到我喜欢的温度"),
        ("I like 23 degrees", "set the temperature"),
        ("Merk dir, ich mag 23 Grad", "stell die Temperatur ein"),
    ],
)
def test_a_liking_fills_what_was_left_open(told: str, wish: str) -> None:
    seat = Seat()
    assert (seat.say(told), seat[DRIVER_C]) == ("done", 22.0)
    assert (seat.say(wish), seat[DRIVER_C]) == ("done", 23.0)


def test_what_is_said_comes_before_what_is_liked_and_that_before_the_default() -> None:
    seat = Seat()
    assert (seat.say("打开座椅加热"), seat[HEAT]) == ("done", 67)
    seat.say("关掉座椅加热")
    seat.say("以后座椅加热都开到三档")
    assert (seat.say("打开座椅加热"), seat[HEAT]) == ("done", 100)
    assert (seat.say("座椅加热开到一档"), seat[HEAT]) == ("done", 33)


def test_a_liking_is_of_the_seat_that_said_it() -> None:
    seat = Seat()
    seat.say("我喜欢二十六度", Zone.PASSENGER)
    assert seat.say("set the temperature") == "clarify"
    assert (seat.say("set the temperature", Zone.PASSENGER), seat[PASSENGER_C]) == ("done", 26.0)


@pytest.mark.parametrize(
    ("told", "wish", "yes"),
    [
        ("女儿坐后排的时候千万别开天窗", "打开天窗", "照样打开吧，好的"),
        ("never open the sunroof when my daughter is in the back", "open the sunroof", "yes"),
        ("Öffne nie das Schiebedach, wenn meine Tochter hinten sitzt", "Schiebedach auf", "ja"),
    ],
)
def test_a_never_with_its_condition_is_asked_about_while_the_condition_holds(told: str, wish: str, yes: str) -> None:
    seat = Seat()
    assert seat.say(told) == "done"
    assert (seat.say(wish), seat[SUNROOF]) == ("done", 100)
    assert seat.say("撤销") == "done"
    seat.cabin.vehicle.set_state({REAR_SEAT: "OCCUPIED"})
    assert (seat.say(wish), seat[SUNROOF]) == ("propose", 0)
    assert (seat.say(yes), seat[SUNROOF]) == ("done", 100)


def test_a_seat_of_which_nothing_is_known_counts_as_taken() -> None:
    seat = Seat()
    seat.say("后排有人的时候千万别开天窗")
    seat.cabin.vehicle.set_state({REAR_SEAT: "UNKNOWN"})
    assert seat.say("打开天窗") == "propose"


def test_the_newest_of_two_facts_counts_and_one_with_a_condition_beside_one_without() -> None:
    kept = Preferences()
    kept.learn(fact(value=20.0))
    kept.learn(fact(value=24.0))
    kept.learn(fact(value=26.0, condition="rear-occupied"))
    assert [one.value for one in kept.of(Zone.DRIVER)] == [24.0, 26.0]
    liked = kept.liked(Zone.DRIVER, "temperature", always)
    assert liked is not None
    assert liked.value == 26.0
    alone = kept.liked(Zone.DRIVER, "temperature", lambda condition: not condition)
    assert alone is not None
    assert alone.value == 24.0


@pytest.mark.parametrize(
    ("told", "show", "drop", "word"),
    [
        ("我喜欢22度", "你记得我什么", "忘掉我喜欢的温度", "22"),
        ("I like 22 degrees", "what do you know about me", "forget what I like", "22"),
        ("ich mag 22 Grad", "was weißt du über mich", "vergiss was ich mag", "22"),
    ],
)
def test_facts_are_shown_and_deleted_by_voice(told: str, show: str, drop: str, word: str) -> None:
    seat = Seat()
    seat.say(told)
    assert seat.say(show) == "answered"
    assert word in seat.turn.reply
    assert seat.say(drop) == "done"
    assert seat.say(show) == "answered"
    assert word not in seat.turn.reply


@pytest.mark.parametrize(
    "text", ["我喜欢吃火锅", "我喜欢这首歌", "I like you", "ich mag dieses Lied", "remember the milk"]
)
def test_what_has_nothing_to_do_with_the_car_is_not_kept(text: str) -> None:
    seat = Seat()
    seat.say(text)
    assert seat.cabin.assistant.preferences.all() == ()


@given(st.lists(st.tuples(st.sampled_from(["driver", "passenger"]), st.floats(16, 32), st.booleans()), max_size=30))
def test_never_more_than_one_fact_a_person_thing_and_condition(told: list[tuple[str, float, bool]]) -> None:
    kept = Preferences()
    for person, value, is_conditional in told:
        kept.learn(fact(person=person, value=value, condition="rear-occupied" if is_conditional else ""))
    keys = [(one.person, one.device, one.condition) for one in kept.all()]
    assert len(keys) == len(set(keys))
    assert len({one.number for one in kept.all()}) == len(keys)
    for person, value, is_conditional in told[-1:]:
        newest = kept.all()[-1]
        assert (newest.person, newest.value, bool(newest.condition)) == (person, value, is_conditional)


def subjects() -> Iterator[dict[str, str]]:
    """Yield more things that a fact can be about than a car keeps."""
    for zone, device, condition in itertools.product(Zone, load_devices().by_name, ("", "rear-occupied")):
        yield {"person": zone.value, "device": device, "condition": condition}


def test_the_car_keeps_a_bounded_number_of_facts() -> None:
    kept = Preferences()
    about = list(itertools.islice(subjects(), 300))
    for one in about:
        kept.learn(fact(**one))
    assert len(kept.all()) == 200
    assert {name: getattr(kept.all()[-1], name) for name in about[-1]} == about[-1]


LIKED = {
    "temperature": "设置温度", "fan": "打开风量", "seat_heating": "打开座椅加热", "massage": "打开按摩",
    "volume": "打开音量", "wheel_heating": "打开方向盘加热",
    "ambient": "打开氛围灯", "ambient_brightness": "打开氛围灯亮度",
}  # fmt: skip
SLOTS = {
    "unit": ["degree", "level", "percent"], "amount": sorted(AMOUNTS), "colour": sorted(load_devices().colours),
    "direction": ["up", "off"],
}  # fmt: skip


@given(
    st.sampled_from(sorted(LIKED)),
    st.none() | st.floats(-1e9, 1e9) | st.integers(-1, 101),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in SLOTS.items()}),
)
@settings(max_examples=25)
def test_no_liking_that_is_kept_makes_the_assistant_raise(device: str, value: float | None, slots: Any) -> None:
    seat = Seat()
    kept = seat.cabin.assistant.preferences.learn(fact(device=device, value=value, slots=slots))
    assert seat.say("你记得我什么") == "answered"
    assert all(told(kept, speech_in(lang)) for lang in LANGS)
    assert seat.say(LIKED[device]) in ("done", "clarify", "unavailable")


def test_every_word_of_the_lexicon_can_be_kept() -> None:
    named: dict[str, set[str]] = {}
    for lang in LANGS:
        for _, tags in load_lexicon(lang).phrases():
            for klass, name in tags:
                named.setdefault(klass, set()).add(name)
    kept = Preferences()
    assert named["amount"] == AMOUNTS
    for act in named["act"]:
        kept.learn(fact(kind="never", act=act, value=None))
    for klass, slot in (("unit", "unit"), ("colour", "colour"), ("dir", "direction")):
        for name in named[klass]:
            kept.learn(fact(slots={slot: name}))
    for device in named["device"]:
        kept.learn(fact(device=device, value=999_999_999.0))


def test_a_fact_that_cannot_be_right_is_not_learnt() -> None:
    kept = Preferences()
    for wrong in ({"value": float("nan")}, {"device": "nodevice"}, {"slots": {"colour": "nope"}}):
        with pytest.raises(InputError, match="cannot be"):
            kept.learn(fact(**wrong))
    assert kept.all() == ()
