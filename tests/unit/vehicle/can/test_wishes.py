"""What is wished is said until it is done, and often enough where nobody waits for it."""

from __future__ import annotations

import pytest

from zhixing.datatypes.signal import Value
from zhixing.signals.catalogue import load_catalogue
from zhixing.vehicle.can.opening import open_wiring
from zhixing.vehicle.can.sender import Sender
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import Wiring
from zhixing.vehicle.can.wishes import ANSWER_WITHIN_S, Wishes

VOLUME, WINDOW = "Vehicle.Cabin.Infotainment.Media.Volume", "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
TENTH = 100_000_000


class Mouth:
    """Hears what is said of one signal; its target is open until it is taken away."""

    def __init__(self, wiring: Wiring, path: str) -> None:
        self.wire = next(wire for wire in wiring.commands if wire.path == path)
        self.targets: dict[str, Value] = {}
        self.given_up: list[str] = []
        self.said: list[Value | None] = []
        self.tally = Tally()
        self.wishes = Wishes(wiring, self.targets.get, lambda path: None, self.given_up.append, self.send, self.tally)

    def send(self, key: int, payload: bytes) -> None:
        if key == self.wire.message.key:
            self.said.append(self.wire.meaning.value_of(self.wire.signal.raw_of(self.wire.signal.field.read(payload))))

    def run(self, first: int, last: int) -> None:
        for tenth in range(first, last):
            self.wishes.step(tenth * TENTH)


@pytest.fixture(scope="module")
def wiring() -> Wiring:
    return open_wiring(load_catalogue())


def test_on_occasion_it_is_said_again_until_it_is_done(wiring: Wiring) -> None:
    mouth = Mouth(wiring, VOLUME)
    mouth.targets[VOLUME] = 40
    mouth.wishes.add(VOLUME, 40, 0)
    mouth.run(0, 10)
    assert mouth.said == [40] * 10
    del mouth.targets[VOLUME]
    mouth.run(10, 20)
    assert len(mouth.said) == 11
    assert not len(mouth.wishes)


def test_in_a_cycle_nothing_is_said_before_and_after(wiring: Wiring) -> None:
    mouth = Mouth(wiring, WINDOW)
    mouth.run(0, 3)
    mouth.targets[WINDOW] = 70
    mouth.wishes.add(WINDOW, 70, 3 * TENTH)
    mouth.run(3, 8)
    del mouth.targets[WINDOW]
    mouth.run(8, 11)
    assert mouth.said == [None] * 3 + [70] * 6 + [None] * 2


@pytest.mark.parametrize("path", [VOLUME, WINDOW])
def test_what_nobody_waits_for_is_said_three_times(wiring: Wiring, path: str) -> None:
    mouth = Mouth(wiring, path)
    mouth.wishes.add(path, 20, 0)
    mouth.run(0, 10)
    assert mouth.said.count(20) == 3
    assert mouth.tally.unanswered == 0


def test_a_newer_wish_takes_the_older_one_s_place_and_time(wiring: Wiring) -> None:
    mouth = Mouth(wiring, VOLUME)
    mouth.targets[VOLUME] = 1
    mouth.wishes.add(VOLUME, 1, 0)
    mouth.run(0, 2)
    mouth.wishes.add(VOLUME, 2, 10 * TENTH)
    mouth.run(10, round(10 * ANSWER_WITHIN_S) + 5)
    assert mouth.said[2:] == [2] * (len(mouth.said) - 2)
    assert mouth.tally.unanswered == 0
    mouth.run(round(10 * ANSWER_WITHIN_S) + 5, round(10 * ANSWER_WITHIN_S) + 20)
    assert mouth.tally.unanswered == 1
    assert mouth.given_up == [VOLUME]


def test_what_the_bus_has_no_number_for_is_not_said(wiring: Wiring) -> None:
    mouth = Mouth(wiring, VOLUME)
    mouth.wishes.add(VOLUME, 101, 0)
    mouth.run(0, 5)
    assert not mouth.said
    assert mouth.tally.unsendable == 1
    assert mouth.given_up == [VOLUME]


def test_what_is_not_mapped_is_sent_as_the_dbc_starts_it(wiring: Wiring) -> None:
    wire = next(wire for wire in wiring.commands if wire.path == WINDOW)
    sent: list[bytes] = []
    Sender((wire,), {WINDOW: 5}.get, lambda key, payload: sent.append(payload)).send_now(wire.message.name)
    signals = wire.message.signals
    assert signals["FrontLeft"].field.read(sent[0]) == 5
    assert signals["RearRight"].field.read(sent[0]) == 127


def test_all_variants_of_a_message_are_said(wiring: Wiring) -> None:
    colour = "Vehicle.Cabin.Light.AmbientLight.Row2.PassengerSide.Color"
    mouth = Mouth(wiring, colour)
    mouth.targets[colour] = "#010203"
    mouth.wishes.add(colour, "#010203", 0)
    mouth.run(0, 1)
    assert mouth.said[-1] == "#010203"
    assert len(mouth.said) == 4
