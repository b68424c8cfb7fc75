from __future__ import annotations

from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from zhixing.cockpit.understand.lexicon import load_lexicon
from zhixing.datatypes.dialogue import Turn
from zhixing.datatypes.localized import LANGS, Lang
from zhixing.datatypes.signal import SetRequest, Zone

DRIVER_C = "Cabin.HVAC.Station.Row1.Driver.Temperature"
PASSENGER_C = "Cabin.HVAC.Station.Row1.Passenger.Temperature"
DRIVER_SEAT = "Cabin.Seat.Row1.DriverSide.HeatingCooling"
DRIVER_WINDOW = "Cabin.Door.Row1.DriverSide.Window.Position"
PASSENGER_WINDOW = "Cabin.Door.Row1.PassengerSide.Window.Position"
DRIVER_LOCK = "Cabin.Door.Row1.DriverSide.IsLocked"
AC = "Cabin.HVAC.IsAirConditioningActive"
VOLUME = "Cabin.Infotainment.Media.Volume"

MakeCabin = Callable[[dict[str, Any]], Any]


def test_done_is_said_only_when_the_vehicle_has_reported_it(cabin: Any) -> None:
    heard = cabin.hear("把车窗打开")
    assert heard.outcome == "working"
    assert cabin[DRIVER_WINDOW] == 0
    cabin.wait(1.0)
    assert cabin.assistant.settle() is None
    for _ in range(50):
        cabin.wait(0.1)
        finished = cabin.assistant.settle()
        if finished:
            break
    assert finished is not None
    assert finished.outcome == "done"
    assert cabin[DRIVER_WINDOW] == 100


def test_a_vehicle_that_does_nothing_is_told_honestly(cabin: Any) -> None:
    assert cabin.hear("座椅加热打开").outcome == "working"
    cabin.time_ns += 31_000_000_000
    finished = cabin.assistant.settle()
    assert finished is not None
    assert finished.outcome == "failed"
    assert "座椅加热" in finished.reply
    assert cabin.assistant.settle() is None


def test_two_wishes_that_overlap_are_both_finished(cabin: Any) -> None:
    cabin.hear("open my window")
    cabin.hear("open the passenger window")
    outcomes: list[Turn] = []
    for _ in range(80):
        cabin.wait(0.1)
        outcomes.extend(turn for turn in [cabin.assistant.settle()] if turn)
    assert [turn.outcome for turn in outcomes] == ["done", "done"]


def test_a_wish_already_fulfilled_is_done_without_change(cabin: Any) -> None:
    before = cabin.store.snapshot()
    assert cabin.say("温度调到二十二度") == "done"
    assert cabin.changed(before) == {}


def test_relative_wishes_start_from_what_is_coming_and_not_from_what_is(cabin: Any) -> None:
    cabin.hear("make it warmer")
    cabin.hear("make it warmer")
    cabin.wait(1.0)
    assert cabin[DRIVER_C] == 24.0


@pytest.mark.parametrize(
    ("zone", "station"),
    [
        (Zone.DRIVER, "Row1.Driver"),
        (Zone.PASSENGER, "Row1.Passenger"),
        (Zone.REAR_LEFT, "Row2.Driver"),
        (Zone.REAR_RIGHT, "Row2.Passenger"),
    ],
)
def test_what_is_said_without_a_place_is_meant_for_the_speaker(cabin: Any, zone: Zone, station: str) -> None:
    assert cabin.say("turn the temperature to 25 degrees", zone) == "done"
    assert cabin[f"Cabin.HVAC.Station.{station}.Temperature"] == 25.0


def test_nothing_is_done_before_the_yes_not_even_what_needs_none(cabin_with: MakeCabin) -> None:
    cabin = cabin_with({"Body.Raindetection.Intensity": 30})
    before = cabin.store.snapshot()
    assert cabin.say("天窗打开一半") == "confirm"
    assert cabin.changed(before) == {}
    assert cabin.say("可以") == "done"
    assert cabin["Cabin.Sunroof.Position"] == cabin["Cabin.Sunroof.Shade.Position"] == 50


def test_no_drops_the_question(cabin: Any) -> None:
    before = cabin.store.snapshot()
    assert cabin.say("unlock the doors") == "confirm"
    assert cabin.say("no") == "done"
    assert cabin.say("yes") == "ignored"
    assert cabin.changed(before) == {}


def test_only_the_seat_that_was_asked_can_say_yes(cabin: Any) -> None:
    assert cabin.say("unlock the doors") == "confirm"
    assert cabin.say("yes", Zone.REAR_LEFT) == "ignored"
    assert cabin[DRIVER_LOCK] is True
    assert cabin.say("yes") == "done"
    assert cabin[DRIVER_LOCK] is False


@pytest.mark.parametrize("noise", ["嗯", "呃", "um", "uh", "hm", "äh", "...", "", "👍"])
def test_a_noise_is_no_yes(cabin: Any, noise: str) -> None:
    assert cabin.say("unlock the doors") == "confirm"
    assert cabin.say(noise) == "ignored"
    assert cabin[DRIVER_LOCK] is True
    assert cabin.say("yes") == "done"


def test_a_yes_that_comes_too_late_does_nothing(cabin: Any) -> None:
    assert cabin.say("unlock the doors") == "confirm"
    cabin.wait(15.2)
    assert cabin.say("yes") == "clarify"
    assert cabin[DRIVER_LOCK] is True


def test_another_wish_drops_the_open_question(cabin: Any) -> None:
    assert cabin.say("unlock the doors") == "confirm"
    assert cabin.say("turn on the AC") == "done"
    assert cabin.say("yes") == "ignored"
    assert cabin[DRIVER_LOCK] is True


def test_a_yes_cannot_do_what_has_become_forbidden(cabin: Any) -> None:
    assert cabin.say("unlock the doors") == "confirm"
    cabin.vehicle.set_state({"Vehicle.Speed": 30.0})
    assert cabin.say("yes") == "refused"
    assert cabin[DRIVER_LOCK] is True


def test_a_yes_may_repeat_the_wish(cabin_with: MakeCabin) -> None:
    cabin = cabin_with({AC: True})
    assert cabin.say("open my window") == "confirm"
    assert cabin.say("yes, open the window") == "done"
    assert cabin[DRIVER_WINDOW] == 100


@pytest.mark.parametrize(
    ("remark", "yes", "path", "sign"),
    [
        ("我冻死了", "行", DRIVER_C, 1),
        ("it's boiling in here", "sure", DRIVER_C, -1),
        ("mir ist eiskalt", "gerne", DRIVER_C, 1),
        ("坐垫好冷", "要", DRIVER_SEAT, 1),
        ("my lower back aches", "yes please", "Cabin.Seat.Row1.DriverSide.Massage.Level", 1),
        ("das Lenkrad ist eiskalt", "ja", "Chassis.SteeringWheel.HeatingCooling", 1),
        ("前挡都是雾气", "好的", "Cabin.HVAC.IsFrontDefrosterActive", 1),
        ("it smells of exhaust", "do it", "Cabin.HVAC.IsRecirculationActive", 1),
        ("zum Lesen ist es zu dunkel", "ja bitte", "Cabin.Light.Spotlight.Row1.DriverSide.IsLightOn", 1),
    ],
)
def test_a_remark_leads_to_one_concrete_offer(cabin: Any, remark: str, yes: str, path: str, sign: int) -> None:
    before = cabin.store.snapshot()
    assert cabin.say(remark) == "propose"
    assert cabin.changed(before) == {}
    assert cabin.say(yes) == "done"
    assert sign * (float(cabin[path]) - float(before[f"Vehicle.{path}"])) > 0


def test_what_is_on_already_is_not_offered(cabin_with: MakeCabin) -> None:
    cabin = cabin_with({"Cabin.HVAC.IsRecirculationActive": True})
    assert cabin.say("外面好臭") == "propose"
    assert cabin.say("好") == "done"
    assert cabin["Cabin.HVAC.IsRecirculationActive"] is True
    assert cabin["Cabin.HVAC.Station.Row1.Driver.FanSpeed"] > 30


def test_the_reason_beside_a_wish_is_no_remark(cabin: Any) -> None:
    assert cabin.say("it's too hot, turn on the AC") == "done"
    assert cabin[AC] is True


@pytest.mark.parametrize(
    ("first", "word", "path", "value"),
    [
        ("把它打开", "天窗", "Cabin.Sunroof.Position", 100),
        ("set it to forty", "the volume", VOLUME, 40),
        ("Heizung an", "Lenkrad", "Chassis.SteeringWheel.HeatingCooling", 67),
        ("open one of the windows in the back", "left", "Cabin.Door.Row2.DriverSide.Window.Position", 100),
        ("把帘子打开", "后面的", "Cabin.RearShade.Position", 100),
        ("调一下温度", "二十五", DRIVER_C, 25.0),
    ],
)
def test_the_missing_word_completes_the_wish(cabin: Any, first: str, word: str, path: str, value: int) -> None:
    before = cabin.store.snapshot()
    assert cabin.say(first) == "clarify"
    assert cabin.changed(before) == {}
    assert cabin.say(word) == "done"
    assert cabin[path] == value


def test_a_correction_takes_back_what_was_done(cabin: Any) -> None:
    cabin.say("open my window")
    assert cabin.say("no, the other one") == "done"
    assert (cabin[DRIVER_WINDOW], cabin[PASSENGER_WINDOW]) == (0, 100)


def test_a_corrected_difference_starts_from_the_value_before(cabin: Any) -> None:
    cabin.say("温度调高五度")
    assert cabin.say("我说的是两度") == "done"
    assert cabin[DRIVER_C] == 24.0


def test_a_correction_that_is_impossible_changes_nothing(cabin: Any) -> None:
    cabin.say("set the temperature to 25 degrees")
    assert cabin.say("I meant 50") == "unavailable"
    assert cabin[DRIVER_C] == 25.0


def test_undo_puts_everything_back(cabin: Any) -> None:
    before = cabin.store.snapshot()
    cabin.say("open the sunroof and turn on the AC")
    assert cabin.say("undo that") == "done"
    assert cabin.changed(before) == {}


def test_a_follow_up_refers_to_the_same_thing_and_place(cabin: Any) -> None:
    cabin.say("set the passenger temperature to 24")
    cabin.say("a bit more")
    assert (cabin[DRIVER_C], cabin[PASSENGER_C]) == (22.0, 25.0)
    cabin.say("same for me")
    assert cabin[DRIVER_C] == 25.0


def test_a_follow_up_after_minutes_refers_to_nothing(cabin: Any) -> None:
    cabin.say("volume to 40")
    cabin.wait(121.0)
    assert cabin.say("a bit more") == "clarify"


def test_a_follow_up_of_another_seat_needs_a_too(cabin: Any) -> None:
    cabin.say("打开座椅加热")
    assert cabin.say("再高一点", Zone.PASSENGER) == "clarify"
    assert cabin.say("我也要", Zone.PASSENGER) == "done"
    assert cabin["Cabin.Seat.Row1.PassengerSide.HeatingCooling"] == 67


def test_a_refusal_speaks_the_rule_in_the_language_of_the_speaker(cabin_with: MakeCabin) -> None:
    for text, word in (("把车门解锁", "P 挡"), ("unlock the doors", "driving"), ("Türen entriegeln", "Fahrt")):
        cabin = cabin_with({"Speed": 50.0})
        assert cabin.say(text) == "refused"
        assert word in cabin.reply


def test_what_is_possible_is_done_beside_what_is_not(cabin_with: MakeCabin) -> None:
    cabin = cabin_with({"Speed": 50.0})
    assert cabin.say("unlock the doors and set the temperature to 20 degrees") == "partial"
    assert (cabin[DRIVER_LOCK], cabin[DRIVER_C]) == (True, 20.0)
    assert "driving" in cabin.reply
    assert "20 degrees" in cabin.reply


@pytest.mark.parametrize("text", ["关掉车身稳定系统", "turn off traction control", "Tempomat aus"])
def test_drive_functions_are_refused_even_when_parked(cabin: Any, text: str) -> None:
    before = cabin.store.snapshot()
    assert cabin.say(text) == "refused"
    assert cabin.changed(before) == {}


def test_video_is_refused_to_the_driver_and_only_while_moving(cabin_with: MakeCabin) -> None:
    assert cabin_with({"Speed": 50.0}).say("play a movie") == "refused"
    assert cabin_with({"Speed": 50.0}).say("play a movie", Zone.REAR_LEFT) == "unavailable"
    assert cabin_with({}).say("play a movie") == "unavailable"


def test_the_language_is_found_out_and_kept_for_short_words(cabin: Any) -> None:
    cabin.say("Türen entriegeln")
    assert cabin.last is not None
    assert cabin.last.lang == "de"
    assert cabin.hear("OK").lang == "de"


@pytest.mark.parametrize("text", ["关" * 501, "open the window " * 2000, "x" * 1_000_000])
def test_what_is_too_long_is_no_wish(cabin: Any, text: str) -> None:
    before = cabin.store.snapshot()
    assert cabin.say(text) == "clarify"
    assert cabin.changed(before) == {}


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example("\u202e\u0000\ud800")
@example("9" * 300)
@example("温度" + "零" * 100)
@example("“”«»〝〞🚗‍👩‍👧؟שלום")
@given(st.text(max_size=200))
def test_no_text_breaks_the_assistant(cabin: Any, text: str) -> None:
    assert isinstance(cabin.hear(text), Turn)


@pytest.mark.parametrize("lang", LANGS)
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_heap_of_known_words_breaks_the_assistant(cabin: Any, lang: Lang, data: st.DataObject) -> None:
    phrases = [" ".join(tokens) for tokens, _ in load_lexicon(lang).phrases()]
    words = data.draw(st.lists(st.sampled_from([*phrases, "3", "25", "400", ","]), min_size=1, max_size=8))
    zone = data.draw(st.sampled_from(Zone))
    wanted = {path: cabin.store.target(path) for path in cabin.store.catalogue}
    turn = cabin.hear(" ".join(words), zone, lang)
    assert (turn.reply == "") == (turn.outcome == "ignored")
    if turn.outcome in ("confirm", "propose", "clarify", "refused", "unavailable", "answered", "ignored"):
        assert {path: cabin.store.target(path) for path in cabin.store.catalogue} == wanted


def test_a_turn_by_phrases_takes_about_a_millisecond(cabin: Any, countings: Callable[..., float]) -> None:
    ratios = []
    for _ in range(20):
        for text in (
            "把温度调到二十三度",
            "副驾座椅加热开到二档，再把音量调小",
            "turn on the AC and close my window",
        ):
            ratios.append(countings(partial(cabin.hear, text)))
            cabin.wait(5.0)
            cabin.assistant.settle()
    assert median(ratios) < 1.5


def test_whether_the_windows_are_closed_is_said_of_every_window(cabin: Any) -> None:
    cabin.say("打开右后车窗")
    cabin.say("窗户都关了没")
    assert cabin.reply == "没有，主驾、副驾、左后车窗关着，右后车窗全开着。"
    cabin.say("are all windows closed")
    assert cabin.reply.startswith("No, ")


def test_what_is_excepted_or_meant_for_later_is_not_done_now(cabin: Any) -> None:
    for text in ("五分钟后开窗", "打开除了左后以外的所有车窗", "close all the windows except mine"):
        before = dict(cabin.store.snapshot())
        assert cabin.say(text) == "unavailable"
        assert cabin.changed(before) == {}


@pytest.mark.parametrize(("first", "unlocked"), [("锁车门", {"Cabin.Door.Row1.DriverSide.IsLocked": False})])
def test_undoing_asks_for_the_yes_that_doing_would_have_needed(
    cabin_with: MakeCabin, first: str, unlocked: dict[str, Any]
) -> None:
    cabin = cabin_with(unlocked)
    assert cabin.say(first) == "done"
    before = dict(cabin.store.snapshot())
    assert cabin.say("撤销") == "confirm"
    assert cabin.changed(before) == {}
    assert cabin.say("好的") == "done"
    assert cabin[DRIVER_LOCK] is False


def test_what_has_come_to_need_a_yes_meanwhile_is_asked_and_not_claimed(cabin: Any) -> None:
    assert cabin.say("打开后备箱和天窗") == "confirm"
    cabin.vehicle.set_state({"Vehicle.Body.Raindetection.Intensity": 40})
    assert cabin.say("好的") == "confirm"
    assert "雨" in cabin.reply
    assert cabin["Cabin.Sunroof.Position"] == 0
    assert cabin.say("好的") == "done"
    assert cabin["Cabin.Sunroof.Position"] == 100


def test_done_is_not_said_when_somebody_else_wanted_otherwise(cabin: Any) -> None:
    cabin.say("打开副驾车窗")
    cabin.hear("关上副驾车窗")
    cabin.wait(1.0)
    path = f"Vehicle.{PASSENGER_WINDOW}"
    cabin.store.request(SetRequest(path=path, value=100, zone=Zone.PASSENGER, source="touch"))
    cabin.wait(0.1)
    finished = cabin.assistant.settle()
    assert finished is not None
    assert (finished.outcome, finished.requests[0].value) == ("failed", 0)
    assert "又被改" in finished.reply
