"""Talking with a car that drives itself: wishes become signals within bounds, and why is told from its log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhixing.cockpit.assistant import Assistant
from zhixing.cockpit.speech import speech_in
from zhixing.cockpit.why import tell
from zhixing.datatypes.driving_account import Account, Episode
from zhixing.datatypes.localized import LANGS, Lang
from zhixing.datatypes.signal import Value, Zone
from zhixing.datatypes.tracks import RoadUser
from zhixing.datatypes.units import ns_from_s
from zhixing.driving.because import cause_of
from zhixing.driving.explain import explain
from zhixing.driving.safety.sentences import explain_check

BRANCH = "Vehicle.ADAS.AutomatedDriving"
FIRST: dict[str, Value] = {
    "Style": "NORMAL",
    "Headway": 1.0,
    "MaxSpeed": 120.0,
    "Manoeuvre": "NONE",
    "LeftTurnDistance": 120.0,
    "RightTurnDistance": 0.0,
}
YIELD = cause_of(explain("yield", RoadUser.EBIKE, 17), RoadUser.EBIKE)
RED = cause_of(explain("red-light", 0, -1), None)
CHECK = cause_of(explain_check("safety-ttc", RoadUser.CAR, 4), RoadUser.CAR)
QUIET = Account(
    time_ns=ns_from_s(500.0), speed_mps=10.0, limit_mps=12.0, cause=cause_of(explain("free-road", 0, -1), None)
)


class Driver:
    """Provides the signals of a driver, as quickly as it is asked, and has an account."""

    def __init__(self, cabin: Any, speed_kmh: float = 50.0) -> None:
        self.account = QUIET
        self.store = cabin.store
        cabin.vehicle.set_state({"Vehicle.Speed": speed_kmh})
        paths = [f"{BRANCH}.{name}" for name in FIRST]
        cabin.store.provide(paths, self.report, "driver")
        for name, value in FIRST.items():
            self.report(f"{BRANCH}.{name}", value)
        cabin.assistant = Assistant(cabin.store, lambda: cabin.time_ns, account=lambda: self.account)

    def report(self, path: str, value: Value) -> None:
        self.store.publish(path, value, self.store.now_ns(), "driver")

    def __getitem__(self, name: str) -> Any:
        return self.store.value(f"{BRANCH}.{name}")


@pytest.fixture
def driver(cabin: Any) -> Driver:
    return Driver(cabin)


@pytest.mark.parametrize(
    ("lang", "say", "name", "value", "reply"),
    [
        ("zh", "开慢点", "MaxSpeed", 40.0, "好的，开慢一点，最快 40 公里。"),
        ("zh", "跟近一点", "Headway", 0.8, "好的，跟车近一点，时距 0.8 秒。"),
        ("zh", "离前车远一点", "Headway", 1.5, "好的，离前车远一点，时距 1.5 秒。"),
        ("zh", "稳一点", "Style", "CALM", "好的，开得稳一点，时距 1.5 秒。"),
        ("zh", "激进点", "Style", "BRISK", "好的，开得积极一点，时距 0.8 秒。"),
        ("zh", "超过去", "Manoeuvre", "OVERTAKE", "好的，有安全的空当就超过去。"),
        ("zh", "下个路口左转", "Manoeuvre", "TURN_LEFT", "好的，前面大约 120 米左转。"),
        ("zh", "靠边停车", "Manoeuvre", "PULL_OVER", "好的，找个能停的地方就靠边停。"),
        ("zh", "最快开到六十公里", "MaxSpeed", 60.0, "好的，最快开 60 公里，不会超过限速。"),
        ("en", "slow down", "MaxSpeed", 40.0, "OK, slower, at most 40 km/h."),
        ("en", "next left please", "Manoeuvre", "TURN_LEFT", "OK, turning left in about 120 metres."),
        ("en", "keep a gap of two seconds", "Headway", 2.0, "OK, 2 seconds behind the car ahead."),
        ("de", "fahr rechts ran", "Manoeuvre", "PULL_OVER", "Okay, ich halte am Rand, sobald wir dort stehen dürfen."),
        ("de", "mehr Abstand", "Headway", 1.5, "Okay, mehr Abstand, 1,5 Sekunden."),
        ("de", "fahr zügiger", "Style", "BRISK", "Okay, ich fahre zügiger, mit 0,8 Sekunden Abstand."),
    ],
)
def test_a_wish_is_done_and_told(
    cabin: Any, driver: Driver, lang: Lang, say: str, name: str, value: Value, reply: str
) -> None:
    assert cabin.say(say, lang=lang) == "done"
    assert driver[name] == value
    assert cabin.reply == reply


def test_nothing_is_said_to_be_done_before_the_driver_reports_it(
    cabin: Any, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver.store, "_tell_provider", lambda path, value: None)
    turn = cabin.hear("稳一点")
    assert (turn.outcome, turn.reply) == ("working", "好的。")
    assert cabin.assistant.settle() is None
    driver.report(f"{BRANCH}.Style", "CALM")
    driver.report(f"{BRANCH}.Headway", 1.5)
    assert cabin.assistant.settle().outcome == "done"


def test_at_a_bound_it_says_so(cabin: Any, driver: Driver) -> None:
    for say, name, value, reply in [
        ("跟近一点", "Headway", 0.8, "已经是最近的安全距离了。"),
        ("离前车远一点", "Headway", 3.0, "已经是最远的跟车距离了。"),
        ("开慢点", "MaxSpeed", 10.0, "已经是最慢的了，最快 10 公里。"),
        ("激进点", "Style", "BRISK", "已经是最积极的开法了。"),
    ]:
        for _ in range(12):
            assert cabin.say(say) == "done"
        assert driver[name] == value
        assert cabin.reply == reply


@pytest.mark.parametrize("say", ["时距0.5秒", "最快开到五公里", "最快开到两百公里"])
def test_out_of_bounds_is_refused_with_what_is_possible(cabin: Any, driver: Driver, say: str) -> None:
    before = cabin.store.snapshot()
    assert cabin.say(say) == "refused"
    assert "只能设在" in cabin.reply
    assert cabin.changed(before) == {}


def test_where_there_is_no_turn_it_says_so(cabin: Any, driver: Driver) -> None:
    assert cabin.say("下个路口右转") == "refused"
    assert cabin.reply == "前面这一段没有能右转的路口。"
    assert driver["Manoeuvre"] == "NONE"


def test_other_seats_have_it_calmer_and_may_have_it_stopped(cabin: Any, driver: Driver) -> None:
    for zone in (Zone.PASSENGER, Zone.REAR_LEFT, Zone.REAR_RIGHT):
        assert cabin.say("开快点", zone) == "refused"
        assert cabin.say("跟近一点", zone) == "refused"
        assert cabin.say("超过去", zone) == "refused"
        assert cabin.say("下个路口左转", zone) == "refused"
        assert cabin.say("开慢点", zone) == "done"
        assert cabin.say("离前车远一点", zone) == "done"
        assert cabin.say("靠边停车", zone) == "done"
        assert cabin.say("走吧", zone) == "refused"
        assert driver["Manoeuvre"] == "PULL_OVER"
    assert cabin.say("走吧", Zone.DRIVER) == "done"
    assert driver["Manoeuvre"] == "NONE"


@pytest.mark.parametrize("say", ["走吧", "go on", "weiter"])
def test_go_on_means_driving_only_where_the_car_stands_for_a_wish(cabin: Any, driver: Driver, say: str) -> None:
    assert cabin.say(say) != "refused"
    assert driver["Manoeuvre"] == "NONE"
    cabin.say("靠边停车")
    assert cabin.say(say) == "done"
    assert driver["Manoeuvre"] == "NONE"


def test_a_bare_word_goes_to_what_was_spoken_of(cabin: Any, driver: Driver) -> None:
    assert cabin.say("slower", lang="en") == "done"
    assert driver["MaxSpeed"] == 40.0
    cabin.say("wipers on", lang="en")
    cabin.say("slower", lang="en")
    assert driver["MaxSpeed"] == 40.0
    cabin.say("drive slower", lang="en")
    cabin.say("再慢一点")
    assert driver["MaxSpeed"] == 25.0


def test_faster_lifts_the_cap_then_the_style_and_normal_takes_all_back(cabin: Any, driver: Driver) -> None:
    cabin.say("开慢点")
    cabin.say("开快点")
    assert driver["MaxSpeed"] == 50.0
    cabin.say("正常开")
    assert (driver["MaxSpeed"], driver["Style"], driver["Headway"]) == (120.0, "NORMAL", 1.0)
    cabin.say("开快点")
    assert (driver["MaxSpeed"], driver["Style"], driver["Headway"]) == (120.0, "BRISK", 0.8)


def test_two_wishes_at_once_and_a_wish_beside_another_thing(cabin: Any, driver: Driver) -> None:
    assert cabin.say("关上车窗，开慢点") == "done"
    assert driver["MaxSpeed"] == 40.0
    assert cabin.say("超过去，然后把音量调到20") == "done"
    assert driver["Manoeuvre"] == "OVERTAKE"
    assert cabin["Cabin.Infotainment.Media.Volume"] == 20


def test_a_wish_can_be_undone(cabin: Any, driver: Driver) -> None:
    cabin.say("稳一点")
    assert cabin.say("撤销") == "done"
    assert (driver["Style"], driver["Headway"]) == ("NORMAL", 1.0)


def test_what_nobody_may_order_is_the_cars_own(cabin: Any, driver: Driver) -> None:
    assert cabin.say("掉头") == "refused"
    assert "我自己" in cabin.reply


@pytest.mark.parametrize("say", ["开慢点", "超车", "靠边停车", "下个路口左转", "pull over", "fahr langsamer"])
def test_where_a_person_drives_it_stays_with_that_person(cabin: Any, say: str) -> None:
    before = cabin.store.snapshot()
    assert cabin.say(say) in ("refused", "ignored", "unavailable")
    assert cabin.changed(before) == {}


@pytest.mark.parametrize("say", ["刚才为什么停车", "why did you brake", "worauf wartest du"])
def test_where_a_person_drives_nothing_is_made_up(cabin: Any, say: str) -> None:
    assert cabin.say(say) == "answered"
    assert cabin.reply in (
        "现在不是我在开车，所以我没有这样的记录。",
        "I am not the one driving, so I have no record of that.",
        "Ich fahre gerade nicht, darum weiß ich das nicht.",
    )


def braked(ago_s: float, cause: Any = YIELD, **changes: Any) -> Episode:
    end_ns = QUIET.time_ns - ns_from_s(ago_s)
    episode = Episode(
        deed="braked", began_ns=end_ns - ns_from_s(2.0), ended_ns=end_ns, from_mps=9.0, to_mps=3.0, hardest_mps2=3.0,
        cause=cause,
    )  # fmt: skip
    return replace(episode, **changes)


@pytest.mark.parametrize(
    ("say", "account", "reply"),
    [
        (
            "为什么刹车",
            replace(QUIET, episodes=(braked(14.0),)),
            "刚才为横穿的电动车让行，所以刹了车，时速从 32 减到 11 公里。",
        ),
        (
            "why did you brake",
            replace(QUIET, episodes=(braked(40.0),)),
            "I braked 40 seconds ago to give way to a crossing e-bike, from 32 to 11 km/h.",
        ),
        (
            "warum hast du gebremst",
            replace(QUIET, episodes=(braked(5.0),)),
            "Eben habe ich von 32 auf 11 km/h gebremst, um ein querendes E-Bike durchzulassen.",
        ),
        (
            "why did you brake",
            replace(QUIET, episodes=(braked(90.0, CHECK),)),
            "I braked over a minute ago: the safety check saw that we could hit the car, from 32 to 11 km/h.",
        ),
        ("你怎么突然减速了", replace(QUIET, episodes=(braked(0.0, RED, ended_ns=None),)), "前面是红灯，所以正在刹车。"),
        (
            "刚才为什么停车",
            replace(QUIET, episodes=(braked(9.0, RED, deed="stood", began_ns=QUIET.time_ns - ns_from_s(21.0)),)),
            "刚才前面是红灯，所以停了 12 秒。",
        ),
        ("为啥不走", replace(QUIET, speed_mps=0.0, cause=RED), "前面是红灯，所以停着。"),
        ("worauf wartest du", replace(QUIET, speed_mps=0.0, cause=RED), "Wir stehen: rote Ampel."),
        ("what are you waiting for", QUIET, "We are not standing, we are doing 36 km/h."),
        ("why are we so slow", QUIET, "We are doing 36 km/h where 43 is allowed; nothing slows us down."),
        ("为什么这么慢", replace(QUIET, speed_mps=5.0, cause=YIELD), "现在时速 18 公里：为横穿的电动车让行。"),
        ("为什么这么慢", replace(QUIET, speed_mps=5.0, wished_mps=5.6), "你说过最快开 20 公里，现在时速 18 公里。"),
        ("为什么刹车", QUIET, "最近两分钟没有刹过车。"),
        ("为什么刹车", replace(QUIET, episodes=(braked(150.0),)), "最近两分钟没有刹过车。"),
        (
            "why did we stop",
            replace(QUIET, episodes=(braked(10.0),)),
            "We have not stopped in the last two minutes. "
            "I braked just now to give way to a crossing e-bike, from 32 to 11 km/h.",
        ),
        ("why did you change lanes", QUIET, "I have not changed lanes in the last two minutes."),
    ],
)
def test_why_is_told_as_it_was(cabin: Any, driver: Driver, say: str, account: Account, reply: str) -> None:
    driver.account = account
    before = cabin.store.snapshot()
    assert cabin.say(say) == "answered"
    assert cabin.reply == reply
    assert cabin.changed(before) == {}


def test_a_question_why_leaves_the_cars_own_question_open(cabin: Any, driver: Driver) -> None:
    driver.account = replace(QUIET, episodes=(braked(14.0),))
    assert cabin.say("打开远光灯") == "confirm"
    assert cabin.say("刚才为什么刹车") == "answered"
    assert cabin.say("确定") == "done"
    assert cabin["Body.Lights.Beam.High.IsOn"] is True


@pytest.mark.parametrize("lang", LANGS)
@settings(deadline=None, max_examples=30)
@given(data=st.data())
def test_every_answer_is_made_of_what_happened(lang: Lang, data: st.DataObject) -> None:
    causes = st.sampled_from([YIELD, RED, CHECK])
    episodes = data.draw(
        st.lists(
            st.builds(braked, st.floats(0.0, 170.0), causes, deed=st.sampled_from(["braked", "stood", "changed-lane"])),
            max_size=4,
        )
    )
    account = replace(QUIET, episodes=tuple(episodes), cause=data.draw(causes), speed_mps=data.draw(st.floats(0, 15)))
    about = data.draw(st.sampled_from(["brake", "stop", "slow", "wait", "move"]))
    text = tell(about, account, speech_in(lang))
    real = {cause.because.in_lang(lang) for cause in (account.cause, *(one.cause for one in episodes))}
    for cause in (YIELD, RED, CHECK):
        because = cause.because.in_lang(lang)
        assert because not in text or because in real
