"""Our cockpit on top of a foreign databroker: a server of its own, reached over gRPC alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytest.importorskip("kuksa_client", reason="kuksa-client is not installed: pip install 'zhixing[kuksa]'")

from zhixing.datatypes.signal import Refused, SetRequest, Zone
from zhixing.errors import ConfigError
from zhixing.runtime.cabin import Cabin, converse, make_cabin_over
from zhixing.signals.catalogue import load_catalogue
from zhixing.signals.kuksa.server import Address
from zhixing.testing.parked_car import ParkedCar
from zhixing.testing.served_car import ServedCar, served_car
from zhixing.vehicle.kuksa.vehicle import KuksaVehicle, open_kuksa_vehicle

VOLUME = "Vehicle.Cabin.Infotainment.Media.Volume"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
SPEED = "Vehicle.Speed"
TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"


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


def test_without_a_broker_the_cabin_starts_and_knows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with cabin_on("127.0.0.1:1") as cabin:
        assert "no broker answers" in caplog.text
        (turn,) = converse(cabin, ["打开车窗"], Zone.DRIVER, "zh")
        assert turn.outcome == "unavailable"


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
