"""The cockpit cannot tell a bus from the car of software: the same words, the same answers, the same car."""

from __future__ import annotations

from collections.abc import Callable

from zhixing.cockpit.assistant import Assistant
from zhixing.cockpit.preferences import Preferences
from zhixing.datatypes.dialogue import Turn, Utterance
from zhixing.datatypes.signal import Zone
from zhixing.datatypes.units import ns_from_s
from zhixing.signals.store import SignalStore
from zhixing.testing.can_car import CanCar
from zhixing.testing.parked_car import HandClock, ParkedCar

SENTENCES = (
    "open my window halfway",
    "打开后备箱",
    "好的",
    "fold the mirrors",
    "make the ambient light blue",
    "schalte die Sitzheizung an",
    "把空调调到二十五度",
    "turn on the massage",
    "开雾灯",
    "有点冷",
)
STEP_S = 0.05


def converse(store: SignalStore, clock: HandClock, step: Callable[[], None]) -> list[tuple[str, str]]:
    assistant = Assistant(store, clock, None, Preferences(None))
    answers: list[tuple[str, str]] = []
    for text in SENTENCES:
        turn: Turn = assistant.hear(Utterance(text=text, zone=Zone.DRIVER, lang=None, time_ns=clock()))
        for _ in range(200):
            if turn.outcome != "working":
                break
            step()
            turn = assistant.settle() or turn
        answers.append((turn.outcome, turn.reply))
    for _ in range(100):  # what is still on its way arrives
        step()
    return answers


def test_the_same_words_get_the_same_answers_and_move_the_same_things() -> None:
    virtual, bus = ParkedCar(), CanCar()
    bus.run(1.5)

    def step() -> None:
        virtual.clock.time_ns += ns_from_s(STEP_S)
        virtual.vehicle.step(STEP_S)

    expected = converse(virtual.store, virtual.clock, step)
    assert converse(bus.store, bus.clock, lambda: bus.run(STEP_S, STEP_S)) == expected
    assert [outcome for outcome, _ in expected].count("done") >= 7
    ours, theirs = dict(bus.store.snapshot()), dict(virtual.store.snapshot())
    differing = {path for path in theirs if ours.get(path) != theirs[path]}
    assert differing == {"Vehicle.StartTime", "Vehicle.VehicleIdentification.Model"}
