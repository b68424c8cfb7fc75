"""Our cockpit on top of a foreign databroker: a server of its own, reached over gRPC alone."""

from __future__ import annotations

import concurrent.futures
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

from zhixing.datatypes.signal import Refused, SetRequest, Zone
from zhixing.errors import AccessError, ConfigError, ProvidedError
from zhixing.runtime.cabin import Cabin, converse, make_cabin_over
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.guards import load_guards
from zhixing.signals.kuksa.access import Caller, parse_scopes
from zhixing.signals.kuksa.broker import Broker
from zhixing.signals.kuksa.server import Address
from zhixing.signals.store import SignalStore
from zhixing.testing.parked_car import ParkedCar
from zhixing.testing.served_car import ServedCar, served_car
from zhixing.vehicle.kuksa.connection import Connection, Denied
from zhixing.vehicle.kuksa.vehicle import KuksaVehicle, open_kuksa_vehicle

VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
SPEED = "Vehicle.Speed"
TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"
GEAR = "Vehicle.Powertrain.Transmission.SelectedGear"


@contextmanager
def cabin_on(address: str) -> Iterator[Cabin[KuksaVehicle]]:
    cabin = make_cabin_over(
        lambda store, clock: open_kuksa_vehicle(store, clock, address, None, None), load_catalogue()
    )
    try:
        yield cabin
    finally:
        cabin.vehicle.close()


def until(cabin: Cabin[KuksaVehicle], holds: Callable[[], bool], timeout_s: float = 10.0) -> bool:
    end_s = time.monotonic() + timeout_s
    while time.monotonic() < end_s and not holds():
        cabin.step(0.02)
        time.sleep(0.02)
    return holds()


@pytest.fixture
def far() -> Iterator[ServedCar]:
    with served_car() as car:
        yield car


def test_what_is_said_here_moves_the_car_there(far: ServedCar) -> None:
    with cabin_on(far.address) as cabin:
        (turn,) = converse(cabin, ["音量调到五十"], Zone.DRIVER, "zh")
        assert turn.outcome == "done"
        assert far.do(lambda store: store.value(VOLUME)) == 50
        assert cabin.store.value(VOLUME) == 50
        assert cabin.store.sample(VOLUME).source == f"broker at {far.address}"


def test_what_moves_there_is_known_here(far: ServedCar) -> None:
    with cabin_on(far.address) as cabin:
        far.do(lambda store: far.car.vehicle.set_state({SPEED: 88.5, WINDOW: 30}))
        assert until(cabin, lambda: (cabin.store.value(SPEED), cabin.store.value(WINDOW)) == (88.5, 30))
        assert cabin.store.value("Vehicle.Cabin.SeatPosCount") == (2, 3)


def test_the_guards_here_stand_before_those_there(far: ServedCar) -> None:
    with cabin_on(far.address) as cabin:
        far.do(lambda store: far.car.vehicle.set_state({SPEED: 60.0}))
        assert until(cabin, lambda: cabin.store.value(SPEED) == 60.0)
        outcome = cabin.store.request(SetRequest(path=TRUNK, value=True, zone=Zone.DRIVER, source="voice"))
        assert isinstance(outcome, Refused)
        assert outcome.rule == "lids-stay-closed-while-driving"


def test_what_the_far_side_refuses_is_said_not_to_be_done(far: ServedCar) -> None:
    # The far broker hears of it from no seat and has nobody to ask, so it refuses what needs a yes there.
    with cabin_on(far.address) as cabin:
        turns = converse(cabin, ["打开后备箱", "是的，打开"], Zone.DRIVER, "zh")
        assert turns[-1].outcome != "done"
        assert far.do(lambda store: store.value(TRUNK)) is False
        assert cabin.store.target(TRUNK) is None


def test_a_broken_line_makes_all_stale_until_it_stands_again() -> None:
    with served_car() as far:
        port = far.port
        with cabin_on(far.address) as cabin:
            assert cabin.store.sample(VOLUME).is_stale is False
            far.hang_up()
            assert until(cabin, lambda: cabin.store.sample(VOLUME).is_stale)
            assert SPEED not in cabin.store.snapshot(), "nobody knows how fast it is"
            outcome = cabin.store.request(SetRequest(path=VOLUME, value=3, zone=Zone.DRIVER, source="touch"))
            assert isinstance(outcome, Refused)
            assert outcome.rule == "no-provider"
            assert outcome.say.zh == "现在联系不上车辆，暂时做不到。"
            turns = converse(cabin, ["还能跑多远", "音量调到三十"], Zone.DRIVER, "zh")
            assert [turn.outcome for turn in turns] == ["unavailable", "refused"]
            assert "320" not in turns[0].reply, "what was known is not told as what is"
            with served_car(Address(port=port), car=ParkedCar()):
                assert until(cabin, lambda: not cabin.store.sample(VOLUME).is_stale, timeout_s=20.0)


def test_while_the_line_is_broken_nobody_else_can_say_how_fast_the_car_is() -> None:
    with served_car() as far:
        port = far.port
        far.do(lambda store: far.car.vehicle.set_state({SPEED: 100.0}))
        with cabin_on(far.address) as cabin:
            assert cabin.store.value(SPEED) == 100.0
            mallory = Caller("mallory", parse_scopes("read actuate provide"))
            broker = Broker(cabin.store, time.time_ns, cabin.clock)
            far.hang_up()
            assert until(cabin, lambda: cabin.store.sample(SPEED).is_stale)
            for path, value in ((SPEED, 0.0), (GEAR, 126), ("Vehicle.Body.Raindetection.Intensity", 0)):
                with pytest.raises(AccessError, match="is reported by"):
                    broker.publish(mallory, path, value)
                with pytest.raises(ProvidedError):
                    broker.provide(mallory, [path], lambda path, value: None)
            with served_car(Address(port=port), car=ParkedCar()):
                assert until(cabin, lambda: cabin.store.value(SPEED) == 0.0, timeout_s=20.0)


def test_before_the_broker_is_known_nobody_else_is_believed() -> None:
    with cabin_on("127.0.0.1:1") as cabin:
        broker = Broker(cabin.store, time.time_ns, cabin.clock)
        with pytest.raises(AccessError):
            broker.publish(Caller("mallory", parse_scopes("provide")), SPEED, 0.0)


def test_what_others_have_said_is_stale_once_the_car_speaks_for_itself() -> None:
    car = ParkedCar()
    store = SignalStore(load_catalogue(), load_guards(), car.clock)
    store.publish(SPEED, 0.0, 0, "kuksa.val: mallory")
    store.provide([SPEED], lambda path, value: None, "the car")
    assert store.sample(SPEED).is_stale
    assert SPEED not in store.snapshot()


class _Slow:
    """A broker's stub that answers when it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, Any]] = []
        self.Actuate = self

    def future(self, request: Any, timeout: float, metadata: Any) -> Any:
        del timeout, metadata
        future: concurrent.futures.Future[None] = concurrent.futures.Future()
        self.calls.append((request.signal_id.path, request.value.uint32, future))
        return future


def test_of_what_waits_for_a_slow_broker_only_the_newest_is_asked_for() -> None:
    connection = Connection("127.0.0.1:1", load_catalogue())
    slow = _Slow()
    connection._stub = slow
    for value in (10, 20, 30, 0):
        connection.ask(WINDOW, value)
    connection.ask(VOLUME, 7)
    assert [(path, value) for path, value, _ in slow.calls] == [(WINDOW, 10), (VOLUME, 7)]
    slow.calls[0][2].set_result(None)
    assert [value for path, value, _ in slow.calls if path == WINDOW] == [10, 0]
    assert list(connection.events()) == []


def test_a_no_to_an_older_wish_does_not_end_a_newer_one(far: ServedCar) -> None:
    with cabin_on(far.address) as cabin:
        store = cabin.store
        store.request(SetRequest(path=WINDOW, value=50, zone=Zone.DRIVER, source="touch"))
        cabin.vehicle._connection._events.put(Denied(WINDOW, 20, "too late"))
        cabin.vehicle.step(0.0)
        assert store.target(WINDOW) == 50
        cabin.vehicle._connection._events.put(Denied(WINDOW, 50, "no"))
        cabin.vehicle.step(0.0)
        assert store.target(WINDOW) is None


@pytest.mark.slow
def test_a_broker_that_hangs_is_as_good_as_gone() -> None:
    command = [sys.executable, "-m", "zhixing", "broker", "--port", "0", "--json"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command[5] = str(port)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while "}" not in process.stdout.readline():
            pass
        try:
            with cabin_on(f"127.0.0.1:{port}") as cabin:
                assert cabin.store.value(SPEED) == 0.0
                process.send_signal(signal.SIGSTOP)
                started_s = time.monotonic()
                assert until(cabin, lambda: cabin.store.sample(SPEED).is_stale, timeout_s=30.0)
                assert time.monotonic() - started_s < 15.0
        finally:
            process.send_signal(signal.SIGCONT)
            process.kill()


def test_without_a_broker_the_cabin_starts_and_knows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with cabin_on("127.0.0.1:1") as cabin:
        assert "does not serve us yet: UNAVAILABLE" in caplog.text
        (turn,) = converse(cabin, ["打开车窗"], Zone.DRIVER, "zh")
        assert turn.outcome == "unavailable"


@pytest.mark.parametrize("address", ["grpc://127.0.0.1:55555", "nowhere", "a b:1", "127.0.0.1:", ":1", "h:999999"])
def test_what_is_no_address_says_so(address: str) -> None:
    with pytest.raises(ConfigError, match="no address"):
        open_kuksa_vehicle(ParkedCar().store, lambda: 0, address, None, None)


def test_a_token_never_travels_unencrypted(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("secret", "ascii")
    store = ParkedCar().store
    with pytest.raises(ConfigError, match="unencrypted"):
        open_kuksa_vehicle(store, lambda: 0, "192.0.2.1:55555", token, None)
    with pytest.raises(ConfigError, match="cannot be read"):
        open_kuksa_vehicle(store, lambda: 0, "127.0.0.1:1", tmp_path / "nothing", None)
    with pytest.raises(ConfigError, match="cannot be read"):
        open_kuksa_vehicle(store, lambda: 0, "127.0.0.1:1", None, tmp_path / "nothing.pem")
