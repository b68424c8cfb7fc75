"""A wish goes over the bus and comes back as what is; what breaks on the way makes signals stale, never wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from zhixing.datatypes.signal import Granted, NeedsYes, Refused, Value, Zone
from zhixing.errors import ProvidedError
from zhixing.testing.can_car import CanCar, CrossedLine
from zhixing.testing.parked_car import parked_state
from zhixing.vehicle.can.devices import SimulatedDevices
from zhixing.vehicle.can.receiver import Receiver
from zhixing.vehicle.can.tally import Tally
from zhixing.vehicle.can.vehicle import CanVehicle
from zhixing.vehicle.can.wiring import Wire, Wiring
from zhixing.vehicle.can.wishes import ANSWER_WITHIN_S
from zhixing.vehicle.interface import Vehicle

SPEED, WINDOW = "Vehicle.Speed", "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
TEMPERATURE = "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
VOLUME, TRUNK = "Vehicle.Cabin.Infotainment.Media.Volume", "Vehicle.Body.Trunk.Rear"
COLOUR = "Vehicle.Cabin.Light.AmbientLight.Row2.PassengerSide.Color"


class Ear:
    """Remembers what it is told."""

    def __init__(self, heard: list[Value]) -> None:
        self.heard = heard

    def report(self, path: str, value: Value, time_ns: int) -> None:
        self.heard.append(value)

    def lose(self, paths: Sequence[str]) -> None:
        raise AssertionError(paths)


def test_what_the_devices_are_is_what_the_store_knows(can_car: CanCar) -> None:
    differing = {path for path, value in parked_state().items() if can_car.store.value(path) != value}
    assert differing == {"Vehicle.StartTime", "Vehicle.VehicleIdentification.Model"}
    assert can_car.vehicle.tally.implausible == can_car.vehicle.tally.wrong_counter == 0
    assert can_car.store.sample(SPEED).source == "can test"


def test_a_window_moves_over_seconds_and_is_reached_when_the_bus_says_so(can_car: CanCar) -> None:
    assert isinstance(can_car.ask(WINDOW, 80), Granted)
    can_car.run(1.0)
    assert 15 <= can_car.store.value(WINDOW) <= 27  # type: ignore[operator]
    assert can_car.store.target(WINDOW) == 80
    can_car.run(3.0)
    assert can_car.store.value(WINDOW) == 80
    assert can_car.store.target(WINDOW) is None
    assert can_car.store.value(WINDOW.replace("Position", "IsOpen")) is True


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (VOLUME, 63),
        (COLOUR, "#12AB34"),
        (TEMPERATURE, 25.5),
        ("Vehicle.Cabin.Seat.Row1.PassengerSide.HeatingCooling", -40),
        ("Vehicle.Cabin.Seat.Row2.Middle.Massage.Level", 100),
        ("Vehicle.Cabin.HVAC.Station.Row2.Passenger.AirDistribution", "UP"),
        ("Vehicle.Body.Windshield.Front.Wiping.Mode", "INTERVAL"),
        ("Vehicle.Powertrain.TractionBattery.Charging.ChargeLimit", 80),
        ("Vehicle.Body.Lights.Beam.Low.IsOn", True),
    ],
)
def test_every_kind_of_wish_arrives_and_comes_back(can_car: CanCar, path: str, value: Value) -> None:
    assert isinstance(can_car.ask(path, value), Granted)
    can_car.run(2.5)
    assert can_car.store.value(path) == value
    assert can_car.store.target(path) is None
    assert can_car.devices.store.value(path) == value


def test_a_wish_between_two_steps_of_the_bus_is_reached(can_car: CanCar) -> None:
    can_car.ask(TEMPERATURE, 21.3)
    can_car.run(1.0)
    assert (can_car.store.value(TEMPERATURE), can_car.store.target(TEMPERATURE)) == (21.3, None)
    can_car.devices.vehicle.set_state({TEMPERATURE: 24.0})
    can_car.run(0.5)
    can_car.devices.vehicle.set_state({TEMPERATURE: 21.5})
    can_car.run(0.5)
    assert can_car.store.value(TEMPERATURE) == 21.5  # somebody has turned it by hand


def test_a_lid_is_opened_by_its_motor_after_a_yes(can_car: CanCar) -> None:
    question = can_car.ask(f"{TRUNK}.IsOpen", True)
    assert isinstance(question, NeedsYes)
    can_car.store.confirm(question.token, Zone.DRIVER)
    can_car.run(5.0)
    assert can_car.store.value(f"{TRUNK}.IsOpen") is True
    assert can_car.store.value(f"{TRUNK}.Position") == 100


def test_what_has_no_command_is_refused(can_car: CanCar) -> None:
    outcome = can_car.ask(WINDOW.replace("Position", "IsOpen"), True)
    assert isinstance(outcome, Refused)
    assert outcome.rule == "no-provider"


def test_two_wishes_in_one_message_do_not_disturb_each_other(can_car: CanCar) -> None:
    other = WINDOW.replace("DriverSide", "PassengerSide")
    can_car.ask(WINDOW, 50)
    can_car.run(0.6)
    can_car.ask(other, 30)
    can_car.run(2.5)
    assert [can_car.store.value(path) for path in (WINDOW, other)] == [50, 30]


def test_what_becomes_forbidden_is_stopped_on_the_bus(can_car: CanCar) -> None:
    question = can_car.ask(f"{TRUNK}.IsOpen", True)
    assert isinstance(question, NeedsYes)
    can_car.store.confirm(question.token, Zone.DRIVER)
    can_car.run(1.0)
    can_car.devices.vehicle.set_state({SPEED: 3.0})
    can_car.run(4.0)
    assert can_car.devices.store.value(f"{TRUNK}.Position") < 60  # type: ignore[operator]
    assert can_car.store.target(f"{TRUNK}.Position") is None


def test_a_silent_message_makes_its_signals_stale_and_no_others(can_car: CanCar) -> None:
    can_car.devices.faults.silent.add("MotionStatus")
    can_car.run(0.4)
    assert not can_car.store.sample(SPEED).is_stale
    can_car.run(0.3)
    assert can_car.store.sample(SPEED).is_stale
    assert not can_car.store.sample(WINDOW).is_stale
    can_car.devices.faults.silent.clear()
    can_car.run(0.1)
    assert not can_car.store.sample(SPEED).is_stale


@pytest.mark.parametrize(("fault", "count"), [("corrupt", "wrong_checksum"), ("frozen", "wrong_counter")])
def test_what_is_not_what_its_sender_meant_is_not_believed(can_car: CanCar, fault: str, count: str) -> None:
    getattr(can_car.devices.faults, fault).add("MotionStatus")
    can_car.devices.vehicle.set_state({SPEED: 70.0})
    for _ in range(30):
        can_car.run(0.1)
        assert can_car.store.value(SPEED) == 0.0
    assert can_car.store.sample(SPEED).is_stale
    assert getattr(can_car.vehicle.tally, count) >= 100
    getattr(can_car.devices.faults, fault).clear()
    can_car.run(0.2)
    assert can_car.store.value(SPEED) == 70.0


def test_an_implausible_value_is_not_believed(can_car: CanCar) -> None:
    can_car.devices.faults.absurd["MotionStatus", "Speed"] = 32_000  # 320 km/h
    can_car.run(0.3)
    assert (can_car.store.value(SPEED), can_car.store.sample(SPEED).is_stale) == (0.0, False)
    can_car.run(0.5)
    assert can_car.store.sample(SPEED).is_stale
    assert not can_car.store.sample("Vehicle.IsMoving").is_stale
    assert can_car.vehicle.tally.implausible >= 30


def test_a_wish_that_nobody_answers_is_said_for_a_while_and_given_up(can_car: CanCar) -> None:
    can_car.devices.faults.silent.add("MediaStatus")
    can_car.devices.vehicle.set_state({VOLUME: 10})
    can_car.ask(VOLUME, 30)
    can_car.run(1.0)
    can_car.ask(VOLUME, 31)
    can_car.run(ANSWER_WITHIN_S + 1.0, dt_s=0.1)
    assert can_car.vehicle.tally.unanswered == 1
    assert can_car.store.target(VOLUME) is None
    assert can_car.store.value(VOLUME) != 31, "done would be a lie"
    num_sent = len(can_car.line.sent)
    key = next(w.message.key for w in can_car.wiring.commands if w.path == VOLUME)
    can_car.run(1.0)
    assert key not in {sent for sent, _ in can_car.line.sent[num_sent:]}


def test_when_the_bus_is_lost_everything_is_stale_and_the_car_goes_on(can_car: CanCar) -> None:
    can_car.line.is_up = False
    can_car.run(0.1)
    statuses = {wire.path for wire in can_car.wiring.status if can_car.store.value(wire.path) is not None}
    assert all(can_car.store.sample(path).is_stale for path in statuses)
    assert can_car.store.sample("Vehicle.Length").is_stale is False
    assert not can_car.vehicle.is_connected
    can_car.ask(VOLUME, 44)
    can_car.line.is_up = True
    can_car.run(1.5)
    assert can_car.store.value(VOLUME) == 44
    assert not any(can_car.store.sample(path).is_stale for path in statuses)


def test_a_colour_or_number_that_the_catalogue_forbids_is_not_believed(can_car: CanCar) -> None:
    """Such a value would be an error in the store; the bus must not bring it there."""
    wire = next(w for w in can_car.wiring.status if w.path == COLOUR)
    odd = replace(wire, leaf=replace(wire.leaf, pattern="^#00[0-9A-F]{4}$"))
    heard: list[Value] = []
    receiver = Receiver((odd,), can_car.wiring, Ear(heard), can_car.vehicle.tally)
    for payload in (b"\xff" * 8, bytes((0xC0, *bytes(7)))):
        receiver.take(odd.message.key, payload, 0)
    assert heard == ["#000000"]
    assert can_car.vehicle.tally.implausible == 1


def test_closing_gives_the_signals_up(can_car: CanCar) -> None:
    can_car.vehicle.close()
    assert can_car.store.provider(WINDOW) is None
    assert can_car.store.sample(SPEED).is_stale
    assert can_car.store.sample(WINDOW.replace("Position", "IsOpen")).is_stale
    assert isinstance(can_car.ask(WINDOW, 10), Refused)


def test_one_store_has_one_car(can_car: CanCar) -> None:
    with pytest.raises(ProvidedError):
        CanVehicle(can_car.store, can_car.wiring, can_car.line, Tally())


def test_commands_carry_a_counter_that_stops_with_the_car(can_car: CanCar) -> None:
    key = next(w.message.key for w in can_car.wiring.commands if w.path == WINDOW)
    counts = [payload[1] & 0xF for sent, payload in can_car.line.sent if sent == key]
    assert counts[:20] == [count % 15 for count in range(len(counts[:20]))]
    num_sent = len(can_car.line.sent)
    can_car.clock.time_ns += 2_000_000_000
    can_car.vehicle.step(2.0)
    can_car.clock.time_ns += 20_000_000
    can_car.vehicle.step(0.02)
    assert [sent for sent, _ in can_car.line.sent[num_sent:]].count(key) == 1


def test_a_sample_is_as_old_as_its_frame(can_car: CanCar) -> None:
    can_car.devices.vehicle.set_state({SPEED: 1.5})
    for _ in range(4):
        can_car.clock.time_ns += 10_000_000
        can_car.devices.step(0.01)
    heard_ns = can_car.line.arrived[-1].time_ns
    can_car.clock.time_ns += 70_000_000
    can_car.vehicle.step(0.1)
    assert can_car.store.value(SPEED) == 1.5
    assert heard_ns - 20_000_000 <= can_car.store.sample(SPEED).time_ns <= heard_ns


def test_a_car_on_a_bus_has_time_and_road_of_its_own(can_car: CanCar) -> None:
    vehicle: Vehicle = can_car.vehicle
    assert vehicle.is_real_time
    can_car.vehicle.drive(10.0, 0.0, 0.0, 0.0)
    assert can_car.store.value(SPEED) == 0.0


def test_without_an_absent_number_a_command_says_what_is(can_car: CanCar) -> None:
    wiring = can_car.wiring
    bare = tuple(replace(wire, absent=None) for wire in wiring.commands if wire.message.name == "WindowCommand")
    can_car.vehicle.close()
    can_car.line.is_up = True
    vehicle = CanVehicle(
        can_car.store, Wiring(status=wiring.status, commands=bare, constants={}), can_car.line, Tally()
    )
    can_car.vehicle = vehicle
    can_car.devices.vehicle.set_state({WINDOW: 33})
    can_car.run(0.5)
    payload = [payload for key, payload in can_car.line.sent if key == bare[0].message.key][-1]
    assert bare[0].message.signals["FrontLeft"].field.read(payload) == 33


def test_devices_tell_on_occasion_what_has_no_cycle(can_car: CanCar) -> None:
    def on_occasion(wire: Wire) -> Wire:
        is_media = wire.message.name == "MediaStatus"
        return replace(wire, message=replace(wire.message, cycle_s=None)) if is_media else wire

    wiring = replace(can_car.wiring, status=tuple(map(on_occasion, can_car.wiring.status)))
    line = CrossedLine(can_car.clock)
    devices = SimulatedDevices(can_car.store.catalogue, wiring, line, Tally(), can_car.clock)
    key = next(w.message.key for w in wiring.status if w.path == VOLUME)
    num_sent = []
    for volume in (30, 30, 31):
        devices.vehicle.set_state({VOLUME: volume})
        devices.step(0.1)
        num_sent.append([sent for sent, _ in line.sent].count(key))
    assert num_sent == [1, 1, 2]
