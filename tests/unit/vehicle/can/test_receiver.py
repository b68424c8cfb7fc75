"""What is believed of frames, what is not, and when what was known is not known any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from zhixing.datatypes.signal import Value
from zhixing.signals.catalogue import load_catalogue
from zhixing.vehicle.can.layout import EXTENDED, MessageLayout
from zhixing.vehicle.can.protection import seal
from zhixing.vehicle.can.receiver import Receiver
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.wiring import parse_wiring

Dbc = Callable[..., Mapping[str, MessageLayout]]
BUS = """
BO_ 1 Motion: 2 A
 SG_ Speed : 0|16@1+ (0.1,0) [0|250] "km/h" B
BO_ 2 Tires: 4 A
 SG_ Wheel M : 0|2@1+ (1,0) [0|3] "" B
 SG_ Left m0 : 8|10@1+ (1,0) [0|1000] "kPa" B
 SG_ Right m1 : 8|10@1+ (1,0) [0|1000] "kPa" B
BO_ 3 Rain: 1 A
 SG_ Rain : 0|8@1+ (1,0) [0|100] "%" B
BO_ 2147483649 Far: 2 A
 SG_ Humidity : 0|8@1+ (1,0) [0|100] "%" B
"""
CYCLES = "".join(f'BA_ "GenMsgCycleTime" BO_ {key} 100;\n' for key in (1, 2, 2147483649))
SPEED, RAIN, HUMIDITY = "Vehicle.Speed", "Vehicle.Body.Windshield.Front.WasherFluid.Level", "Vehicle.Exterior.Humidity"
LEFT, RIGHT = (f"Vehicle.Chassis.Axle.Row1.Wheel.{side}.Tire.Pressure" for side in ("Left", "Right"))
MAPPING: dict[str, Any] = {
    "status": {
        SPEED: {"at": "Motion.Speed", "max_rate_per_s": 100, "absent": 65535},
        LEFT: "Tires.Left",
        RIGHT: "Tires.Right",
        RAIN: "Rain.Rain",
        HUMIDITY: "Far.Humidity",
    }
}


class Ear:
    """Remembers what it is told; time in tenths of a second."""

    def __init__(self, messages: Mapping[str, MessageLayout]) -> None:
        wiring = parse_wiring(MAPPING, messages, load_catalogue())
        self.heard: list[tuple[str, Value, int]] = []
        self.lost: list[str] = []
        self.tally = Tally()
        self.receiver = Receiver(wiring.status, wiring, self, self.tally)

    def report(self, path: str, value: Value, time_ns: int) -> None:
        self.heard.append((path, value, time_ns // 100_000_000))

    def lose(self, paths: Sequence[str]) -> None:
        self.lost.extend(paths)

    def frame(self, key: int, payload: str, tenth: int) -> None:
        self.receiver.take(key, bytes.fromhex(payload), tenth * 100_000_000)

    def speed(self, speed_kmh: float, tenth: int) -> None:
        self.frame(1, round(10 * speed_kmh).to_bytes(2, "little").hex(), tenth)

    def pass_time(self, first: int, last: int) -> None:
        for tenth in range(first, last):
            self.receiver.expire(tenth * 100_000_000)


@pytest.fixture
def ear(dbc: Dbc) -> Ear:
    return Ear(dbc(BUS, CYCLES))


def test_a_new_value_is_told_at_once_and_one_heard_again_at_the_next_look(ear: Ear) -> None:
    ear.speed(50.0, 1)
    assert ear.heard == [(SPEED, 50.0, 1)]
    ear.speed(50.0, 2)
    ear.speed(50.0, 3)
    assert len(ear.heard) == 1
    ear.receiver.expire(400_000_000)
    assert ear.heard[1:] == [(SPEED, 50.0, 3)]


def test_frames_that_are_not_meant_are_counted(ear: Ear) -> None:
    ear.frame(0x7FF, "00", 1)
    ear.frame(1, "00", 1)
    ear.frame(1, "", 1)
    ear.frame(1, "000000", 1)
    assert (ear.tally.received, ear.tally.unmapped, ear.tally.wrong_length) == (4, 1, 3)
    assert not ear.heard


def test_a_standard_and_an_extended_identifier_are_two(ear: Ear) -> None:
    ear.frame(1 | EXTENDED, "3200", 1)
    assert ear.heard == [(HUMIDITY, 50.0, 1)]


def test_a_multiplexer_says_whose_bits_they_are(ear: Ear) -> None:
    ear.frame(2, "00fa0000", 1)
    ear.frame(2, "01c80000", 2)
    ear.frame(2, "02ffff00", 3)
    assert ear.heard == [(LEFT, 250, 1), (RIGHT, 200, 2)]


def test_each_variant_has_its_own_timeout(ear: Ear) -> None:
    """Two take turns in a message of 100 ms: each is awaited for five times 200 ms."""
    ear.frame(2, "00fa0000", 1)
    for tenth in range(2, 13):
        ear.frame(2, "01c80000", tenth)
        ear.receiver.expire(tenth * 100_000_000)
        assert ear.lost == ([LEFT] if tenth > 11 else [])


def test_a_silent_message_is_lost_once_and_comes_back(ear: Ear) -> None:
    ear.speed(50.0, 1)
    ear.pass_time(1, 7)
    assert not ear.lost
    ear.pass_time(7, 20)
    assert ear.lost == [SPEED]
    assert ear.tally.timeouts == 1
    ear.speed(50.0, 20)
    assert ear.heard[-1] == (SPEED, 50.0, 20)


def test_after_a_silence_the_first_frame_is_believed_wherever_its_counter_is(dbc: Dbc) -> None:
    sealed = ' SG_ Sum : 24|8@1+ (1,0) [0|255] "" B\n SG_ Count : 16|4@1+ (1,0) [0|15] "" B\nBO_ 2 '
    roles = 'BA_ "SignalRole" SG_ 1 Sum 2;\nBA_ "SignalRole" SG_ 1 Count 1;\nBA_ "E2EProfile" BO_ 1 2;\n'
    messages = dbc(BUS.replace("Motion: 2", "Motion: 4").replace("BO_ 2 ", sealed), CYCLES + roles)
    ear, protection = Ear(messages), messages["Motion"].protection
    assert protection is not None
    for count, tenth in ((1, 1), (2, 2), (9, 20), (10, 21)):
        ear.pass_time(tenth - 1, tenth)
        ear.receiver.take(1, seal(protection, bytes((count, 0, 0, 0)), count), tenth * 100_000_000)
    assert {tenth for _, _, tenth in ear.heard if tenth >= 20} == {20, 21}
    assert ear.tally.wrong_counter == 0


def test_after_a_silence_any_plausible_value_is_believed(ear: Ear) -> None:
    ear.speed(0.0, 1)
    ear.pass_time(1, 20)
    ear.speed(120.0, 20)
    assert ear.heard[-1] == (SPEED, 120.0, 20)


def test_a_leap_is_not_believed_until_the_time_allows_for_it(ear: Ear) -> None:
    ear.speed(0.0, 1)
    ear.speed(30.0, 2)
    assert ear.tally.implausible == 1
    ear.speed(30.0, 3)
    ear.speed(30.0, 4)
    assert [value for _, value, _ in ear.heard] == [0.0, 30.0]
    assert not ear.lost


def test_one_wild_value_changes_nothing(ear: Ear) -> None:
    ear.speed(50.0, 1)
    ear.speed(6000.0, 2)
    ear.speed(50.5, 3)
    ear.pass_time(3, 5)
    assert [value for _, value, _ in ear.heard] == [50.0, 50.5, 50.5]
    assert (ear.tally.implausible, ear.lost) == (1, [])


def test_a_value_that_stays_wild_makes_the_signal_stale(ear: Ear) -> None:
    ear.speed(50.0, 1)
    for tenth in range(2, 12):
        ear.speed(6000.0, tenth)
        ear.receiver.expire(tenth * 100_000_000)
    assert ear.lost == [SPEED]
    assert ear.tally.implausible == 10
    ear.speed(80.0, 12)
    assert ear.heard[-1] == (SPEED, 80.0, 12)


def test_while_in_doubt_a_value_is_not_told_again(ear: Ear) -> None:
    ear.speed(50.0, 1)
    ear.pass_time(1, 2)
    ear.heard.clear()
    ear.speed(6000.0, 2)
    ear.pass_time(2, 3)
    assert not ear.heard


def test_a_sender_that_does_not_know_makes_the_signal_unknown(ear: Ear) -> None:
    ear.speed(50.0, 1)
    ear.frame(1, "ffff", 2)
    ear.frame(1, "ffff", 3)
    ear.pass_time(3, 4)
    assert ear.lost == [SPEED]
    assert ear.tally.implausible == 0
    ear.speed(50.0, 4)
    assert ear.heard[-1] == (SPEED, 50.0, 4)


def test_what_is_sent_on_occasion_stays_known_while_the_bus_is_alive(ear: Ear) -> None:
    ear.frame(3, "32", 1)
    ear.speed(50.0, 1)
    for tenth in range(2, 100):
        ear.speed(50.0, tenth)
        ear.receiver.expire(tenth * 100_000_000)
    assert not ear.lost
    ear.pass_time(100, 110)
    assert ear.lost == [SPEED, RAIN]


def test_when_the_bus_is_gone_nothing_is_known(ear: Ear) -> None:
    ear.frame(3, "32", 1)
    ear.speed(50.0, 1)
    ear.receiver.lose_everything()
    assert sorted(ear.lost) == [RAIN, SPEED]
    ear.receiver.lose_everything()
    assert len(ear.lost) == 2
