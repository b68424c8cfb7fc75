"""What the assistant says of things that are stuck, slow, silent or blocked: the truth, in every language."""

from __future__ import annotations

import pytest

from zhixing.datatypes.dialogue import Turn
from zhixing.datatypes.signal import SetRequest, Zone
from zhixing.runtime.cabin import VirtualCabin, make_cabin
from zhixing.vehicle.faults import Fault

WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
OPEN = ["打开车窗", "open my window", "öffne mein Fenster"]
CLOSE = ["关上车窗", "close my window", "mach mein Fenster zu"]
DID_NOT_RESPOND = {"zh": "没有反应", "en": "isn't responding", "de": "keine Reaktion"}
WENT_BACK = {"zh": "碰到东西了", "en": "Something was in the way", "de": "etwas im Weg"}


def say(cabin: VirtualCabin, text: str) -> Turn:
    return cabin.finish(cabin.hear(text, Zone.DRIVER))


@pytest.mark.parametrize("fault", [Fault.STUCK, Fault.SILENT, Fault.SLOW])
@pytest.mark.parametrize("text", OPEN)
def test_what_does_not_report_in_time_is_not_said_to_be_done(text: str, fault: Fault) -> None:
    cabin = make_cabin()
    cabin.vehicle.fail(WINDOW, fault)
    turn = cabin.hear(text, Zone.DRIVER)
    for _ in range(299):
        assert turn.outcome == "working", "nothing is said to be done before it is"
        turn = cabin.step(0.1) or turn
    turn = cabin.finish(turn)
    assert turn.outcome == "failed"
    assert DID_NOT_RESPOND[turn.lang] in turn.reply


@pytest.mark.parametrize("text", OPEN)
def test_what_is_mended_in_time_is_done_when_it_reports(text: str) -> None:
    cabin = make_cabin()
    cabin.vehicle.fail(WINDOW, Fault.STUCK)
    turn = cabin.hear(text, Zone.DRIVER)
    for _ in range(100):
        assert cabin.step(0.1) is None
    cabin.vehicle.repair(WINDOW)
    assert cabin.finish(turn).outcome == "done"
    assert cabin.store.value(WINDOW) == 100


@pytest.mark.parametrize("text", CLOSE)
def test_a_window_that_met_something_is_told_so_at_once(text: str) -> None:
    cabin = make_cabin()
    cabin.vehicle.set_state({WINDOW: 100})
    cabin.vehicle.obstruct(WINDOW, 40.0)
    started_ns = cabin.clock()
    turn = say(cabin, text)
    assert turn.outcome == "failed"
    assert WENT_BACK[turn.lang] in turn.reply
    assert cabin.clock() - started_ns < 4_000_000_000
    for _ in range(30):
        cabin.step(0.1)
    assert (cabin.store.value(WINDOW), cabin.store.target(WINDOW)) == (52, None)
    cabin.vehicle.clear(WINDOW)
    assert say(cabin, text).outcome == "done"


@pytest.mark.parametrize("text", CLOSE)
def test_what_somebody_else_wanted_meanwhile_is_told_as_that(text: str) -> None:
    cabin = make_cabin()
    cabin.vehicle.set_state({WINDOW: 100})
    turn = cabin.hear(text, Zone.DRIVER)
    cabin.step(0.1)
    cabin.store.request(SetRequest(path=WINDOW, value=80, zone=Zone.PASSENGER, source="touch"))
    turn = cabin.finish(turn)
    assert turn.outcome == "failed"
    assert WENT_BACK[turn.lang] not in turn.reply


@pytest.mark.parametrize(
    ("text", "named"),
    [("关上所有车窗", "左后"), ("close all windows", "rear left"), ("alle Fenster zu", "hinten links")],
)
@pytest.mark.parametrize("is_stuck", [True, False], ids=["stuck", "blocked"])
def test_of_a_group_only_what_did_not_do_it_is_named(text: str, named: str, is_stuck: bool) -> None:
    cabin = make_cabin()
    sides = ("DriverSide", "PassengerSide")
    windows = [f"Vehicle.Cabin.Door.{row}.{side}.Window.Position" for row in ("Row1", "Row2") for side in sides]
    cabin.vehicle.set_state(dict.fromkeys(windows, 100))
    if is_stuck:
        cabin.vehicle.fail(windows[2], Fault.STUCK)
    else:
        cabin.vehicle.obstruct(windows[2], 30.0)
    turn = say(cabin, text)
    assert turn.outcome == "failed"
    assert (DID_NOT_RESPOND if is_stuck else WENT_BACK)[turn.lang] in turn.reply
    assert named in turn.reply.lower()
    assert [cabin.store.value(path) for path in windows] == [0, 0, 100 if is_stuck else 45, 0]
